"""Where a unit stands on the tree of a day, though it may have ended before or begun after: asked of `unit_path`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Date, Select, and_, bindparam, select

from lms.chunks import chunks
from lms.db import db
from lms.units.lives import DEPTH
from lms.units.models import UnitPath, UnitVersion
from lms.units.queries.tree import ALL, names_on, scope_id, top_units, valid_on

NAMED_IN_FULL = ("hamlet", "ward")
_DAY = bindparam("day", type_=Date)
_PLACE_NAMES = (
    select(UnitPath.level, UnitVersion.name)
    .join(UnitVersion, and_(UnitVersion.unit_id == UnitPath.node_id, valid_on(UnitVersion, _DAY)))
    .where(UnitPath.scope_id == scope_id(ALL), UnitPath.unit_id == bindparam("unit"), valid_on(UnitPath, _DAY))
)


def units_under(node_id: int, day: date) -> Select[int]:
    """A SELECT of the ids of all units, ended or not, that stand under the unit (or at it) on the tree of `day`."""
    at = UnitPath.level == "scope" if node_id in top_units() else UnitPath.node_id == node_id
    return select(UnitPath.unit_id).where(UnitPath.scope_id == scope_id(ALL), at, valid_on(UnitPath, day))


def units_under_each(node_ids: Collection[int], day: date) -> Select[int | None, int]:
    """A SELECT of (node_id, unit_id): what `units_under` gives, of each of these units below the country."""
    query = select(UnitPath.node_id, UnitPath.unit_id)
    return query.where(UnitPath.scope_id == scope_id(ALL), UnitPath.node_id.in_(node_ids), valid_on(UnitPath, day))


def place_on(unit_ids: Collection[int], day: date) -> dict[int, dict[str, int]]:
    """For each unit, the units where it stands on `day`, by level: {"hamlet": id, "ward": id, …}.

    A hamlet whose place is not known (split, ended without a successor) has no "hamlet". Units that stand nowhere on
    that day are left out; one that stands at the country itself has no level.
    """
    places: dict[int, dict[str, int]] = {}
    for some in chunks(unit_ids):
        rows = select(UnitPath.unit_id, UnitPath.level, UnitPath.node_id).where(
            UnitPath.scope_id == scope_id(ALL), UnitPath.unit_id.in_(some), valid_on(UnitPath, day)
        )
        for unit_id, level, node_id in db.session.execute(rows):
            place = places.setdefault(unit_id, {})
            if node_id is not None:
                place[level] = node_id
    return places


def place_names(unit_id: int, day: date) -> dict[str, str]:
    """The names on `day` of the units where the unit stands, by level: {"hamlet": "Khóm 13", "ward": "Phường …", …}."""
    named = db.session.connection().execute(_PLACE_NAMES, {"unit": unit_id, "day": day})
    return {level: name for level, name in named}  # noqa: C416  (a row is no pair to the type checker)


def carry_many(unit_ids: Collection[int], day: date) -> dict[int, int]:
    """Each unit's own place on the tree of `day`: itself, its successor, its predecessor, or a unit above these."""
    tops = top_units()
    carried = {}
    for unit_id, place in place_on(unit_ids, day).items():
        deepest = max(place, key=lambda level: DEPTH[level], default=None)
        if deepest is not None:
            carried[unit_id] = place[deepest]
        elif len(tops) == 1:
            carried[unit_id] = tops[0]
    return carried


def carry(unit_id: int, day: date) -> int | None:
    """`carry_many` for one; None where the unit stands nowhere on that day."""
    return carry_many([unit_id], day).get(unit_id)


def paths_of(unit_ids: Collection[int], day: date) -> dict[int, str]:
    """ "Khóm 13, Phường Nguyệt Hóa" for each unit as it stands on `day`; of upper levels the name alone."""
    places = place_on(unit_ids, day)
    names = names_on({node for place in places.values() for node in place.values()}, day)
    return {unit_id: _path(place, names) for unit_id, place in places.items() if place}


def path_names(unit_id: int, day: date) -> str:
    """`paths_of` for one; "" where the unit stands nowhere on that day."""
    return paths_of([unit_id], day).get(unit_id, "")


def _path(place: dict[str, int], names: dict[int, str]) -> str:
    parts = [names[place[level]] for level in NAMED_IN_FULL if level in place]
    return ", ".join(parts) or names[place[max(place, key=lambda level: DEPTH[level])]]
