"""Tables as they stand in a database, in words that both engines share; rows as lines of JSON.

Read from the database and not from the models, so that an older schema can be backed up before it is migrated.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Numeric,
    Select,
    String,
    Text,
    cast,
    column,
    inspect,
    select,
    table,
)
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeEngine

from lms.db import Base, UtcDateTime
from lms.operate.backup import Refused
from lms.operate.tables import import_models

ROWS_AT_ONCE, FILES_AT_ONCE = 500, 10
Row = list[Any]

KINDS: list[tuple[type[TypeEngine[Any]], str]] = [
    (Boolean, "bool"),
    (Integer, "int"),
    (Numeric, "decimal"),
    (Date, "date"),
    (DateTime, "instant"),
    (JSON, "json"),
    (LargeBinary, "bytes"),
    (String, "text"),
]
READ_AS: dict[str, TypeEngine[Any]] = {
    "bool": Boolean(),
    "int": BigInteger(),
    "date": Date(),
    "instant": UtcDateTime(),
    "bytes": LargeBinary(),
    "text": Text(),
}
AS_JSON: dict[str, Callable[[Any], str]] = {
    "decimal": lambda value: format(value, "f"),
    "date": date.isoformat,
    "instant": lambda value: datetime.isoformat(value, " ", "microseconds"),
    "bytes": lambda value: base64.b64encode(value).decode(),
}


class Column(NamedTuple):
    name: str
    kind: str
    scale: int = 0

    def read(self) -> ColumnElement[Any]:
        """JSON comes as the text that it is: the order of keys is part of what an author wrote."""
        if self.kind == "json":
            return cast(column(self.name), Text)
        kind = Numeric(38, self.scale) if self.kind == "decimal" else READ_AS[self.kind]
        return column(self.name, kind)


class Table(NamedTuple):
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def select(self, dialect: str) -> Select[Any]:
        """Every row in the order of the key: the same order on both engines, whatever the language of a cluster."""
        text = {one.name for one in self.columns if one.kind == "text"} if dialect == "postgresql" else set()
        order = [column(name, Text).collate("C") if name in text else column(name) for name in self.key]
        return select(*(one.read() for one in self.columns)).select_from(table(self.name)).order_by(*order)

    @staticmethod
    def from_json(name: str, told: dict[str, Any]) -> Table:
        return Table(name, tuple(Column(*one) for one in told["columns"]), tuple(told["key"]))

    def as_json(self) -> dict[str, Any]:
        return {"columns": [list(one) for one in self.columns], "key": list(self.key)}


class Digest:
    """Counts and hashes the lines of a table: two tables are equal when both are."""

    def __init__(self) -> None:
        self.rows, self.sha256 = 0, hashlib.sha256()

    def add(self, lines: bytes) -> None:
        self.rows += lines.count(b"\n")
        self.sha256.update(lines)

    def as_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "sha256": self.sha256.hexdigest()}


def our_tables() -> set[str]:
    import_models()
    return set(Base.metadata.tables)


def tables(connection: Connection) -> list[Table]:
    """Those of ours that are there, as they are there."""
    found = inspect(connection)
    names = sorted(our_tables() & set(found.get_table_names()))
    return [
        Table(
            name,
            tuple(_column(one["name"], one["type"]) for one in found.get_columns(name)),
            tuple(found.get_pk_constraint(name)["constrained_columns"]),
        )
        for name in names
    ]


def _column(name: str, kind: TypeEngine[Any]) -> Column:
    """Raises `Refused` for a type that has no word yet, rather than lose a digit of it."""
    word = next((word for of, word in KINDS if isinstance(kind, of)), None)
    scale = getattr(kind, "scale", None) if word == "decimal" else 0
    if word is None or scale is None:
        raise Refused(f"Column {name} has a type that a backup cannot hold yet: {kind!r}.")
    return Column(name, word, scale)


def lines(connection: Connection, of: Table) -> Iterator[bytes]:
    """The rows, some at a time, each as a line of JSON in UTF-8; few at a time where a row may hold a file."""
    texts = [(at, AS_JSON[one.kind]) for at, one in enumerate(of.columns) if one.kind in AS_JSON]
    some_rows = FILES_AT_ONCE if any(one.kind == "bytes" for one in of.columns) else ROWS_AT_ONCE
    query = of.select(connection.dialect.name).execution_options(yield_per=some_rows)
    with connection.execute(query) as found:
        for some in found.partitions():
            yield b"".join(_line(list(row), texts) for row in some)


def _line(row: Row, texts: Iterable[tuple[int, Callable[[Any], str]]]) -> bytes:
    for at, text in texts:
        if row[at] is not None:
            row[at] = text(row[at])
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def digest(connection: Connection, of: Table) -> dict[str, Any]:
    found = Digest()
    for some in lines(connection, of):
        found.add(some)
    return found.as_json()


def storable(of: Table, dialect: str) -> Callable[[Row], Row]:
    """Turns the values of a line into what the engine's driver takes.

    PostgreSQL reads dates, decimals and instants from their text. SQLite keeps what SQLAlchemy would have written.
    """
    kinds: dict[str, Callable[[str], Any]] = {"bytes": base64.b64decode}
    if dialect == "sqlite":
        kinds |= {"decimal": _as_float, "instant": lambda text: text.removesuffix("+00:00")}
    change = [(at, kinds[one.kind]) for at, one in enumerate(of.columns) if one.kind in kinds]

    def turn(row: Row) -> Row:
        for at, into in change:
            if row[at] is not None:
                row[at] = into(row[at])
        return row

    return turn


def _as_float(text: str) -> float:
    return float(Decimal(text))
