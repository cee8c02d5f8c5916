"""Where the posts of a scope stand on the tree of a day. `seen`: the units that a viewer may count, None for all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from lms.chunks import CHUNK
from lms.db import db
from lms.units.models import UnitPath, UnitScope

PLACE_LEVELS = ("scope", "ward", "hamlet")
Seen = Select[int] | None
Places = dict[int, tuple[int | None, int | None]]
"""unit → (ward, hamlet) on the tree of the question; a ward-level post has no hamlet."""


def places_of(seen: Seen, scope: str, tree_on: date) -> Places:
    """Of every unit in the scope that is seen."""
    ward, hamlet = (func.max(case((UnitPath.level == level, UnitPath.node_id))) for level in ("ward", "hamlet"))
    query = (
        select(UnitPath.unit_id, ward, hamlet)
        .where(UnitPath.level.in_(PLACE_LEVELS), *_inside(seen, scope, tree_on))
        .group_by(UnitPath.unit_id)
    )
    return {unit: (ward, hamlet) for unit, ward, hamlet in db.session.execute(query)}


def provinces_of(seen: Seen, scope: str, tree_on: date) -> dict[int, int]:
    """unit → province, of the units in the scope that are seen and stand in one."""
    query = (
        select(UnitPath.unit_id, func.max(UnitPath.node_id))
        .where(UnitPath.level == "province", *_inside(seen, scope, tree_on))
        .group_by(UnitPath.unit_id)
    )
    return {unit: province for unit, province in db.session.execute(query) if province is not None}


def counted_units(seen: Seen, scope: str, tree_on: date) -> set[int]:
    """The ids of the units in the scope that are seen."""
    return set(db.session.scalars(in_scope(seen, scope, tree_on)))


def _inside(seen: Seen, scope: str, tree_on: date) -> list[ColumnElement[bool]]:
    scope_id = select(UnitScope.id).where(UnitScope.code == scope).scalar_subquery()
    own = [] if seen is None else [UnitPath.unit_id.in_(seen)]
    return [UnitPath.scope_id == scope_id, *own, *_on(tree_on)]


def in_scope(seen: Seen, scope: str, tree_on: date) -> Select[int]:
    """SQL: the units (also ended ones) that are seen and whose posts stand inside the scope on the tree of that day."""
    return select(UnitPath.unit_id).where(UnitPath.level == "scope", *_inside(seen, scope, tree_on))


def standing(seen: Seen, scope: str, tree_on: date, units: Collection[int]) -> Select[int] | Collection[int]:
    """What a post's unit may be: `units`, or where they are many, all that are seen of the scope.

    A short list lets a database go straight to a ward's posts, however large the scope.
    """
    return units if len(units) <= CHUNK else in_scope(seen, scope, tree_on)


def _on(day: date) -> list[ColumnElement[bool]]:
    return [UnitPath.valid_from <= day, or_(UnitPath.valid_to.is_(None), UnitPath.valid_to > day)]
