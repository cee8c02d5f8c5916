"""The table of a page: its places and its roles. A scope of many provinces is shown by them first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from lms.coverage.counted import Counted
from lms.coverage.figures import Cell
from lms.coverage.summing import Cells
from lms.db import db
from lms.people.models import Role
from lms.text.names import label_sort_key
from lms.units.queries import names_on

LEVELS = {"ward": "unit", "province": "province"}


@dataclass(frozen=True)
class Line:
    """A row or a column of the table: a place (or None: above the wards), or a role."""

    value: int | None
    name: str
    code: str = ""


@dataclass(frozen=True)
class Grid:
    """Places × roles. `level`: what `places` are, "ward" or "province"; `inside`: the province whose wards they are."""

    level: str
    inside: Line | None
    places: tuple[Line, ...]
    roles: tuple[Line, ...]
    cells: dict[tuple[int | None, int | None], Cell]
    by_place: dict[int | None, Cell]
    by_role: dict[int | None, Cell]
    total: Cell


def grid_of(found: Counted, province: int | None) -> Grid:
    """`province`: the one whose wards are asked for; where the scope is not shown by provinces, it does not matter."""
    if found.wards_of is None or len(found.wards_of) < 2:
        return _grid(found, "ward", None)
    return _grid(found, "ward", province) if province in found.wards_of else _grid(found, "province", None)


def _grid(found: Counted, level: str, inside: int | None) -> Grid:
    by, wanted = LEVELS[level], None if inside is None or found.wards_of is None else set(found.wards_of[inside])
    by_place = {at: cell for (at,), cell in found.divisions[(by,)].items() if wanted is None or at in wanted}
    pairs = found.divisions[(by, "role")].items()
    by_role, total = _of_scope(found) if inside is None else _of_province(found, inside)
    names = names_on({*filter(None, by_place), *([inside] if inside else [])}, found.question.tree_on)
    return Grid(
        level=level,
        inside=Line(inside, names[inside]) if inside else None,
        places=_places(by_place, names),
        roles=_roles(by_role),
        cells={(place, role): cell for (place, role), cell in pairs if wanted is None or place in wanted},
        by_place=by_place,
        by_role=by_role,
        total=total,
    )


def _of_scope(found: Counted) -> tuple[dict[int | None, Cell], Cell]:
    return {role: cell for (role,), cell in found.divisions[("role",)].items()}, found.total


def _of_province(found: Counted, province: int) -> tuple[dict[int | None, Cell], Cell]:
    pairs: Cells = found.divisions[("province", "role")]
    by_role = {role: cell for (at, role), cell in pairs.items() if at == province}
    nobody = Cell(0, 0, 0, found.question.requirement.target)
    return by_role, found.divisions[("province",)].get((province,), nobody)


def _places(by_place: Iterable[int | None], names: dict[int, str]) -> tuple[Line, ...]:
    """In the order of their names; what stands in none comes last."""
    values = list(by_place)
    lines = [Line(place, names[place]) for place in values if place is not None]
    lines.sort(key=lambda line: (label_sort_key(line.name), line.value))
    return (*lines, *([Line(None, "")] if None in values else []))


def _roles(held: Iterable[int | None]) -> tuple[Line, ...]:
    """The counted roles that somebody holds, in the order of the register."""
    roles = db.session.scalars(select(Role).where(Role.id.in_(list(held))).order_by(Role.position, Role.id))
    return tuple(Line(role.id, role.short_name, role.code) for role in roles)
