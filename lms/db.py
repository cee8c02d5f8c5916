"""The declarative base, column types, and the one door for writing: ``with db.write():``."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from flask.sansio.app import App
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Engine,
    Enum,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    cast,
    column,
    event,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, ORMExecuteState, Session
from sqlalchemy.types import TypeDecorator

from lms.turns import Turns

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BUSY = 30
"""Seconds that a write waits for the one before it."""

BigInt = BigInteger().with_variant(Integer, "sqlite")
Json = JSON()  # not JSONB: the order of keys is part of what an author wrote


class NotInWrite(RuntimeError):
    """Something tried to change the database outside ``with db.write():``."""


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"a naive instant cannot be stored: {instant!r}")
    return instant


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Naive values are refused; what comes back is always aware, in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = _aware(value).astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(name: str, *values: str) -> Enum:
    """A text column limited to `values` by a CHECK on both engines."""
    return Enum(*values, name=name, native_enum=False, create_constraint=True, length=30)


_told_time: ContextVar[datetime | None] = ContextVar("told_time", default=None)


def utc_now() -> datetime:
    """The server's clock, or the instant that `at_time()` tells."""
    return _told_time.get() or datetime.now(UTC)


@contextmanager
def at_time(instant: datetime) -> Iterator[None]:
    """Everything in this block happens at `instant`: how the demo lives through a year by the real operations."""
    token = _told_time.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _told_time.reset(token)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime(), int: BigInt, dict[str, Any]: Json, list[Any]: Json}


Finisher = Callable[[Session], None]
Row = TypeVar("Row", bound=Base)


class Database(SQLAlchemy):
    """Flask-SQLAlchemy-Lite's engine and session, plus `write()`."""

    finishers: list[Finisher]
    undoers: list[Finisher]

    def init_app(self, app: App) -> None:
        """Bind to `app`, without the teardown for asynchronous sessions: there are none here, and Flask would start
        a thread at the end of every request to close them."""
        super().init_app(app)
        app.teardown_appcontext_funcs[:] = [
            done for done in app.teardown_appcontext_funcs if not iscoroutinefunction(done)
        ]

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open the one write transaction of a request, command or task; commit at the end, roll back on any error.

        SQLite takes its write lock at the start (BEGIN IMMEDIATE): a read that turns into a write would fail at
        once with "database is locked", whatever the timeout. Finishers (the audit chain) run last before the commit.
        """
        session = self.session
        if session.info.get("writing"):
            raise NotInWrite("db.write() is already open; operations are called inside it and never open it")
        session.rollback()
        with self._turn():
            session.connection(execution_options={"lms_write": True})
            session.info["writing"] = True
            try:
                yield session
                session.flush()
                for finish in self.finishers:
                    finish(session)
                session.commit()
            except BaseException:
                session.rollback()
                for undo in self.undoers:
                    undo(session)
                raise
            finally:
                session.info["writing"] = False

    def read_one_moment(self) -> None:
        """Until the session's next rollback or commit everything is read as of one moment, as SQLite does anyway."""
        self.session.rollback()
        if self.engine.dialect.name == "postgresql":
            self.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})

    def _turn(self) -> AbstractContextManager[None]:
        """PostgreSQL lets many write at a time."""
        engine = self.engine
        if engine.dialect.name != "sqlite" or not engine.url.database:
            return nullcontext()
        return _turns.setdefault(engine, Turns(Path(engine.url.database))).take(BUSY)


_turns: WeakKeyDictionary[Engine, Turns] = WeakKeyDictionary()

