"""The database becomes that of the newer version, or stays what it was."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from lms.accounts.models import SignInTries
from lms.db import db, utc_now
from lms.operate import schema
from lms.operate.backup import Refused, restoring
from lms.operate.upgrading import alone, steps
from lms.operate.upgrading.commands import upgrade_command
from tests.operate.conftest import KEY
from tests.operate.doctor.test_database import Usage
from tests.operate.test_restore import nothing_is_left_beside, state
from tests.operate.upgrading.conftest import GOOD, HEAD, LATER, Migration

SILENT: Any = lambda line: None  # noqa: E731


def run(app: Flask, *words: object) -> Result:
    settings = app.extensions["settings"]
    app.extensions["settings"] = settings.model_copy(update={"backup_key": KEY})
    return app.test_cli_runner().invoke(upgrade_command, [str(word) for word in words])


def schema_now() -> str | None:
    db.session.rollback()
    with db.engine.connect() as connection:
        return schema.current(connection)


@pytest.mark.both
def test_what_was_there_is_there_and_the_schema_is_newer(lived: Flask, backups: Path, later: Migration) -> None:
    before = state()
    later(GOOD)
    done = run(lived, "--backup-dir", backups, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["from"], told["to"]) == (0, HEAD, LATER)
    assert state() == before
    assert "ix_later" in {one["name"] for one in inspect(db.engine).get_indexes("person")}
    assert nothing_is_left_beside(lived)
    assert [path.name for path in backups.iterdir()] == [Path(told["backup"]).name]


@pytest.mark.both
def test_the_backup_of_an_upgrade_leads_back(lived: Flask, backups: Path, later: Migration) -> None:
    before = state()
    later(GOOD)
    done = steps.upgrade(backups, KEY, SILENT)
    with db.write() as session:
        session.add(SignInTries(key="since", last_at=utc_now()))
    assert done.backup is not None
    restoring.restore(done.backup, KEY, replace=True)
    assert state() == before


@pytest.mark.both
def test_over_the_migrations_that_are_really_there(app: Flask, backups: Path) -> None:
    schema.downgrade("0004")
    done = steps.upgrade(backups, KEY, SILENT)
    assert (done.before, schema_now()) == ("0004", schema.head())


@pytest.mark.both
def test_a_migration_that_raises_changes_nothing(lived: Flask, backups: Path, later: Migration) -> None:
    before = state()
    later(f"{GOOD}; raise RuntimeError(\"of 'Huỳnh Thị Bưởi'\")")
    done = run(lived, "--backup-dir", backups)
    assert (done.exit_code, schema_now(), state() == before) == (1, HEAD, True)
    assert "RuntimeError" in done.stderr and "Nothing was changed" in done.stderr and "Huỳnh" not in done.output
    assert nothing_is_left_beside(lived)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('op.execute("DELETE FROM sign_in_tries")', "tables with fewer rows"),
        ('op.execute("UPDATE audit_head SET seq = seq + 1")', "audit"),
    ],
)
def test_a_migration_that_loses_something_changes_nothing(
    lived: Flask, backups: Path, later: Migration, body: str, said: str
) -> None:
    before = state()
    later(body)
    done = run(lived, "--backup-dir", backups)
    assert (done.exit_code, schema_now(), state() == before, said in done.stderr) == (1, HEAD, True, True)


ANOTHER_DAY = "UPDATE achievement SET completed_on = '2000-01-01'"
ANOTHER_POST = "UPDATE assignment SET role_id = (SELECT min(id) FROM role)"
FOLDED_NAMES = "UPDATE person SET full_name = upper(full_name)"
SHORTER = "ALTER TABLE sign_in_tries DROP COLUMN wrong"


def unguarded(engine: str, table: str, statement: str) -> str:
    """As a migration may do it: the triggers stand aside, and again in their place."""
    if engine == "postgresql":
        aside = f"ALTER TABLE {table} DISABLE TRIGGER USER", f"ALTER TABLE {table} ENABLE TRIGGER USER"
        return "; ".join(f'op.execute("{one}")' for one in (aside[0], statement, aside[1]))
    found = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '" + table + "'"
    return (
        f'kept = op.get_bind().exec_driver_sql("{found}").all(); '
        f"[op.execute('DROP TRIGGER ' + one[0]) for one in kept]; "
        f'op.execute("{statement}"); '
        f"[op.get_bind().exec_driver_sql(one[1]) for one in kept]"
    )


UNASKED = {"achievement": ANOTHER_DAY, "assignment": ANOTHER_POST, "person": FOLDED_NAMES, "sign_in_tries": SHORTER}


@pytest.mark.both
@pytest.mark.parametrize("table", UNASKED)
def test_a_migration_that_changes_unasked_what_was_there_changes_nothing(
    lived: Flask, backups: Path, later: Migration, engine: str, table: str
) -> None:
    before = state()
    later(unguarded(engine, table, UNASKED[table]), "plan_role", "account.name")
    done = run(lived, "--backup-dir", backups)
    assert (done.exit_code, schema_now(), state() == before) == (1, HEAD, True)
    assert f"{table} after the migrations" in done.stderr


@pytest.mark.both
@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (FOLDED_NAMES, "person.full_name"),
        (FOLDED_NAMES, "person"),
        (SHORTER, "sign_in_tries.wrong"),
        ("ALTER TABLE person ADD COLUMN nickname varchar(9) DEFAULT 'x'", ""),
    ],
)
def test_a_migration_that_says_what_it_changes_may(
    lived: Flask, backups: Path, later: Migration, engine: str, statement: str, says: str
) -> None:
    later(unguarded(engine, says.partition(".")[0] or "person", statement), *([says] if says else []))
    done = run(lived, "--backup-dir", backups)
    assert (done.exit_code, schema_now()) == (0, LATER), done.stderr
    assert (f"say that they change {says}" in done.stderr) is bool(says)


@pytest.mark.both
def test_what_a_migration_did_not_say_is_compared_beside_what_it_did(
    lived: Flask, backups: Path, later: Migration, engine: str
) -> None:
    both = "UPDATE person SET full_name = upper(full_name), sort_key = 'x'"
    later(unguarded(engine, "person", both), "person.full_name")
    done = run(lived, "--backup-dir", backups)
    assert (done.exit_code, schema_now(), "person after the migrations" in done.stderr) == (1, HEAD, True)


@pytest.mark.both
@pytest.mark.parametrize(("says", "schema_then"), [((), HEAD), (("item_tally",), LATER)])
def test_a_table_goes_away_where_that_is_said(
    lived: Flask, backups: Path, later: Migration, says: tuple[str, ...], schema_then: str
) -> None:
    later('op.execute("DROP TABLE item_tally")', *says)
    done = run(lived, "--backup-dir", backups)
    assert (schema_now(), "item_tally after the migrations" in done.stderr) == (schema_then, not says)


def test_a_migration_after_which_no_figure_can_be_counted(lived: Flask, backups: Path, later: Migration) -> None:
    before = state()
    later('op.execute("ALTER TABLE plan RENAME TO plans")')
    assert run(lived, "--backup-dir", backups).exit_code == 1
    assert (schema_now(), state() == before) == (HEAD, True)


@pytest.mark.both
def test_a_site_that_runs_is_refused(lived: Flask, backups: Path, later: Migration) -> None:
    later(GOOD)
    other = create_engine(lived.extensions["settings"].database)
    with other.connect() as connection:
        connection.execute(text("SELECT count(*) FROM person"))
        done = run(lived, "--backup-dir", backups)
    other.dispose()
    assert (done.exit_code, schema_now(), list(backups.iterdir())) == (1, HEAD, [])
    assert "Stop the site" in done.stderr


@pytest.mark.both
def test_nobody_writes_in_the_meantime(lived: Flask, engine: str) -> None:
    other = create_engine(lived.extensions["settings"].database)
    with alone.alone(), other.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM person"))
        connection.exec_driver_sql("PRAGMA busy_timeout = 50" if engine == "sqlite" else "SET lock_timeout = '50ms'")
        with pytest.raises(OperationalError, match="lock"):
            connection.exec_driver_sql("DELETE FROM sign_in_tries")
    other.dispose()
    with db.write() as session:
        session.execute(text("DELETE FROM sign_in_tries"))


@pytest.mark.both
def test_who_came_in_the_meantime_stops_it(
    lived: Flask, backups: Path, later: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state()
    later(GOOD)
    came = []

    def rebuilt(*given: Any) -> Any:
        other = create_engine(lived.extensions["settings"].database)
        came.append((other, other.connect()))
        came[0][1].execute(text("SELECT count(*) FROM person"))
        return restoring.rebuild(*given)

    monkeypatch.setattr(steps, "rebuild", rebuilt)
    with pytest.raises(Refused, match="in use"):
        steps.upgrade(backups, KEY, SILENT)
    came[0][1].close()
    came[0][0].dispose()
    assert (schema_now(), state() == before) == (HEAD, True)


def test_who_wrote_between_the_last_look_and_the_step_stops_it(lived: Flask, tmp_path: Path) -> None:
    """On SQLite a writer may wait for the lock, write as it is let go and be gone at once: the version tells."""
    with alone.alone() as hold:
        assert isinstance(hold, alone.SqliteHold)
        hold.version -= 1
        with pytest.raises(Refused, match="in use"):
            hold.let_go()


@pytest.mark.both
def test_rows_of_a_table_without_a_word_are_not_thrown_away(lived: Flask, backups: Path, later: Migration) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE of_an_older_version (id int)"))
    later(GOOD)
    done = run(lived, "--backup-dir", backups)
    assert (done.exit_code, schema_now(), "of_an_older_version" in done.stderr) == (1, HEAD, True)


@pytest.mark.both
def test_nothing_to_migrate(lived: Flask, backups: Path) -> None:
    before = state()
    done = run(lived, "--backup-dir", backups)
    assert (done.exit_code, "nothing to migrate" in done.stdout, list(backups.iterdir())) == (0, True, [])
    assert state() == before


def test_another_user_would_take_the_database_from_the_site(
    lived: Flask, backups: Path, later: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(GOOD)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    done = run(lived, "--backup-dir", backups)
    assert (done.exit_code, "which the site runs as" in done.stderr, schema_now()) == (1, True, HEAD)


def test_no_key(lived: Flask, backups: Path) -> None:
    done = lived.test_cli_runner().invoke(upgrade_command, ["--backup-dir", str(backups)])
    assert (done.exit_code, "lms secret" in done.stderr) == (1, True)


def test_no_place_for_the_backup_and_no_room(
    lived: Flask, backups: Path, later: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(GOOD)
    assert "LMS_BACKUP_DIR" in run(lived).stderr
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10**9, 10**9, 1000))
    done = run(lived, "--backup-dir", backups)
    assert (done.exit_code, "MB free" in done.stderr, schema_now()) == (1, True, HEAD)
