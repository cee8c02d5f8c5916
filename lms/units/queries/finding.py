"""What a text on a staff list means: units that may be meant, on the list's date. It never decides."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, or_, select

from lms.chunks import chunks
from lms.db import db
from lms.units.lives import LEVEL_OF_KIND, OPEN
from lms.units.models import UnitAlias, UnitPath, UnitVersion
from lms.units.places import Likeness, Part, fold_place, likeness, name_keys, read_place
from lms.units.queries.history import versions_of
from lms.units.queries.standing import path_names, paths_of, place_on
from lms.units.queries.tree import ALL, names_on, scope_id, top_units

How = Literal["name", "alias", "unmarked", "lineage", "kind", "near", "moved", "later"]
BY_LIKENESS: dict[Likeness, How] = {"same": "name", "unmarked": "unmarked", "near": "near", "kind": "kind"}
RANK: dict[How, int] = {
    "name": 0,
    "alias": 1,
    "unmarked": 2,
    "lineage": 3,
    "kind": 4,
    "near": 5,
    "moved": 6,
    "later": 7,
}
TIERS: tuple[tuple[How, ...], ...] = (("name", "alias"), ("unmarked",), ("lineage", "kind", "near"), ("moved", "later"))
SURE: tuple[How, ...] = ("name", "alias", "unmarked", "lineage")


@dataclass(frozen=True)
class Candidate:
    """`unit_id` is the unit on the list's date, `written_id` the one whose name was written; `path` names the first.

    `how`: "name" as it is called that day · "alias" a recorded way of writing it · "unmarked" its name typed without
    marks · "lineage" a unit that had ended by then, carried to the one that took over (or left as it is where only a
    larger unit is known) · "kind" khóm for ấp, phường for xã · "near" other marks, y for i · "moved" under a unit
    where it does not lie that day, but did or will · "later" a unit that had not begun.
    """

    unit_id: int
    written_id: int
    how: How
    path: str

    @property
    def sure(self) -> bool:
        """Enough to go by if it is the only candidate."""
        return self.how in SURE


@dataclass(frozen=True)
class _Find:
    unit_id: int
    how: How


@dataclass(frozen=True)
class _Above:
    """A unit under which another stands from `begin` to `end`, by one of its names."""

    name: str
    kind: str
    begin: date
    end: date


def find_units(text: str, parent_id: int | None, on: date) -> list[Candidate]:
    """The units that `text` may mean on a list of that date, best first; only the best kind of match is returned.

    `parent_id`: the unit the list (or the heading above) is about; only what ever stood under it is looked at. More
    than one candidate, or one that is not `sure`, is a question for a person. None at all: nobody knows.
    """
    return find_many([text], parent_id, on)[text]


def find_many(texts: Collection[str], parent_id: int | None, on: date) -> dict[str, list[Candidate]]:
    """`find_units` for each of many texts, in a few large questions: a province's list names thousands of places."""
    aliased, named = _by_alias(texts, parent_id, on), _by_name(texts, parent_id, on)
    finds = {text: [*aliased.get(text, ()), *named.get(text, ())] for text in texts}
    standing = _on_that_day({find.unit_id for some in finds.values() for find in some}, on)
    best = {text: _best(some, standing) for text, some in finds.items()}
    names = _shown({unit_id for some in best.values() for unit_id in some}, on)
    return {
        text: [Candidate(unit_id, find.unit_id, find.how, names[unit_id]) for unit_id, find in some.items()]
        for text, some in best.items()
    }


def _best(finds: Sequence[_Find], standing: Mapping[int, int]) -> dict[int, _Find]:
    """Those of the best kind, each unit once, by where it stands on the list's date."""
    best: dict[int, _Find] = {}
    for find in sorted(finds, key=lambda find: RANK[find.how]):
        best.setdefault(standing.get(find.unit_id, find.unit_id), find)
    tier = next((tier for tier in TIERS if any(find.how in tier for find in best.values())), ())
    return {unit_id: find for unit_id, find in best.items() if find.how in tier}


def _by_alias(texts: Collection[str], parent_id: int | None, on: date) -> dict[str, list[_Find]]:
    keys = {text: fold_place(text) for text in texts}
    found: dict[str, list[_Find]] = {}
    for some in chunks(sorted(set(keys.values()))):
        rows = select(UnitAlias.key, UnitAlias.unit_id).where(
            UnitAlias.key.in_(some),
            or_(UnitAlias.parent_unit_id.is_(None), UnitAlias.parent_unit_id == parent_id),
            or_(UnitAlias.valid_from.is_(None), UnitAlias.valid_from <= on),
            or_(UnitAlias.valid_to.is_(None), UnitAlias.valid_to > on),
            *_ever_under(UnitAlias.unit_id, parent_id),
        )
        for key, unit_id in db.session.execute(rows.distinct()):
            found.setdefault(key, []).append(_Find(unit_id, "alias"))
    return {text: found[key] for text, key in keys.items() if key in found}


def _by_name(texts: Collection[str], parent_id: int | None, on: date) -> dict[str, list[_Find]]:
    wanted = {text: parts for text in texts if (parts := _named(text))}
    keys = {text: name_keys(parts[0]) for text, parts in wanted.items()}
    versions = _called({key for some in keys.values() for key in some}, parent_id)
    alike = {text: list(_alike(parts[0], keys[text], versions)) for text, parts in wanted.items()}
    above = _above({version.unit_id for text, some in alike.items() if wanted[text][1:] for version, _ in some})
    return {text: list(_finds(alike[text], parts[1:], above, on)) for text, parts in wanted.items()}