db = Database(
    engine_options={"pool_pre_ping": True, "hide_parameters": True},
    session_options={"expire_on_commit": False},
)
db.finishers, db.undoers = [], []


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        connection.execute("SET jit = off")  # compiling a plan costs more than our longest statement
        connection.commit()
        return
    connection.isolation_level = None  # the driver must not open transactions behind our back
    durable = ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL", f"busy_timeout = {BUSY * 1000}")
    guarded = "recursive_triggers = ON"  # REPLACE, too, asks the triggers that protect the row it would remove
    apart = "temp_store = MEMORY"  # what a savepoint may take back must not need a disk for temporary files
    for pragma in (*durable, guarded, apart, "cache_size = -32000"):  # 32 MB: a province's figure walks more than 2 MB
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        write = connection.get_execution_options().get("lms_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@event.listens_for(Session, "before_flush")
def _flush_only_in_write(session: Session, context: Any, instances: Any) -> None:
    changed = session.new or session.deleted or any(session.is_modified(item) for item in session.dirty)
    if changed and not session.info.get("writing"):
        raise NotInWrite("changes outside db.write()")


@event.listens_for(Session, "do_orm_execute")
def _execute_only_in_write(state: ORMExecuteState) -> None:
    changes = state.is_insert or state.is_update or state.is_delete
    if changes and not state.session.info.get("writing"):
        raise NotInWrite("a changing statement outside db.write()")


def not_durable(connection: Connection) -> list[str]:
    """What would make an acknowledged write lose itself in a crash; empty when the database is durable."""
    if connection.dialect.name == "sqlite":
        checks = {"journal_mode": ("wal",), "synchronous": ("2", "3"), "foreign_keys": ("1",)}
        read = {name: str(connection.exec_driver_sql(f"PRAGMA {name}").scalar()) for name in checks}
    else:
        checks = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), ("on",))
        checks["synchronous_commit"] = ("on", "remote_write", "remote_apply", "local")
        read = {name: str(connection.exec_driver_sql(f"SHOW {name}").scalar()) for name in checks}
    return [f"{name} = {read[name]}" for name, good in checks.items() if read[name].lower() not in good]


def insert_if_missing(model: type[Base], **values: Any) -> bool:
    """Insert a row unless its key is taken, also by a writer who is a moment quicker (both engines know this).

    True if the row is new.
    """
    done = db.session.execute(_insert(db.engine.dialect.name, model).values(**values).on_conflict_do_nothing())
    return bool(done.rowcount)  # type: ignore[attr-defined]


def insert_unless_taken(model: type[Row], **values: Any) -> Row | None:
    """The row, if no other has one of its keys; else nothing is written, and None."""
    return db.session.scalars(_insert_returning(db.engine.dialect.name, model), [values]).one_or_none()


def insert_many(model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Many rows of which each gives every column: a list's JSON for PostgreSQL, which else gets, and plans, one
    statement for each. Not for words of a user: what JSON can hold and PostgreSQL cannot (a NUL) would raise."""
    dialect = db.engine.dialect.name
    if rows:
        given = rows if dialect == "sqlite" else {"rows": json.dumps(rows, default=_as_text)}
        _writing().execute(_insert_many(dialect, model), given)


def _as_text(value: Decimal | datetime) -> str:
    return str(_aware(value) if isinstance(value, datetime) else value)


def next_in_row(column: InstrumentedAttribute[int], **key: Any) -> int:
    """Count `column` up by one in the row of that primary key, which begins at 1 if it is new; locks the row."""
    counted = _counting(db.engine.dialect.name, column, tuple(key))
    found: int = _writing().execute(counted, key).scalar_one()
    return found


def _writing() -> Connection:
    """The connection of the open write, for statements that skip the ORM and so its guard."""
    if not db.session.info.get("writing"):
        raise NotInWrite("a changing statement outside db.write()")
    return db.session.connection()


# Building these takes as long as running them, so each is built once.


@lru_cache
def _counting(dialect: str, column: InstrumentedAttribute[int], key: tuple[str, ...]) -> Any:
    first = _insert(dialect, column.class_).values({column.key: 1} | {name: bindparam(name) for name in key})
    return first.on_conflict_do_update(index_elements=key, set_={column.key: column + 1}).returning(column)


@lru_cache
def _insert_returning(dialect: str, model: type[Base]) -> Any:
    return _insert(dialect, model).on_conflict_do_nothing().returning(model)


@lru_cache
def _insert_many(dialect: str, model: type[Base]) -> Any:
    table: Table = model.__table__  # type: ignore[assignment]
    if dialect == "sqlite":
        return insert(table)
    of_table: Any = literal_column(f"NULL::{table.name}")
    read = func.json_populate_recordset(of_table, cast(bindparam("rows", type_=Text), Json))
    return insert(table).from_select(table.c.keys(), select(read.table_valued(*map(column, table.c.keys()))))


def _insert(dialect: str, model: Any) -> Any:
    return (sqlite_insert if dialect == "sqlite" else postgresql_insert)(model)
