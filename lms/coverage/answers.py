"""A figure, asked for by a page, the command line, the API or a spreadsheet: all enter here and get the same rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from lms.access import Viewer
from lms.chunks import chunks
from lms.coverage.facts import Facts, Question, facts, requirement
from lms.coverage.figures import Cell, cells, total
from lms.coverage.models import Plan
from lms.coverage.trend import BASES
from lms.db import db, utc_now
from lms.people.models import Person, Role
from lms.people.scope import unscoped
from lms.text.dates import day_begins, local_today, show_date
from lms.text.names import label_sort_key
from lms.text.numbers import cut_percent_point
from lms.units.queries import find_scope, names_on
from lms.web.refusals import Refusal

DIMENSIONS = ("unit", "hamlet", "role", "sex")
FIELD_OF = {"unit": "ward_id", "hamlet": "hamlet_id", "role": "role_id"}


class Row(NamedTuple):
    """`at`: the value of each dimension asked for (unit id, role id, sex or None), in their order."""

    at: tuple[Any, ...]
    cell: Cell


@dataclass(frozen=True)
class Answer:
    question: Question
    basis: str
    by: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Cell


def question(
    *,
    on: date | None = None,
    tree_on: date | None = None,
    known_on: date | datetime | None = None,
    scope: str | None = None,
    plan: str | None = None,
) -> Question:
    """A question with its defaults: today, on that day's tree, with what is known now, in the plan's scope.

    `known_on` as a day means the end of that day here. Raises `Refusal` (400) for a scope that does not exist.
    """
    asked = on or local_today(utc_now())
    needs = requirement(plan or current_app.extensions["settings"].plan)
    scope_code = scope or _plan_scope(needs.plan_id)
    found = find_scope(scope_code)
    if found is None:
        raise Refusal(_("Không có địa bàn nào tên “%(scope)s”.", scope=scope_code[:60]), 400)
    return Question(asked, tree_on or asked, _instant(known_on), found.code, needs)


def answer(viewer: Viewer, asked: Question, *, by: Iterable[str] = ("unit", "role"), basis: str = "valid") -> Answer:
    """Cells by the dimensions in `by`, and the distinct people over all. Raises `Refusal` (400) for unknown words."""
    dimensions = tuple(by)
    known_words(dimensions, basis)
    return answer_from(facts(viewer, asked), asked, by=dimensions, basis=basis)


def known_words(by: tuple[str, ...], basis: str) -> None:
    """Raises `Refusal` (400) for a dimension or a basis that there is not."""
    unknown = [word for word in by if word not in DIMENSIONS] + [basis] * (basis not in BASES)
    if unknown:
        raise Refusal(_("Không hiểu “%(word)s”.", word=unknown[0][:60]), 400)


def answer_from(found: Facts, asked: Question, *, by: tuple[str, ...], basis: str) -> Answer:
    """`answer` of facts that have been read already."""
    return Answer(asked, basis, by, _rows(found, asked, by), total(found, asked))


def _rows(found: Facts, asked: Question, dimensions: tuple[str, ...]) -> tuple[Row, ...]:
    columns = [column(found, dimension) for dimension in dimensions]
    keys: Iterable[tuple[Any, ...]] = zip(*columns, strict=True) if columns else [()] * len(found)
    return tuple(Row(at, cell) for at, cell in cells(found, asked, keys).items())


def column(found: Facts, dimension: str) -> Sequence[Any]:
    """The value of one dimension for each fact. Sex is the person's own, and read only where it is asked for."""
    if dimension == "sex":
        sexes = _sexes(set(found.person_id))
        return [sexes[person] for person in found.person_id]
    values: Sequence[Any] = getattr(found, FIELD_OF[dimension])
    return values


def _sexes(people: Collection[int]) -> dict[int, str | None]:
    """As it stands in the register; of merged records, that of the one that stayed."""
    sexes: dict[int, str | None] = {}
    for some in chunks(people):
        query = select(Person.id, Person.sex).where(Person.id.in_(some))
        sexes |= dict(db.session.execute(unscoped(query, "people whose posts passed visible()")).all())
    return sexes


