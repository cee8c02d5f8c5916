"""All that the manager's page shows, from one read of the facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from lms.access import Viewer
from lms.coverage.facts import READERS, Facts, Question, facts
from lms.coverage.figures import Cell, cells, cells_by, total
from lms.coverage.people import Wanted, people_of
from lms.coverage.rules import month_ends
from lms.coverage.standing import Confirmed, confirmed, departures
from lms.coverage.trend import Point, trend
from lms.db import db
from lms.people.models import Role
from lms.people.scope import own_roots
from lms.text.names import label_sort_key
from lms.units.queries import names_on, tree_on

MONTHS = 12
SOON_DAYS = 30
LOWEST = 3


@dataclass(frozen=True)
class Line:
    """A row or a column of the table: a ward (or None: above the wards), or a role."""

    value: int | None
    name: str
    code: str = ""


@dataclass(frozen=True)
class Place:
    """A hamlet, or the posts of the ward itself (`unit_id` None)."""

    unit_id: int | None
    ward_id: int | None
    name: str
    cell: Cell


@dataclass(frozen=True)
class Overview:
    question: Question
    basis: str
    total: Cell
    new_missing: int
    untested: int
    expiring: int
    expiring_before: date
    wards: tuple[Line, ...]
    roles: tuple[Line, ...]
    cells: dict[tuple[int | None, int | None], Cell]
    by_ward: dict[int | None, Cell]
    by_role: dict[int, Cell]
    ward: Line | None
    hamlets: tuple[Place, ...]
    lowest: tuple[Place, ...]
    trend: tuple[Point, ...]
    confirmed: Confirmed
    names: dict[int, str]
    departures: int

    @property
    def first_point(self) -> Point | None:
        return next((point for point in self.trend if point.counted), None)


def overview(viewer: Viewer, question: Question, basis: str, ward: int | None = None) -> Overview:
    """`ward`: the one whose hamlets are shown; the one farthest from the target where none is asked for."""
    found = facts(viewer, question)
    names = _names(found, question)
    by_ward = cells_by(found, question, "ward_id")
    wards = _wards(by_ward, names)
    shown = _shown(wards, by_ward, basis, ward)
    before = question.on + timedelta(days=SOON_DAYS)
    listed = _listed_wards(viewer, question, by_ward)
    return Overview(
        question=question,
        basis=basis,
        total=total(found, question),
        new_missing=len(people_of(found, question, Wanted(state="new", basis=basis))),
        untested=len(people_of(found, question, Wanted(state="untested", basis=basis))),
        expiring=len(people_of(found, question, Wanted(state="expiring", before=before))),
        expiring_before=before,
        wards=wards,
        roles=_roles(found),
        cells=cells(found, question, zip(found.ward_id, found.role_id, strict=True)),
        by_ward=by_ward,
        by_role=cells_by(found, question, "role_id"),
        ward=shown,
        hamlets=_hamlets(found, question, names, shown),
        lowest=_lowest(found, question, names, basis),
        trend=tuple(trend(viewer, question, month_ends(question.on, MONTHS), basis)),
        confirmed=confirmed(list(listed), question),
        names=names | listed,
        departures=departures(viewer, question, set(found.person_id)),
    )


def _names(found: Facts, question: Question) -> dict[int, str]:
    nodes = set(filter(None, {*found.ward_id, *found.hamlet_id}))
    return names_on(nodes, question.tree_on)


def _wards(by_ward: dict[int | None, Cell], names: dict[int, str]) -> tuple[Line, ...]:
    lines = [Line(ward, names[ward]) for ward in by_ward if ward is not None]
    lines.sort(key=lambda line: label_sort_key(line.name))
    return (*lines, *([Line(None, "")] if None in by_ward else []))


def _roles(found: Facts) -> tuple[Line, ...]:
    """The counted roles that somebody holds, in the order of the register."""
    held = set(found.role_id)
    roles = db.session.scalars(select(Role).where(Role.id.in_(held)).order_by(Role.position, Role.id))
    return tuple(Line(role.id, role.short_name, role.code) for role in roles)


def _shown(wards: tuple[Line, ...], by_ward: dict[int | None, Cell], basis: str, ward: int | None) -> Line | None:
    real = [line for line in wards if line.value is not None]
    asked = next((line for line in real if line.value == ward), None)
    return asked or min(real, key=lambda line: _share(by_ward[line.value], basis), default=None)


def _share(cell: Cell, basis: str) -> tuple[float, int]:
    """For sorting alone: the lowest share first, and of equal ones the larger place."""
    return (cell.trained(basis) / cell.counted, -cell.counted)


def _hamlets(found: Facts, question: Question, names: dict[int, str], ward: Line | None) -> tuple[Place, ...]:
    if ward is None:
        return ()
    inside = found.where(at == ward.value for at in found.ward_id)
    places = [
        _place(hamlet, ward.value, names, cell) for hamlet, cell in cells_by(inside, question, "hamlet_id").items()
    ]
    return tuple(sorted(places, key=lambda place: (place.unit_id is None, label_sort_key(place.name))))


def _place(hamlet: int | None, ward: int | None, names: dict[int, str], cell: Cell) -> Place:
    return Place(hamlet, ward, names[hamlet] if hamlet is not None else "", cell)


def _lowest(found: Facts, question: Question, names: dict[int, str], basis: str) -> tuple[Place, ...]:
    """The hamlets that miss the target by most."""
    wards = dict(zip(found.hamlet_id, found.ward_id, strict=True))
    short = [
        _place(hamlet, wards[hamlet], names, cell)
        for hamlet, cell in cells_by(found, question, "hamlet_id").items()
        if hamlet is not None and not cell.reached(basis)
    ]
    return tuple(sorted(short, key=lambda place: _share(place.cell, basis))[:LOWEST])


def _listed_wards(viewer: Viewer, question: Question, by_ward: dict[int | None, Cell]) -> dict[int, str]:
    """The wards whose lists the figure rests on: those with people, and those of the scope where nobody is entered."""
    counted = {ward for ward in by_ward if ward is not None}
    nodes = [node for node in tree_on(question.tree_on, question.scope) if node.level == "ward"]
    roots = own_roots(viewer, *READERS)
    return {node.unit_id: node.name for node in nodes if roots is None or node.unit_id in roots | counted}
