"""A backup comes out on either engine as it went in."""

from __future__ import annotations

import os
import stat
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from lms import create_app
from lms.access import SYSTEM
from lms.audit import queries as audit
from lms.certificates.models import Certificate
from lms.coverage.answers import answer, as_json, question
from lms.db import db
from lms.operate import schema
from lms.operate.backup import Refused, making, places, restoring
from lms.operate.backup.layout import digest, our_tables, tables
from lms.operate.backup.loading import load
from lms.storage.files import storage
from tests import databases
from tests.factories import Make
from tests.operate.conftest import KEY, PDF
from tests.quizzes.learners import begin, hand_in, new_learner, payload


@pytest.fixture
def backup(lived: Flask, tmp_path: Path) -> Path:
    made = tmp_path / "made.backup"
    making.create(made, KEY)
    return made


def state() -> dict[str, Any]:
    """Every table counted and hashed, the chain, and what coverage says of a fixed day."""
    db.session.rollback()
    with db.engine.connect() as connection:
        found: dict[str, Any] = {one.name: digest(connection, one) for one in tables(connection)}
    told = as_json(answer(SYSTEM, question(on=date(2026, 11, 30), known_on=date(2026, 12, 31))))
    return found | {"chain": audit.verify(), "coverage": told}


@pytest.mark.both
def test_counts_hashes_chain_and_coverage_are_equal_on_either_engine(
    certificate: Certificate, target: Flask, tmp_path: Path
) -> None:
    made = tmp_path / "made.backup"
    manifest = making.create(made, KEY)
    before = state()
    assert manifest.files["count"] == 1
    assert before["coverage"]["total"]["counted"] > 0
    with target.app_context():
        done = restoring.restore(made, KEY)
        assert state() == before
        assert storage().read(str(certificate.pdf_key)) == PDF
    assert len(done.checks) > len(before)


def test_a_restored_database_goes_on_where_it_was(backup: Path, target: Flask, make: Make) -> None:
    with target.app_context():
        restoring.restore(backup, KEY)
        hand_in(learner := new_learner(make), payload(begin(learner)))
        assert audit.verify().faults == ()


def test_the_database_protects_its_records_again(backup: Path, target: Flask) -> None:
    with target.app_context():
        restoring.restore(backup, KEY)
        for statement in (
            "DELETE FROM attempt",
            "UPDATE audit_entry SET actor = 'x'",
            "DELETE FROM edition_file",
            "DELETE FROM person",
        ):
            with pytest.raises(Exception, match="never|FOREIGN KEY|foreign key"), db.engine.begin() as connection:
                connection.execute(text(statement))


def test_a_place_without_any_table_can_be_restored_into(backup: Path, target: Flask) -> None:
    before = state()
    with target.app_context():
        schema.downgrade("base")
        restoring.restore(backup, KEY)
        assert state() == before


@pytest.mark.skipif("LMS_TEST_PG" not in os.environ, reason="PostgreSQL is not installed")
def test_the_owner_of_a_database_is_enough(backup: Path, tmp_path: Path) -> None:
    """No superuser: an ordinary role with a database of its own."""
    before, name = state(), f"plain_{uuid.uuid4().hex}"
    databases._sql("postgres", f"CREATE ROLE {name} LOGIN")
    databases._sql("postgres", f"CREATE DATABASE {name} OWNER {name}")
    url = f"{os.environ['LMS_TEST_PG']}/{name}".replace("//lms@", f"//{name}@")
    app = create_app(databases.settings_for(url, tmp_path / "plain"))
    try:
        with app.app_context():
            restoring.restore(backup, KEY)
            assert restoring.drill(None, KEY).checks
            restoring.restore(backup, KEY, replace=True)
            assert state() == before
            assert db.session.scalar(text("SELECT usesuper FROM pg_user WHERE usename = current_user")) is False
            db.session.rollback()
            db.engine.dispose()
    finally:
        databases.drop_postgres(url)
        databases._sql("postgres", f"DROP ROLE {name}")


def test_what_belongs_to_others_is_not_replaced(backup: Path, target: Flask, target_engine: str) -> None:
    """On PostgreSQL not even set aside: it would vanish from the schema in which they look for it."""
    with target.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("CREATE TABLE of_others (id int)"))
        for replace in (False, True) if target_engine == "postgresql" else (False,):
            with pytest.raises(Refused, match="of_others"):
                restoring.restore(backup, KEY, replace=replace)
        assert inspect(db.engine).has_table("of_others")
        assert nothing_is_left_beside(target)


