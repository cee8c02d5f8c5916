"""What is wrong with a database is found."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from flask import Flask

from lms.config import Settings
from lms.db import db
from lms.operate import schema
from lms.operate.doctor import database

Usage = namedtuple("Usage", "total used free")


@pytest.mark.both
def test_behind_the_code(app: Flask, fit: Settings) -> None:
    assert [one.state for one in database.is_ready(fit)] == ["ok"]
    schema.downgrade("0004")
    found = database.is_ready(fit)
    assert (found[0].state, found[0].what.endswith(": lms upgrade")) == ("bad", True)


def test_not_durable(app: Flask, fit: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "not_durable", lambda connection: ["synchronous = 0"])
    found = database.is_ready(fit)
    assert (found[0].state, found[0].what, "default" in found[0].mend) == ("bad", "not durable: synchronous = 0", True)


def test_a_damaged_page(app: Flask, fit: Settings) -> None:
    assert database.is_whole(fit)[0].state == "ok"
    path = Path(fit.database.removeprefix("sqlite:///"))
    db.session.rollback()
    db.engine.dispose()
    with path.open("r+b") as file:
        file.seek(4096 * 5)
        file.write(b"\xff" * 4096 * 3)
    found = database.is_whole(fit)
    assert (found[0].state, "restore" in found[0].mend) == ("bad", True)


def test_a_row_that_refers_to_nothing(app: Flask, fit: Settings) -> None:
    with db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("CREATE TABLE plain (id INTEGER, up INTEGER REFERENCES person (id))")
        connection.exec_driver_sql("INSERT INTO plain VALUES (1, 987654)")
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
    assert "a row of plain refers to a row of person" in database.is_whole(fit)[0].what


@pytest.mark.both
def test_an_index_that_was_never_finished(app: Flask, fit: Settings, engine: str) -> None:
    assert database.is_whole(fit)[0].state == "ok"
    if engine == "sqlite":
        return  # has no such thing
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CREATE TABLE twice (a int)")
        connection.exec_driver_sql("INSERT INTO twice VALUES (1), (1)")
        with pytest.raises(Exception, match="could not create unique index"):
            connection.exec_driver_sql("CREATE UNIQUE INDEX CONCURRENTLY unfinished ON twice (a)")
    assert "unfinished" in database.is_whole(fit)[0].what


def test_no_room_for_an_upgrade(app: Flask, fit: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert database.has_room(fit)[0].state == "ok"
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10**9, 10**9, 1000))
    assert database.has_room(fit)[0].state == "warn"


def test_a_log_that_is_never_folded(app: Flask, fit: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert database.log_is_folded(fit)[0].state == "ok"
    Path(f"{fit.database.removeprefix('sqlite:///')}-wal").touch()
    monkeypatch.setattr(database, "LARGEST_WAL", -1)
    assert database.log_is_folded(fit)[0].state == "warn"


@pytest.mark.both
def test_of_postgresql_no_file_is_looked_at(app: Flask, fit: Settings, engine: str) -> None:
    assert bool(database.has_room(fit)) == bool(database.log_is_folded(fit)) == (engine == "sqlite")
