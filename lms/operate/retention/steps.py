"""One step: which rows of a table are due, and what becomes of each. A row is named by its key as text ("12/3")."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, RowMapping, Table, and_, delete, select, tuple_, update

from lms.db import Base, db
from lms.people.scope import unscoped

WHY = "work of the system: what its time of keeping is over for"
AT_ONCE = 500
Row = RowMapping
Change = Callable[[Row], dict[str, Any]]


class Step(NamedTuple):
    """`due`: a condition on the table's rows. `change`: the row → its new values; None: the row is deleted."""

    table: str
    due: ColumnElement[bool]
    change: Change | None = None

    @property
    def of(self) -> Table:
        return Base.metadata.tables[self.table]


def table(name: str) -> Table:
    return Base.metadata.tables[name]


def keys_of(step: Step) -> list[str]:
    """The keys of all due rows, in their order."""
    keys = list(step.of.primary_key.columns)
    query = select(*keys).where(step.due).order_by(*keys)
    return ["/".join(map(str, row)) for row in db.session.execute(unscoped(query, WHY))]


def apply(step: Step, keys: Sequence[str]) -> int:
    """Do it to exactly these rows; returns how many there were."""
    return sum(_delete(step, some) if step.change is None else _change(step, some) for some in _parts(keys))


def rows(step: Step, keys: Sequence[str]) -> Iterator[Row]:
    for some in _parts(keys):
        yield from db.session.execute(unscoped(select(step.of).where(_among(step.of, some)), WHY)).mappings()


def _delete(step: Step, keys: Sequence[str]) -> int:
    db.session.execute(delete(step.of).where(_among(step.of, keys)))
    return len(keys)


def _change(step: Step, keys: Sequence[str]) -> int:
    assert step.change is not None
    found = db.session.execute(unscoped(select(step.of).where(_among(step.of, keys)), WHY)).mappings().all()
    for row in found:
        one = and_(*(column == row[column.name] for column in step.of.primary_key.columns))
        db.session.execute(update(step.of).where(one).values(step.change(row)))
    return len(found)


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[at : at + AT_ONCE] for at in range(0, len(keys), AT_ONCE))


def _among(of: Table, keys: Sequence[str]) -> ColumnElement[bool]:
    columns = list(of.primary_key.columns)
    values = [tuple(_typed(column, part) for column, part in zip(columns, key.split("/"), strict=True)) for key in keys]
    if len(columns) == 1:
        return columns[0].in_([value[0] for value in values])
    return tuple_(*columns).in_(values)


def _typed(column: Any, part: str) -> Any:
    return column.type.python_type(part)
