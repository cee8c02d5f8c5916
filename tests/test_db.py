"""The one door for writing, and what the database itself refuses."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from lms.audit import operations as audit
from lms.audit import queries
from lms.audit.models import AuditEntry
from lms.certificates.models import CertificateBook
from lms.db import NotInWrite, at_time, db, insert_many, next_in_row, not_durable, utc_now
from lms.operate import schema
from lms.people.models import Role
from tests.audit.chains import drop_triggers

pytestmark = pytest.mark.both


def add_role(code: str) -> Role:
    role = Role(code=code, name="Vai trò mẫu", short_name="Mẫu", level="ward", line="family")
    db.session.add(role)
    return role


def codes() -> set[str]:
    return set(db.session.scalars(select(Role.code)))


def test_a_change_outside_write_is_refused(app: Flask) -> None:
    add_role("X1")
    with pytest.raises(NotInWrite):
        db.session.commit()
    db.session.rollback()
    with pytest.raises(NotInWrite):
        db.session.execute(insert(Role).values(code="X2"))
    with pytest.raises(NotInWrite):
        insert_many(Role, [{"code": "X2"}])
    with pytest.raises(NotInWrite):
        next_in_row(CertificateBook.last, year=2026)
    with pytest.raises(NotInWrite):
        audit.record("role.added", "role:1")


def test_an_error_undoes_everything_and_records_nothing(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), db.write():
        add_role("X1")
        audit.record("role.added", "role:X1")
        raise ZeroDivisionError
    assert "X1" not in codes()
    with db.write():
        add_role("X2")
    assert "X2" in codes()
    assert db.session.scalars(select(AuditEntry)).all() == []


def test_whoever_will_write_holds_the_file_from_the_start(app: Flask, engine: str) -> None:
    """A read that turned into a write would fail at once where somebody else, who waits for no turn, wrote between.
    PostgreSQL lets many write at a time."""
    with db.write():
        if engine == "postgresql":
            with db.engine.begin() as somebody:
                somebody.execute(text("UPDATE audit_head SET seq = seq WHERE id = 0"))
            return
        somebody_else = closing(sqlite3.connect(str(db.engine.url.database), timeout=0))
        with somebody_else as file, pytest.raises(sqlite3.OperationalError, match="locked"):
            file.execute("BEGIN IMMEDIATE")


def test_write_is_never_nested(app: Flask) -> None:
    with pytest.raises(NotInWrite), db.write(), db.write():
        pass


def test_instants_come_back_in_utc_and_naive_ones_are_refused(app: Flask) -> None:
    from lms.jobs.models import Job

    noon = datetime.fromisoformat("2026-11-24T12:00:00+07:00")
    with db.write() as session:
        session.add(Job(kind="k", subject="s", created_at=noon))
    db.session.expire_all()
    stored = db.session.scalars(select(Job.created_at)).one()
    assert stored == noon and stored.utcoffset() == noon.astimezone(tz=stored.tzinfo).utcoffset()
    with pytest.raises(Exception, match="naive"), db.write() as session:
        session.add(Job(kind="k", subject="s", created_at=datetime(2026, 1, 1)))


def three_entries() -> None:
    for number in range(3):
        with db.write():
            audit.record("role.added", f"role:{number}", after={"code": f"X{number}", "at": utc_now()})


def test_what_a_savepoint_took_back_is_not_recorded(app: Flask) -> None:
    with db.write():
        audit.record("outer.before", "test:1")
        with pytest.raises(ValueError), db.session.begin_nested():
            audit.record("inner.undone", "test:2")
            with db.session.begin_nested():
                audit.record("innermost.undone", "test:3")
            raise ValueError
        with db.session.begin_nested():
            audit.record("inner.kept", "test:4")
        audit.record("outer.after", "test:5")
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert actions[-3:] == ["outer.before", "inner.kept", "outer.after"]


def test_the_chain_is_whole(app: Flask) -> None:
    three_entries()
    assert queries.verify() == queries.ChainCheck(3, ())


def test_the_database_refuses_to_change_or_remove_an_entry(app: Flask) -> None:
    three_entries()
    for change in ("UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError), db.write() as session:
            session.execute(text(change))
    assert queries.verify().faults == ()


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE audit_entry SET actor = 'x' WHERE seq = 2",
        "UPDATE audit_entry SET fields = '[]' WHERE seq = 2",
        "DELETE FROM audit_entry WHERE seq = 3",
        "DELETE FROM audit_entry WHERE seq = 2",
        "UPDATE audit_head SET seq = 2",
        "UPDATE audit_detail SET details = '{\"after\": 1}' WHERE seq = 1",
    ],
)
def test_verify_finds_what_was_changed_behind_the_database_s_back(app: Flask, tamper: str) -> None:
    three_entries()
    with db.write() as session:
        drop_triggers(session.connection())
        session.execute(text("DELETE FROM audit_detail WHERE seq <> 1"))
        session.execute(text(tamper))
    assert queries.verify().faults


def test_details_may_be_deleted_without_breaking_the_chain(app: Flask) -> None:
    three_entries()
    with db.write() as session:
        session.execute(text("DELETE FROM audit_detail"))
    assert queries.verify().faults == ()


@pytest.mark.parametrize("revision", ["0005", "0003", "0001"])
def test_a_step_down_and_up_again_leaves_the_chain_whole(app: Flask, revision: str) -> None:
    three_entries()
    schema.downgrade(revision)
    schema.upgrade()
    assert queries.verify().faults == ()
    three_entries()
    assert queries.verify().faults == ()


def test_migrations_go_down_and_up_again(app: Flask) -> None:
    schema.downgrade("base")
    with db.engine.connect() as connection:
        assert schema.current(connection) is None
    assert "schema is at nothing" in schema.faults()[-1]
    schema.upgrade()
    with db.engine.connect() as connection:
        assert schema.current(connection) == schema.head()


def test_a_database_of_a_newer_version_is_not_served(app: Flask) -> None:
    """And nobody is sent to `lms upgrade`, which could only fail: this version does not know the way."""
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    (fault,) = [fault for fault in schema.faults() if "durable" not in fault]
    assert fault == f"schema is at 9999, the code needs {schema.head()}: made by a newer version: use that"
    refused = app.test_cli_runner().invoke(args=["serve", "--port", "1"])
    assert (refused.exit_code, "schema is at 9999" in refused.stderr) == (1, True)


def test_the_models_are_what_the_migrations_make(app: Flask) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from lms.db import Base

    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_sqlite_is_durable(app: Flask, engine: str) -> None:
    with db.engine.connect() as connection:
        faults = not_durable(connection)
    assert faults == [] if engine == "sqlite" else "fsync = off" in faults


def test_what_happened_by_a_local_clock_is_chained_as_the_instant_it_was(app: Flask) -> None:
    local = datetime(2026, 3, 1, 8, tzinfo=timezone(timedelta(hours=7)))
    with at_time(local), db.write():
        audit.record("role.added", "role:1")
        assert utc_now().tzinfo is UTC and utc_now() == local
    assert not queries.verify().faults
