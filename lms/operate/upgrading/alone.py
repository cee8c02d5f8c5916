"""Alone with the database: nobody else has it open, and nobody can write into it until we let go."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from flask import current_app
from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.pool import NullPool

from lms.db import db
from lms.operate.backup import Refused
from lms.operate.backup.layout import our_tables
from lms.operate.backup.places import IN_USE, be_alone, leave_wal

LEFT = re.compile(r"lms_beside_[0-9a-f]{8}")


class Hold(Protocol):
    """`let_go` raises `Refused` if somebody came meanwhile; afterwards the database is anybody's. Twice is harmless."""

    def let_go(self) -> None: ...

    def close(self) -> None: ...

    def remove_leftovers(self) -> None:
        """What earlier runs that were killed had begun beside: nobody is at work on it, for nobody else is here."""


@contextmanager
def alone() -> Iterator[Hold]:
    """Our own connections are closed first. Raises `Refused` while the site, its worker or anybody else is there."""
    close_ours()
    url = make_url(current_app.extensions["settings"].database)
    hold: Hold = SqliteHold(Path(url.database or "")) if url.get_backend_name() == "sqlite" else PostgresqlHold()
    try:
        yield hold
    finally:
        hold.close()


def close_ours() -> None:
    db.session.rollback()
    db.engine.dispose()


class SqliteHold:
    """The write lock: who reads still may, which the backup does."""

    def __init__(self, path: Path) -> None:
        leave_wal(path)
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=0)
        try:
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            self.close()
            raise Refused(IN_USE) from None
        self.version = self._version()

    def let_go(self) -> None:
        """Who waited for the lock has the file open; who was quicker than this look has left another version."""
        close_ours()
        self.connection.execute("ROLLBACK")
        try:
            self.connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError:
            raise Refused(IN_USE) from None
        if self._version() != self.version:
            raise Refused(IN_USE)
        self.close()

    def close(self) -> None:
        self.connection.close()

    def remove_leftovers(self) -> None:
        name = re.compile(rf"\.{re.escape(self.path.name)}\.[0-9a-f]{{8}}(-wal|-shm|-journal|-next|-turn)?")
        for found in self.path.parent.iterdir():
            if name.fullmatch(found.name):
                found.unlink()

    def _version(self) -> int:
        """Changes with every commit of another connection."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])


class PostgresqlHold:
    """A lock on each table that readers share and writers wait for."""

    def __init__(self) -> None:
        settings = current_app.extensions["settings"]
        self.connection = create_engine(settings.database, poolclass=NullPool, hide_parameters=True).connect()
        try:
            be_alone(self.connection)
            names = sorted(our_tables() & set(inspect(self.connection).get_table_names()))
            if names:
                quoted = ", ".join(f'"{name}"' for name in names)
                self.connection.exec_driver_sql(f"LOCK TABLE {quoted} IN SHARE MODE")
        except BaseException:
            self.close()
            raise

    def let_go(self) -> None:
        close_ours()
        self.connection.exec_driver_sql("SELECT pg_stat_clear_snapshot()")
        be_alone(self.connection)
        self.close()

    def close(self) -> None:
        self.connection.close()

    def remove_leftovers(self) -> None:
        with create_engine(self.connection.engine.url, poolclass=NullPool).begin() as connection:
            for name in inspect(connection).get_schema_names():
                if LEFT.fullmatch(name):
                    connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
