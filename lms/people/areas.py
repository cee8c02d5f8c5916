"""The units of a viewer's grants, as choices of a form."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from lms.access import Viewer
from lms.people.scope import own_roots
from lms.units.queries import children_on, count_on, place_on, stands_under, tree_on, unit_on

MOST_CHOICES = 400
LEVELS = ("hamlet", "ward", "province")
INDENT = "\N{NO-BREAK SPACE}" * 3


@dataclass(frozen=True)
class Place:
    """A unit of the area; `label` is indented below the unit that it lies in."""

    unit_id: int
    name: str
    level: str
    label: str


def area(who: Viewer, day: date, *capabilities: str) -> list[Place]:
    """The units of the grants on the tree of `day`, parents before children; without hamlets where they are many."""
    return _places(own_roots(who, *capabilities), day, LEVELS[:2])


def area_around(who: Viewer, day: date, chosen: int | None, *capabilities: str) -> list[Place]:
    """`area` down to as many as a list can hold, with what lies around the chosen one: the units it lies in, and those
    directly under it."""
    return _places(own_roots(who, *capabilities), day, LEVELS, _around(chosen, day) if chosen else ())


def _places(roots: set[int] | None, day: date, levels: Sequence[str], also: Collection[int] = ()) -> list[Place]:
    down_to = next((level for level in levels if count_on(day, roots, level) <= MOST_CHOICES), levels[-1])
    nodes = [node for node in tree_on(day, under=roots, down_to=down_to, also=also) if node.level != "scope"]
    top = min((node.depth for node in nodes), default=0)
    return [Place(node.unit_id, node.name, node.level, INDENT * (node.depth - top) + node.name) for node in nodes]


def _around(unit_id: int, day: date) -> set[int]:
    above = place_on([unit_id], day).get(unit_id, {})
    return {unit_id, *above.values(), *(child.unit_id for child in children_on(unit_id, day))}


def is_one_ward(who: Viewer, day: date, *capabilities: str) -> bool:
    """Whether all of the area lies in one ward, whose name need not be said again and again."""
    return count_on(day, own_roots(who, *capabilities), "ward") == 1


def in_area(who: Viewer, unit_id: int, day: date, *capabilities: str) -> bool:
    """Whether the unit is one of the grants' on the tree of `day`."""
    roots = own_roots(who, *capabilities)
    return unit_on(unit_id, day) is not None if roots is None else stands_under(unit_id, day, roots)


def for_lists(places: list[Place]) -> list[Place]:
    """What a staff list may be about: wards, and whatever larger or smaller unit the grant itself names."""
    wards = [place for place in places if place.level != "hamlet"]
    return wards or places