def _named(text: str) -> tuple[Part, ...]:
    """Its parts, unless they are nothing but several numbers."""
    parts = read_place(text)
    only_numbers = not any(part.kinds or part.words for part in parts)
    return () if only_numbers and len(parts) > 1 else parts


def _called(keys: Collection[str], parent_id: int | None) -> dict[str, list[UnitVersion]]:
    """Name key → what was ever called so under the parent."""
    found: dict[str, list[UnitVersion]] = {}
    for some in chunks(sorted(keys)):
        rows = select(UnitVersion).where(UnitVersion.name_key.in_(some), *_ever_under(UnitVersion.unit_id, parent_id))
        for version in db.session.scalars(rows.order_by(UnitVersion.id)):
            found.setdefault(version.name_key, []).append(version)
    return found


def _alike(
    target: Part, keys: Collection[str], versions: Mapping[str, list[UnitVersion]]
) -> Iterator[tuple[UnitVersion, Likeness]]:
    for key in sorted(keys):
        for version in versions.get(key, ()):
            like = likeness(target, version.name, version.kind)
            if like:
                yield version, like


def _finds(
    alike: Sequence[tuple[UnitVersion, Likeness]],
    around: Sequence[Part],
    above: Mapping[int, Sequence[_Above]],
    on: date,
) -> Iterator[_Find]:
    for version, like in alike:
        how, day = _timing(version, like, on)
        there = _lies_in(around, above.get(version.unit_id, []), day)
        if there is not None:
            yield _Find(version.unit_id, how if there else "moved")


def _ever_under(unit_id: Any, parent_id: int | None) -> list[ColumnElement[bool]]:
    """Conditions: the unit stood under the parent (or was it) on some day; none if the parent is the whole country."""
    if parent_id is None or parent_id in top_units():
        return []
    under = select(UnitPath.unit_id).where(UnitPath.scope_id == scope_id(ALL), UnitPath.node_id == parent_id)
    return [unit_id.in_(under)]


def _timing(version: UnitVersion, like: Likeness, on: date) -> tuple[How, date]:
    """How the name is right on the list's date, and the day on which its surroundings are to be compared."""
    how: How = BY_LIKENESS[like]
    if version.valid_to is not None and version.valid_to <= on:
        return ("lineage" if how in SURE else how), version.valid_to - timedelta(days=1)
    if version.valid_from > on:
        return ("later" if how in SURE else how), version.valid_from
    return how, on


def _lies_in(around: Sequence[Part], above: Sequence[_Above], day: date) -> bool | None:
    """True if all that is written around the name is above it on `day`, False if only on another day, else None."""
    there = True
    for part in around:
        said = [unit for unit in above if likeness(part, unit.name, unit.kind)]
        if not said:
            return None
        there = there and any(unit.begin <= day < unit.end for unit in said)
    return there


def _above(unit_ids: Collection[int]) -> dict[int, list[_Above]]:
    """For each unit, the units above it on any day, under each of their names."""
    found: dict[int, list[_Above]] = {}
    for some in chunks(unit_ids):
        rows = (
            select(UnitPath, UnitVersion)
            .join(UnitVersion, UnitVersion.unit_id == UnitPath.node_id)
            .where(UnitPath.scope_id == scope_id(ALL), UnitPath.unit_id.in_(some), UnitPath.node_id != UnitPath.unit_id)
        )
        for path, version in db.session.execute(rows):
            begin = max(path.valid_from, version.valid_from)
            end = min(path.valid_to or OPEN, version.valid_to or OPEN)
            if begin < end:
                found.setdefault(path.unit_id, []).append(_Above(version.name, version.kind, begin, end))
    return found


def _on_that_day(unit_ids: Collection[int], on: date) -> dict[int, int]:
    """For each unit, the one of its own level that stands for it on `on`, where there is one."""
    kinds: dict[int, str] = {}
    for some in chunks(unit_ids):
        rows = select(UnitVersion.unit_id, UnitVersion.kind).where(UnitVersion.unit_id.in_(some))
        kinds |= dict(db.session.execute(rows).all())
    places = place_on(unit_ids, on)
    levels = {unit_id: LEVEL_OF_KIND[kind] for unit_id, kind in kinds.items()}
    return {
        unit_id: places[unit_id][level]
        for unit_id, level in levels.items()
        if unit_id in places and level in places[unit_id]
    }


def _shown(unit_ids: Collection[int], on: date) -> dict[int, str]:
    """Names to choose by: as on `on`, or as on the unit's last (first) day if it had ended (not begun) by then."""
    valid = names_on(unit_ids, on)
    names = paths_of(list(valid), on)
    for unit_id in set(unit_ids) - set(valid):
        versions = versions_of(unit_id)
        last = versions[-1].valid_to
        ended = last is not None and last <= on
        day = last - timedelta(days=1) if last is not None and ended else versions[0].valid_from
        names[unit_id] = path_names(unit_id, day)
    return {unit_id: names.get(unit_id, valid.get(unit_id, "")) for unit_id in unit_ids}
