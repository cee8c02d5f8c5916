"""Many rows into a table at once, under all its constraints and triggers: COPY on PostgreSQL, one call on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from lms.db import Base, db
from lms.people.scope import unscoped

Row = tuple[Any, ...]
Bind = Callable[[Any], Any]


def insert_rows(model: type[Base], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """`rows` hold the values of `columns` as the model has them. Inside `db.write()`."""
    connection = db.session.connection()
    binds = [_bind(connection, model, name) for name in columns]
    special = [(at, bind) for at, bind in enumerate(binds) if bind]
    ready = (_bound(row, special) for row in rows)
    insert = _copy if connection.dialect.name == "postgresql" else _execute_many
    insert(connection, model.__tablename__, columns, ready)


def ids_of(model: Any) -> count[int]:
    """The ids that are free in a table, from the lowest on."""
    query = select(func.coalesce(func.max(model.id), 0))
    return count(db.session.scalars(unscoped(query, "the highest id")).one() + 1)


def set_sequence(model: type[Base]) -> None:
    """Rows that bring their ids do not move the sequence of a table of PostgreSQL."""
    if db.engine.dialect.name != "postgresql":
        return
    name = model.__tablename__
    highest = f"(SELECT max(id) FROM {name})"
    db.session.connection().exec_driver_sql(
        f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {highest}) WHERE {highest} IS NOT NULL"
    )


def _bound(row: Row, special: list[tuple[int, Bind]]) -> Row:
    values = list(row)
    for at, bind in special:
        values[at] = bind(values[at])
    return tuple(values)


def _bind(connection: Connection, model: type[Base], name: str) -> Bind | None:
    """How the column's type hands a value to the driver; None if as it is."""
    kind = model.__table__.c[name].type
    return kind.dialect_impl(connection.dialect).bind_processor(connection.dialect)


def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with connection.connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _execute_many(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    connection.connection.cursor().executemany(statement, list(rows))
