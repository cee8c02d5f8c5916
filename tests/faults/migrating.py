"""`lms db upgrade` in a child process that dies by kill -9 before a statement we choose, and what a database holds."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, NoReturn

import psycopg
from sqlalchemy import Engine, event

from lms import create_app
from lms.db import db
from lms.operate import reference, schema
from tests import databases, postgres
from tests.faults.rows import rows

LONGEST = 60.0
UNLIKE = ("id", "hash", "prev_hash", "details_sha256", "secret")
"""Columns that differ from one database to the next, besides those that end in _id, _at or _hash."""


def upgrade(url: str, folder: Path, *, die_before: int | None = None, die_after: float | None = None) -> int | None:
    """How many statements it ran; None if it died: before its n-th statement, or after so many seconds."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _upgrade_here(url, folder, die_before, writer)
    os.close(writer)
    status = _end_of(child, die_after)
    with os.fdopen(reader) as told:
        said = told.read()
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, f"the upgrade failed: {said}"
    return None if os.WIFSIGNALED(status) else int(said)


def _upgrade_here(url: str, folder: Path, die_before: int | None, writer: int) -> NoReturn:
    """In the child, which never returns into the test."""
    count = 0

    def before(*_: Any) -> None:
        nonlocal count
        count += 1
        if count == die_before:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        event.listen(Engine, "before_cursor_execute", before)
        with create_app(databases.settings_for(url, folder)).app_context():
            schema.upgrade()
            reference.load()
        os.write(writer, str(count).encode())
    except BaseException as error:
        os.write(writer, repr(error).encode()[:2000])
        os._exit(1)
    os._exit(0)


def _end_of(child: int, die_after: float | None) -> int:
    began = time.monotonic()
    while (found := os.waitpid(child, os.WNOHANG)) == (0, 0):
        if time.monotonic() - began > (die_after or LONGEST):
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)
    assert die_after or time.monotonic() - began < LONGEST, "the upgrade hangs"
    return found[1]


def holds(url: str) -> dict[str, list[str]]:
    """table → its rows in words, but for ids and moments; under "" the schema."""
    if url.startswith("sqlite"):
        names = [name for (name,) in rows(url, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
        listed = rows(url, "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2")
        found = {"": [f"{kind} {name}: {_in_order(sql)}" for kind, name, sql in listed]}
        columns = {name: [row[1] for row in rows(url, f'PRAGMA table_info("{name}")')] for name in names}
    else:
        found, columns = {"": _schema_of_postgres(url)}, {}
        listed = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        for table, column in rows(url, f"{listed} ORDER BY 1, ordinal_position"):
            columns.setdefault(table, []).append(column)
    for table, every in columns.items():
        told = ", ".join(f'"{name}"' for name in every if _is_alike(name)) or "1"
        found[table] = sorted(str(row) for row in rows(url, f'SELECT {told} FROM "{table}"'))
    return found


def _in_order(sql: str | None) -> list[str]:
    """Where a migration makes a table of SQLite anew, its constraints come in another order every time."""
    return sorted(line.strip().rstrip(",") for line in (sql or "").splitlines())


def _is_alike(column: str) -> bool:
    return column not in UNLIKE and not column.endswith(("_id", "_at", "_hash"))


def _schema_of_postgres(url: str) -> list[str]:
    """Without comments, and without the token that newer versions of pg_dump draw for each dump."""
    tools = postgres.binaries()
    assert tools is not None
    command = [str(tools / "pg_dump"), "--schema-only", url.replace("+psycopg", "")]
    dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line for line in dump.splitlines() if line and not line.startswith(("--", "\\"))]


class Copies:
    """Copies of one database to break, as quick as each engine makes them."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder, self.count = url, folder, 0

    def new(self) -> str:
        self.count += 1
        if not self.url.startswith("sqlite"):
            self._sql(f"CREATE DATABASE {self._name} TEMPLATE {self.url.rpartition('/')[2]}")
            return f"{self.url.rpartition('/')[0]}/{self._name}"
        path = self.folder / f"copy{self.count}.sqlite"
        path.write_bytes(Path(self.url.removeprefix("sqlite:///")).read_bytes())
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        if not url.startswith("sqlite"):
            self._sql(f"DROP DATABASE {self._name} WITH (FORCE)")
            return
        for path in self.folder.glob(f"copy{self.count}.sqlite*"):
            path.unlink()

    @property
    def _name(self) -> str:
        return f"{self.url.rpartition('/')[2]}_{self.count}"

    def _sql(self, statement: str) -> None:
        server = self.url.rpartition("/")[0].replace("+psycopg", "")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]


def emptied() -> None:
    """Close what this process has open, so that a copy is whole and PostgreSQL lets it be taken."""
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.session.rollback()
    db.engine.dispose()
