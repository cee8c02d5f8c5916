"""The units of a viewer's grants, as choices of a form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lms.access import Viewer
from lms.people.scope import own_roots
from lms.units.queries import TreeNode, tree_on

MOST_CHOICES = 400
INDENT = "\N{NO-BREAK SPACE}" * 3


@dataclass(frozen=True)
class Place:
    """A unit of the area; `label` is indented below the unit that it lies in."""

    unit_id: int
    name: str
    level: str
    label: str


def area(who: Viewer, day: date, *capabilities: str) -> list[Place]:
    """Wards and hamlets (and what lies above, within the grant) on the tree of `day`, parents before children."""
    roots = own_roots(who, *capabilities)
    nodes = [node for node in tree_on(day) if node.level != "scope"]
    if roots is not None:
        nodes = list(_below(nodes, roots))
    top = min((node.depth for node in nodes), default=0)
    return [Place(node.unit_id, node.name, node.level, INDENT * (node.depth - top) + node.name) for node in nodes]


def _below(nodes: Iterable[TreeNode], roots: set[int]) -> Iterable[TreeNode]:
    inside = set(roots)
    for node in nodes:
        if node.unit_id in inside or node.parent_id in inside:
            inside.add(node.unit_id)
            yield node


def few(places: list[Place], chosen: int | None) -> list[Place]:
    """All places if they are not too many for a list to choose from, else all but hamlets (and the chosen one)."""
    if len(places) <= MOST_CHOICES:
        return places
    return [place for place in places if place.level != "hamlet" or place.unit_id == chosen]


def for_lists(places: list[Place]) -> list[Place]:
    """What a staff list may be about: wards, and whatever larger or smaller unit the grant itself names."""
    wards = [place for place in places if place.level != "hamlet"]
    return wards or places
