"""The tree as it was on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, SQLColumnExpression, and_, func, or_, select

from lms.chunks import chunks
from lms.db import db
from lms.text.names import label_sort_key, search_key
from lms.units.lives import DEPTH, LEVEL_OF_KIND
from lms.units.models import Unit, UnitPath, UnitScope, UnitScopeRoot, UnitVersion

ALL = "all"
_FIELDS = (
    *(UnitVersion.unit_id, UnitVersion.name, UnitVersion.kind, UnitVersion.code, UnitVersion.parent_id),
    *(UnitVersion.valid_from, UnitVersion.valid_to, Unit.key, Unit.invented),
)


@dataclass(frozen=True)
class TreeNode:
    """A unit valid on the day asked for. `depth` counts from 0; `parent_id` may lie outside the scope."""

    unit_id: int
    key: str
    name: str
    kind: str
    level: str
    code: str | None
    parent_id: int | None
    invented: bool
    valid_from: date
    valid_to: date | None
    depth: int


def valid_on(dated: Any, day: date | SQLColumnExpression[date]) -> ColumnElement[bool]:
    """`dated` (UnitVersion, UnitPath or an alias of them) holds on `day`."""
    return and_(dated.valid_from <= day, or_(dated.valid_to.is_(None), dated.valid_to > day))


def scope_id(code: str) -> Any:
    """The id of a scope as a scalar subquery."""
    return select(UnitScope.id).where(UnitScope.code == code).scalar_subquery()


def scopes() -> list[UnitScope]:
    return list(db.session.scalars(select(UnitScope).order_by(UnitScope.position, UnitScope.id)))


def find_scope(text: str) -> UnitScope | None:
    """The scope of that code or name, however it is typed: "KH 119", "kh-119"."""
    wanted = _bare(text)
    return next((scope for scope in scopes() if wanted in (_bare(scope.code), _bare(scope.name))), None)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, search_key(text)))


def first_day() -> date | None:
    """The floor of the register: nothing can be asked of an earlier day. None while it is empty."""
    return db.session.scalar(select(func.min(UnitVersion.valid_from)))


def unit_on(unit_id: int, day: date) -> UnitVersion | None:
    """The version that holds on `day`; None before the unit began and after it ended."""
    return db.session.scalars(
        select(UnitVersion).where(UnitVersion.unit_id == unit_id, valid_on(UnitVersion, day))
    ).first()


def children_on(node_id: int, day: date) -> list[UnitVersion]:
    """What lies directly under the unit on `day`, in the order of names (Khóm 2 before Khóm 10)."""
    found = db.session.scalars(select(UnitVersion).where(UnitVersion.parent_id == node_id, valid_on(UnitVersion, day)))
    return sorted(found, key=lambda version: label_sort_key(version.name))


def names_on(unit_ids: Collection[int], day: date) -> dict[int, str]:
    """The names that the units have on `day`; units not valid then are left out."""
    names: dict[int, str] = {}
    for some in chunks(unit_ids):
        rows = select(UnitVersion.unit_id, UnitVersion.name)
        for unit_id, name in db.session.execute(rows.where(UnitVersion.unit_id.in_(some), valid_on(UnitVersion, day))):
            names[unit_id] = name
    return names


def tree_on(
    day: date,
    scope: str = ALL,
    *,
    under: Collection[int] | None = None,
    down_to: str = "hamlet",
    also: Collection[int] = (),
) -> list[TreeNode]:
    """The units of a scope (its code) that are valid on `day`: parents before children, in the order of names.

    `under`: those alone that stand at or under these units. `down_to`: the lowest level, and of lower ones `also`.
    """
    rows = (
        select(*_FIELDS)
        .join(Unit, Unit.id == UnitVersion.unit_id)
        .join(UnitPath, UnitPath.unit_id == UnitVersion.unit_id)
        .where(UnitPath.scope_id == scope_id(scope), UnitPath.level == "scope")
        .where(valid_on(UnitVersion, day), valid_on(UnitPath, day), *_under(day, under))
        .where(or_(_down_to(down_to), UnitVersion.unit_id.in_(also)))
    )
    found = {row.unit_id: row for row in db.session.execute(rows)}
    below: dict[int | None, list[int]] = {}
    for unit_id in sorted(found, key=lambda unit_id: label_sort_key(found[unit_id].name)):
        parent_id = found[unit_id].parent_id
        below.setdefault(parent_id if parent_id in found else None, []).append(unit_id)
    return [_node(found[unit_id], depth) for unit_id, depth in _walk(below)]


def count_on(day: date, under: Collection[int] | None, down_to: str = "hamlet") -> int:
    """How many units below the country are valid on `day`, at or under these; down to that level."""
    query = select(func.count()).select_from(UnitVersion).where(valid_on(UnitVersion, day), *_under(day, under))
    return db.session.scalar(query.where(_down_to(down_to), ~_down_to("scope"))) or 0


def stands_under(unit_id: int, day: date, under: Collection[int]) -> bool:
    """Whether the unit is valid on `day` and stands at or under one of these."""
    query = select(UnitVersion.id).where(UnitVersion.unit_id == unit_id, valid_on(UnitVersion, day))
    return db.session.scalar(query.where(*_under(day, under)).limit(1)) is not None


def _under(day: date, under: Collection[int] | None) -> list[ColumnElement[bool]]:
    if under is None:
        return []
    inside = select(UnitPath.unit_id).where(
        UnitPath.scope_id == scope_id(ALL), UnitPath.node_id.in_(under), valid_on(UnitPath, day)
    )
    return [UnitVersion.unit_id.in_(inside)]


def _down_to(level: str) -> ColumnElement[bool]:
    return UnitVersion.kind.in_([kind for kind, own in LEVEL_OF_KIND.items() if DEPTH[own] <= DEPTH[level]])


def top_units() -> list[int]:
    """The country: the roots of the scope of everything."""
    return list(db.session.scalars(select(UnitScopeRoot.unit_id).where(UnitScopeRoot.scope_id == scope_id(ALL))))


def search(text: str, limit: int = 30) -> list[UnitVersion]:
    """Units of any time whose name holds `text`, typed with or without marks: the latest name of each."""
    wanted = search_key(text)
    if not wanted:
        return []
    rows = select(UnitVersion).where(UnitVersion.name_key.contains(wanted, autoescape=True))
    latest: dict[int, UnitVersion] = {}
    for version in db.session.scalars(rows.order_by(UnitVersion.valid_from)):
        latest[version.unit_id] = version
    exact_first = sorted(
        latest.values(), key=lambda version: (version.name_key != wanted, label_sort_key(version.name))
    )
    return exact_first[:limit]


def _walk(below: dict[int | None, list[int]]) -> Iterator[tuple[int, int]]:
    waiting = [(unit_id, 0) for unit_id in reversed(below.get(None, []))]
    while waiting:
        unit_id, depth = waiting.pop()
        yield unit_id, depth
        waiting += [(child, depth + 1) for child in reversed(below.get(unit_id, []))]


def _node(row: Row[*tuple[Any, ...]], depth: int) -> TreeNode:
    return TreeNode(**row._mapping, level=LEVEL_OF_KIND[row.kind], depth=depth)
