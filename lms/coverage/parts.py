"""A scope in parts that are counted one after the other: its provinces, or all of it at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from lms.access import Viewer
from lms.chunks import chunks
from lms.coverage.facts import READERS, Question
from lms.coverage.places import Places, places_of, provinces_of
from lms.people.scope import units_of


@dataclass(frozen=True)
class Part:
    """Units with their places. `province`: None for what stands above the provinces, and for a scope as a whole."""

    province: int | None
    places: Places
    at_once: bool = False

    def portions(self) -> Iterator[Places]:
        """Few enough units at a time for a database to go straight to their posts, or all of a scope at once."""
        if self.at_once:
            yield self.places
            return
        yield from map(dict, chunks(self.places.items()))


def whole(viewer: Viewer, question: Question) -> Part:
    """Everything that the viewer may count."""
    return Part(None, places_of(units_of(viewer, *READERS), question.scope, question.tree_on), at_once=True)


def by_province(viewer: Viewer, question: Question) -> list[Part]:
    """The same, province by province."""
    seen = units_of(viewer, *READERS)
    provinces = provinces_of(seen, question.scope, question.tree_on)
    apart: dict[int | None, Places] = defaultdict(dict)
    for unit, place in places_of(seen, question.scope, question.tree_on).items():
        apart[provinces.get(unit)][unit] = place
    return [Part(province, places) for province, places in apart.items()]


def shared_nodes(parts: list[Part]) -> set[int]:
    """Wards and hamlets with posts in more than one part: none, unless a place was divided between provinces."""
    found: dict[int, int] = {}
    shared: set[int] = set()
    for number, part in enumerate(parts):
        for node in {node for place in part.places.values() for node in place if node is not None}:
            if found.setdefault(node, number) != number:
                shared.add(node)
    return shared
