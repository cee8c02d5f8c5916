"""Rows into a database: triggers and foreign keys stand aside for one transaction, and hold again at its end."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import cast

from sqlalchemy import column, func, inspect, select, table
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from lms.operate.backup import Refused
from lms.operate.backup.layout import Row, Table, storable

Insert = Callable[[Connection, Table, list[Row]], None]


def load(connection: Connection, layout: list[Table], parts: Iterator[tuple[str, bytes]]) -> None:
    """Fill the tables of `layout`, which is all that they hold afterwards; `parts` are (table, lines of JSON).

    One transaction, which it opens on a `connection` that has none. Raises `Refused`, naming the table and never a
    value: values are people's.
    """
    dialect = connection.dialect.name
    stand_aside, insert = ENGINES[dialect]
    tables = {one.name: one for one in layout}
    with stand_aside(connection, layout):
        _refuse_other_columns(connection, layout)
        for one in layout:
            connection.exec_driver_sql(f"DELETE FROM {_quoted(connection, one.name)}")
        for name, lines in parts:
            turn = storable(tables[name], dialect)
            _insert(insert, connection, tables[name], [turn(json.loads(line)) for line in lines.splitlines()])


def _insert(insert: Insert, connection: Connection, into: Table, rows: list[Row]) -> None:
    try:
        insert(connection, into, rows)
    except Exception as error:
        if isinstance(error, DBAPIError | connection.dialect.loaded_dbapi.Error):
            raise Refused(f"Table {into.name} cannot be stored here ({type(error).__name__}).") from None
        raise


def _refuse_other_columns(connection: Connection, layout: list[Table]) -> None:
    found = inspect(connection)
    for one in layout:
        here = {told["name"] for told in found.get_columns(one.name)} if found.has_table(one.name) else set()
        if here != {told.name for told in one.columns}:
            raise Refused(f"Table {one.name} of the backup has other columns than the migrations make.")


@contextmanager
def _sqlite_aside(connection: Connection, layout: list[Table]) -> Iterator[None]:
    """Keys are off rather than deferred: while one is open, every row of a parent searches its children's tables."""
    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    driver.execute("PRAGMA foreign_keys = OFF")  # has no effect inside a transaction
    try:
        with connection.begin(), _without_triggers(connection):
            yield
            _refuse_loose_rows(connection)
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


@contextmanager
def _without_triggers(connection: Connection) -> Iterator[None]:
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _sql in found:
        connection.exec_driver_sql(f"DROP TRIGGER {_quoted(connection, name)}")
    yield
    for _name, sql in found:
        connection.exec_driver_sql(sql)


def _refuse_loose_rows(connection: Connection) -> None:
    loose = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if loose is not None:
        raise Refused(f"A row of table {loose[0]} refers to a row of {loose[2]} that the backup does not hold.")


def _sqlite_insert(connection: Connection, into: Table, rows: list[Row]) -> None:
    marks = ", ".join("?" * len(into.columns))
    statement = f"INSERT INTO {_quoted(connection, into.name)} ({_columns(connection, into)}) VALUES ({marks})"
    connection.connection.cursor().executemany(statement, rows)


FOREIGN_KEYS = """SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"""


@contextmanager
def _postgresql_aside(connection: Connection, layout: list[Table]) -> Iterator[None]:
    """As the owner of the tables may do it: no superuser, no session_replication_role."""
    with connection.begin(), _without_keys(connection):
        names = [_quoted(connection, one.name) for one in layout]
        for name in names:
            connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        yield
        for name in names:
            connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE TRIGGER USER")
        for one in layout:
            _set_sequence(connection, one)


@contextmanager
def _without_keys(connection: Connection) -> Iterator[None]:
    """Each is checked once, over the whole table, when it comes back."""
    keys = connection.exec_driver_sql(FOREIGN_KEYS).all()
    for name, key, _definition in keys:
        connection.exec_driver_sql(f"ALTER TABLE {name} DROP CONSTRAINT {key}")
    yield
    for name, key, definition in keys:
        _add_key(connection, name, key, definition)


def _add_key(connection: Connection, name: str, key: str, definition: str) -> None:
    try:
        connection.exec_driver_sql(f"ALTER TABLE {name} ADD CONSTRAINT {key} {definition}")
    except DBAPIError:
        raise Refused(f"A row of table {name} refers to a row that the backup does not hold ({key}).") from None


def _postgresql_insert(connection: Connection, into: Table, rows: list[Row]) -> None:
    statement = f"COPY {_quoted(connection, into.name)} ({_columns(connection, into)}) FROM STDIN"
    with connection.connection.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _set_sequence(connection: Connection, of: Table) -> None:
    """The next number after the highest: a bulk load does not move a sequence."""
    for name in of.key:
        sequence = connection.scalar(select(func.pg_get_serial_sequence(_quoted(connection, of.name), name)))
        highest = connection.scalar(select(func.max(column(name))).select_from(table(of.name)))
        if sequence and highest:
            connection.execute(select(func.setval(sequence, highest)))


def _columns(connection: Connection, of: Table) -> str:
    return ", ".join(_quoted(connection, one.name) for one in of.columns)


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


ENGINES: dict[str, tuple[Callable[[Connection, list[Table]], AbstractContextManager[None]], Insert]] = {
    "sqlite": (_sqlite_aside, _sqlite_insert),
    "postgresql": (_postgresql_aside, _postgresql_insert),
}
