"""The units of a viewer's grants, as choices of a form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lms.access import Viewer
from lms.people.scope import own_roots
from lms.units.queries import count_on, tree_on

MOST_CHOICES = 400
INDENT = "\N{NO-BREAK SPACE}" * 3


@dataclass(frozen=True)
class Place:
    """A unit of the area; `label` is indented below the unit that it lies in."""

    unit_id: int
    name: str
    level: str
    label: str


def area(who: Viewer, day: date, *capabilities: str, chosen: int | None = None) -> list[Place]:
    """The units of the grants on the tree of `day`, parents before children.

    If they are too many for a list to choose from, all but hamlets, and the chosen one.
    """
    roots = own_roots(who, *capabilities)
    many = count_on(day, roots) > MOST_CHOICES
    hamlets = [] if chosen is None else [chosen]
    nodes = [node for node in tree_on(day, under=roots, hamlets=hamlets if many else None) if node.level != "scope"]
    top = min((node.depth for node in nodes), default=0)
    return [Place(node.unit_id, node.name, node.level, INDENT * (node.depth - top) + node.name) for node in nodes]


def in_area(who: Viewer, unit_id: int, day: date, *capabilities: str) -> bool:
    """Whether the unit is one of the grants' on the tree of `day`."""
    return bool(count_on(day, own_roots(who, *capabilities), unit_id))


def for_lists(places: list[Place]) -> list[Place]:
    """What a staff list may be about: wards, and whatever larger or smaller unit the grant itself names."""
    wards = [place for place in places if place.level != "hamlet"]
    return wards or places