def test_a_database_with_data_is_refused_and_kept_aside_with_replace(
    backup: Path, target: Flask, target_engine: str, make: Make
) -> None:
    before = state()
    with target.app_context():
        make.person("Người Ở Đây")
        here = state()
        with pytest.raises(Refused, match="holds data"):
            restoring.restore(backup, KEY)
        assert state() == here
        done = restoring.restore(backup, KEY, replace=True)
        assert state() == before
        if target_engine == "sqlite":
            assert Path(str(done.kept)).exists()
        else:
            kept = str(done.kept).removeprefix("schema ")
            with db.engine.connect() as connection:
                assert connection.scalar(text(f"SELECT full_name FROM {kept}.person")) == "Người Ở Đây"


def test_a_database_in_use_is_not_replaced(backup: Path, target: Flask) -> None:
    with target.app_context():
        other = db.engine.connect()
        other.execute(text("SELECT count(*) FROM person"))
        db.engine.dispose(close=False)
        here = state()
        with pytest.raises(Refused, match="in use"):
            restoring.restore(backup, KEY)
        assert state() == here
        assert nothing_is_left_beside(target)
        other.close()


def nothing_is_left_beside(target: Flask) -> bool:
    folder = target.extensions["settings"].instance_dir
    with target.app_context():
        schemas = [] if db.engine.dialect.name == "sqlite" else inspect(db.engine).get_schema_names()
    return not [*folder.glob(".*"), *(name for name in schemas if "beside" in name)]


@pytest.mark.both
def test_an_older_schema_is_restored_and_brought_up_to_date(app: Flask, tmp_path: Path) -> None:
    """What `lms upgrade` relies on: back up first, with the new code on the old schema."""
    old = tmp_path / "old.backup"
    schema.downgrade("0004")
    manifest = making.create(old, KEY)
    assert (manifest.schema, manifest.coverage) == ("0004", None)
    restoring.restore(old, KEY, replace=True)
    with db.engine.connect() as connection:
        assert schema.current(connection) == schema.head()


@pytest.mark.both
def test_every_table_of_ours_is_in_a_backup(app: Flask, tmp_path: Path) -> None:
    assert set(making.create(tmp_path / "made.backup", KEY).tables) == our_tables()


def test_every_column_that_names_a_stored_file_is_known(app: Flask) -> None:
    found = inspect(db.engine)
    columns = {(name, told["name"]) for name in our_tables() for told in found.get_columns(name)}
    assert {one for one in columns if one[1].endswith(("pdf_key", "file_key"))} == set(making.FILE_KEYS)


@pytest.mark.both
def test_a_fresh_database_holds_nobodys_work(app: Flask) -> None:
    with db.engine.connect() as connection:
        assert places.holds_data(connection) == []


@pytest.mark.both
def test_a_drill_finds_nothing_in_a_good_backup_and_leaves_nothing(lived: Flask) -> None:
    before = state()
    assert [check.what for check in restoring.drill(None, KEY).checks if not check.holds] == []
    assert state() == before
    assert nothing_is_left_beside(lived)


Spoil = Callable[[bytes], bytes]


@pytest.mark.both
@pytest.mark.parametrize(
    ("table", "spoil", "found"),
    [
        ("person", lambda lines: lines.replace("Bưởi".encode(), "Bười".encode()), ["person"]),
        ("assignment", lambda lines: b"", ["assignment", "coverage"]),
        ("audit_head", lambda lines: lines.replace(b"[1,", b"[1,9"), ["audit_head", "audit head", "audit chain"]),
    ],
)
def test_a_drill_finds_a_planted_difference(
    lived: Flask, monkeypatch: pytest.MonkeyPatch, table: str, spoil: Spoil, found: list[str]
) -> None:
    def spoiled(connection: Any, layout: Any, parts: Iterator[tuple[str, bytes]]) -> None:
        load(connection, layout, ((name, spoil(lines) if name == table else lines) for name, lines in parts))

    monkeypatch.setattr(restoring, "load", spoiled)
    assert [check.what for check in restoring.drill(None, KEY).checks if not check.holds] == found


@pytest.mark.both
def test_a_row_that_refers_to_nothing_is_refused_without_its_values(
    lived: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Foreign keys stand aside while rows are loaded; nothing may slip in by that."""

    def orphaned(connection: Any, layout: Any, parts: Iterator[tuple[str, bytes]]) -> None:
        load(connection, layout, ((name, b"" if name == "person" else lines) for name, lines in parts))

    monkeypatch.setattr(restoring, "load", orphaned)
    with pytest.raises(Refused, match="refers to a row") as refused:
        restoring.drill(None, KEY)
    assert "Huỳnh" not in str(refused.value)


def test_a_restore_that_comes_out_otherwise_replaces_nothing(
    backup: Path, target: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "load", lambda *_given: None)
    with target.app_context():
        here = state()
        with pytest.raises(Refused, match="differs"):
            restoring.restore(backup, KEY)
        assert state() == here


@pytest.mark.attack("S53")
def test_only_the_owner_can_read_it(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