def lies_ahead(asked: Question) -> bool:
    """The day has not come: what counts then is only what is recorded by now and will not have run out."""
    return asked.on > local_today(utc_now())


def as_json(found: Answer) -> dict[str, Any]:
    """The answer as contracts.md fixes it; `percent` is a string cut to one decimal, None where nobody is counted."""
    asked, needs = found.question, found.question.requirement
    names = Names(found)
    return {
        "on": asked.on.isoformat(),
        "future": lies_ahead(asked),
        "tree_on": asked.tree_on.isoformat(),
        "known_on": asked.known_on.isoformat(),
        "scope": asked.scope,
        "basis": found.basis,
        "requirement": {
            "plan": needs.plan_code,
            "version": needs.version,
            "validity_months": needs.months,
            "min_tiet": needs.min_tiet,
        },
        "target": needs.target,
        "rows": [_row_json(row, found, names) for row in sorted_rows(found, names)],
        "total": _cell_json(found.total, found.basis),
    }


class Names:
    """Names of the units in the rows on the tree that is shown, and of roles: for rows, headings and sorting."""

    def __init__(self, found: Answer) -> None:
        values = [(by, at) for row in found.rows for by, at in zip(found.by, row.at, strict=True)]
        units = {at for by, at in values if by in ("unit", "hamlet") and at is not None}
        self.units = names_on(units, found.question.tree_on)
        self.roles = {role.id: role for role in db.session.scalars(select(Role).order_by(Role.position))}

    def of(self, dimension: str, value: Any) -> str | None:
        if value is None or dimension == "sex":
            return None if value is None else str(value)
        return self.roles[value].code if dimension == "role" else self.units[value]

    def order(self, dimension: str, value: Any) -> tuple[bool, str, int]:
        """Two places of one name stand in the order of their ids, however the facts were read."""
        if value is None or dimension == "sex":
            return (value is None, str(value), 0)
        if dimension == "role":
            return (False, f"{self.roles[value].position:05d}", value)
        return (False, label_sort_key(self.units[value]), value)


def sorted_rows(found: Answer, names: Names) -> list[Row]:
    return sorted(found.rows, key=lambda row: [names.order(by, at) for by, at in zip(found.by, row.at, strict=True)])


def _row_json(row: Row, found: Answer, names: Names) -> dict[str, Any]:
    named = {by: names.of(by, at) for by, at in zip(found.by, row.at, strict=True)}
    ids = {f"{by}_id": at for by, at in zip(found.by, row.at, strict=True) if by in ("unit", "hamlet")}
    return named | ids | _cell_json(row.cell, found.basis)


def _cell_json(cell: Cell, basis: str) -> dict[str, Any]:
    trained = cell.trained(basis)
    return {
        "counted": cell.counted,
        "trained": trained,
        "valid": cell.valid,
        "ever": cell.ever,
        "percent": cut_percent_point(trained, cell.counted) if cell.counted else None,
        "missing": cell.missing(basis),
        "reached": cell.reached(basis),
    }


def describe(asked: Question) -> str:
    """The question in words, for a caption or a file: "Đến ngày 24/11/2026, theo địa bàn ngày 24/11/2026"."""
    return str(_("Đến ngày %(on)s, theo địa bàn ngày %(tree)s", on=show_date(asked.on), tree=show_date(asked.tree_on)))


def plan_scope() -> str:
    """The scope of the plan in the settings."""
    return _plan_scope(requirement(current_app.extensions["settings"].plan).plan_id)


def _plan_scope(plan_id: int) -> str:
    return db.session.scalars(select(Plan.scope_code).where(Plan.id == plan_id)).one()


def _instant(known_on: date | datetime | None) -> datetime:
    """A day means: with everything recorded until its local midnight."""
    if known_on is None:
        return utc_now()
    if isinstance(known_on, datetime):
        return known_on
    zone = current_app.extensions["settings"].time_zone
    return day_begins(known_on + timedelta(days=1), zone) - timedelta(microseconds=1)
