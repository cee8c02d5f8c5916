"""Reading what is held about one person, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Select, Table, select

from lms.access import SYSTEM
from lms.courses.models import Edition, Lesson
from lms.db import db
from lms.operate.personal.tables import TOLD, table_of
from lms.operate.personal.whose import WHY, Whose
from lms.people.models import Role
from lms.people.scope import unscoped
from lms.quizzes.models import Question, QuestionVersion, Quiz
from lms.units.models import UnitVersion

Row = dict[str, Any]

NAMES: dict[str, Callable[[], Select[int, str]]] = {
    "role": lambda: select(Role.id, Role.name),
    "unit": lambda: select(UnitVersion.unit_id, UnitVersion.name).order_by(UnitVersion.valid_from),
    "edition": lambda: select(Edition.id, Edition.title),
    "lesson": lambda: select(Lesson.id, Lesson.title),
    "quiz": lambda: select(Quiz.id, Quiz.title),
    "question_version": lambda: select(QuestionVersion.id, Question.key).join(Question),
}
"""What an id of these tables is called; of a place the last name it bore."""


def everything(whose: Whose) -> dict[str, list[Row]]:
    """table → its rows about the person, in the order of their keys. A row: column → value that JSON can hold, and
    beside `role_id` the name as `role`; who wrote a row is told as `who_did`."""
    return {name: rows_of(name, whose) for name in TOLD}


def rows_of(name: str, whose: Whose) -> list[Row]:
    table, told = table_of(name), TOLD[name]
    columns = [column for column in table.columns if column.name not in told.without]
    query = select(*columns).where(told.rows(table, whose)).order_by(*table.primary_key.columns)
    rows = [dict(row) for row in db.session.execute(unscoped(query, WHY)).mappings()]
    names = _names(table, rows)
    return [_row(columns, row, names, whose) for row in rows]


def who_did(actor: str | None, whose: Whose) -> str | None:
    """Nobody else is named in a person's own file: "me", "system", or "office" for somebody who was at work."""
    if actor is None:
        return None
    if actor in {f"account:{one}" for one in whose.accounts}:
        return "me"
    return "office" if actor.startswith("account:") else "system" if actor == SYSTEM.actor else "office"


def is_actor(column: Column[Any]) -> bool:
    return column.name.endswith("_by")


def _row(columns: Iterable[Column[Any]], row: Mapping[str, Any], names: Mapping[str, Any], whose: Whose) -> Row:
    told: Row = {}
    for column in columns:
        value = row[column.name]
        told[column.name] = who_did(value, whose) if is_actor(column) else plain(value)
        if column.name in names:
            told[column.name.removesuffix("_id")] = names[column.name].get(value)
    return told


def plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _names(table: Table, rows: list[Row]) -> dict[str, dict[int, str]]:
    """column → id → name, for the columns that point at something with a name."""
    found: dict[str, dict[int, str]] = {}
    for column in table.columns:
        target = next((key.column.table.name for key in column.foreign_keys), "")
        if target in NAMES and rows:
            query = NAMES[target]()
            wanted = {row[column.name] for row in rows if row.get(column.name) is not None}
            found[column.name] = dict(db.session.execute(query.where(query.selected_columns[0].in_(wanted))).all())
    return found
