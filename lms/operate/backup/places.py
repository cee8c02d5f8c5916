"""A new place beside the live database, which takes its name once everything in it was found right."""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from flask import Flask, current_app
from sqlalchemy import URL, create_engine, inspect, make_url
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

from lms import turns
from lms.db import db, utc_now
from lms.durable import flush_folder
from lms.extensions import babel
from lms.operate.backup import Refused
from lms.operate.backup.layout import our_tables

IN_USE = "The database is in use. Stop the site and its worker (and end open psql or sqlite3 sessions), then try again."
REFERENCE = {"audit_head", "plan", "plan_role", "requirement_set", "role"} | {
    f"unit{rest}" for rest in ("", "_alias", "_lineage", "_path", "_scope", "_scope_root", "_version")
}
"""What `lms db upgrade` fills by itself: a database that holds no more than this holds nobody's work."""


class Place(Protocol):
    """`url` opens it; `take_over` makes it the live database and says where the old one is kept, if it is."""

    url: URL

    def take_over(self, *, keep: bool) -> str | None: ...

    def discard(self) -> None: ...


@contextmanager
def beside() -> Iterator[Place]:
    """A new, empty place; it is gone at the end unless it took over."""
    live = make_url(current_app.extensions["settings"].database)
    place: Place = SqlitePlace(live) if live.get_backend_name() == "sqlite" else PostgresqlPlace(live)
    try:
        yield place
    finally:
        place.discard()


@contextmanager
def opened(place: Place) -> Iterator[None]:
    """An application context in which `db` is the place: the same code reads it that reads the live one."""
    app = Flask("lms", static_folder=None)
    app.config.from_mapping(current_app.config)
    app.config["SQLALCHEMY_ENGINES"] = {"default": place.url}
    app.extensions["settings"] = current_app.extensions["settings"]
    db.init_app(app)
    babel.init_app(app)
    with app.app_context():
        try:
            yield
        finally:
            db.session.rollback()
            db.engine.dispose()


def holds_data(connection: Connection) -> list[str]:
    """The tables of the live database with rows that a restore would replace; those of others count, full or empty."""
    names, ours = sorted(set(inspect(connection).get_table_names()) - REFERENCE - {"alembic_version"}), our_tables()
    return [
        name
        for name in names
        if name not in ours or connection.exec_driver_sql(f'SELECT 1 FROM "{name}" LIMIT 1').first()
    ]


class SqlitePlace:
    """A file in the folder of the live one, so that taking over is one rename."""

    def __init__(self, live: URL) -> None:
        if not live.database or live.database == ":memory:":
            raise Refused("A database in memory can be neither restored nor drilled.")
        self.live = Path(live.database).absolute()
        self.path = self.live.with_name(f".{self.live.name}.{secrets.token_hex(4)}")
        os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        self.url = live.set(database=str(self.path))

    def take_over(self, *, keep: bool) -> str | None:
        """A crash leaves the old database or the new one under the name, never neither."""
        old = self.live.with_name(f"{self.live.name}.before-restore-{_stamp()}")
        if self.live.exists():
            leave_wal(self.live)
            if keep:
                os.link(self.live, old)
        leave_wal(self.path)
        os.replace(self.path, self.live)
        self.discard()  # the files beside it
        flush_folder(self.live.parent)
        return str(old) if keep and old.exists() else None

    def discard(self) -> None:
        for end in ("", "-wal", "-shm", *turns.ENDS):
            Path(f"{self.path}{end}").unlink(missing_ok=True)


def leave_wal(path: Path) -> None:
    """Fold the log into the file. Only the last connection may: so this also finds whoever still has it open."""
    connection = sqlite3.connect(path, timeout=2)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError:
        raise Refused(IN_USE) from None
    finally:
        connection.close()


TRIES = 20
OTHERS = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
STRANGE = """SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v')
    UNION ALL SELECT extname FROM pg_extension WHERE extnamespace = current_schema()::regnamespace"""


class PostgresqlPlace:
    """A schema in the live database, so that taking over is two renames in one transaction."""

    def __init__(self, live: URL) -> None:
        self.name = f"lms_beside_{secrets.token_hex(4)}"
        self.live = live
        with self._engine().begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {self.name}")
        self.url = live.update_query_dict({"options": f"-csearch_path={self.name}"})

    def take_over(self, *, keep: bool) -> str | None:
        old = f"before_restore_{_stamp()}"
        with self._engine().begin() as connection:
            be_alone(connection)
            _refuse_strangers(connection)
            now = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar()
            connection.exec_driver_sql(f"ALTER SCHEMA {now} RENAME TO {old}")
            connection.exec_driver_sql(f"ALTER SCHEMA {self.name} RENAME TO {now}")
            if not keep:
                connection.exec_driver_sql(f"DROP SCHEMA {old} CASCADE")
        return f"schema {old}" if keep else None

    def discard(self) -> None:
        with self._engine().begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {self.name} CASCADE")

    def _engine(self) -> Engine:
        return create_engine(self.live, poolclass=NullPool, hide_parameters=True)


def be_alone(connection: Connection) -> None:
    """A session that was just closed, perhaps our own, is listed for a moment more."""
    for _ in range(TRIES):
        if not connection.exec_driver_sql(OTHERS).scalar():
            return
        time.sleep(0.1)
        connection.exec_driver_sql("SELECT pg_stat_clear_snapshot()")
    raise Refused(IN_USE)


def _refuse_strangers(connection: Connection) -> None:
    """The schema is set aside whole: nothing of others may stand in it."""
    strange = set(connection.exec_driver_sql(STRANGE).scalars()) - our_tables() - {"alembic_version"}
    if strange:
        raise Refused(
            f"The schema holds what is not ours: {', '.join(sorted(strange)[:5])}. Use a database of its own."
        )


def _stamp() -> str:
    return utc_now().strftime("%Y%m%d_%H%M%S")
