"""Cells of a question from its facts, read at once or part after part.

People are distinct, so parts do not add up: who holds a post in two provinces is in the cells of both and once in the
total. What belongs to one part alone (its wards) is finished with that part; of everything else the people themselves
are kept, a byte for each. So a country is counted in the memory of its largest province, with the same outcome.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from lms.access import Viewer
from lms.coverage.answers import column
from lms.coverage.compact import Marks
from lms.coverage.facts import Facts, Question, facts_at, trained_since
from lms.coverage.figures import EVER, VALID, Cell, cell_of, divided, states
from lms.coverage.parts import Part
from lms.coverage.people import NEW_DAYS

By = tuple[str, ...]
At = tuple[Any, ...]
Cells = dict[At, Cell]
PLACES = ("province", "unit", "hamlet")
SOON_DAYS = 30
COUNTED, SETTLED, LATER = 4, 8, 16
"""Bits of a person beside VALID and EVER: holds a counted post; holds one for 90 days; is still trained in 30 days."""


class Sums:
    """The divisions and the people of a question; `shared`: places with posts in more than one part."""

    def __init__(self, question: Question, divisions: Iterable[By], shared: Collection[int] = ()) -> None:
        self.question = question
        self.people = Marks("B")
        self._divisions = {by: _Division(by, question, shared) for by in divisions}

    def add(self, found: Facts, province: int | None) -> None:
        """The facts of one part."""
        self.people.add(_people(found, self.question))
        for division in self._divisions.values():
            division.add(found, province)

    @property
    def cells(self) -> dict[By, Cells]:
        return {by: division.all_cells() for by, division in self._divisions.items()}

    @property
    def total(self) -> Cell:
        return _cell(self._counts, self.question.requirement.target)

    @cached_property
    def _counts(self) -> Counter[int]:
        """Once the last part is in."""
        return self.people.counts()

    def count(self, wanted: int, without: int) -> int:
        """How many people have all bits of `wanted` and none of `without`."""
        both = wanted | without
        return sum(many for bits, many in self._counts.items() if bits & both == wanted)


def read_part(viewer: Viewer, question: Question, part: Part, merged: dict[int, int]) -> Facts:
    """The facts of a part, as one."""
    portions = [facts_at(viewer, question, places, merged).columns for places in part.portions()]
    return Facts(*([value for values in columns for value in values] for columns in zip(*portions, strict=True)))


def _people(found: Facts, question: Question) -> Iterator[tuple[int, int]]:
    settled, later = question.on - timedelta(days=NEW_DAYS), _later(question)
    columns = zip(found.person_id, states(found, question), found.since, found.trained_on, strict=True)
    for person, state, since, day in columns:
        bits = COUNTED | state | (SETTLED if since <= settled else 0)
        yield person, bits | LATER if day and day >= later else bits


def _later(question: Question) -> date:
    """The first day whose training will still count in 30 days."""
    return trained_since(replace(question, on=question.on + timedelta(days=SOON_DAYS)), "valid")


class _Division:
    """The cells of one division, finished or still as people."""

    def __init__(self, by: By, question: Question, shared: Collection[int]) -> None:
        self.by, self.question, self.shared = by, question, shared
        self._cells: Cells = {}
        self._people: dict[At, Marks] = {}

    def add(self, found: Facts, province: int | None) -> None:
        for at, people in divided(found, self.question, self._keys(found, province)).items():
            if self._belongs_to_one_part(at):
                self._cells[at] = cell_of(people.values(), self.question.requirement.target)
            else:
                marks = self._people.setdefault(at, Marks("B"))
                marks.add((person, COUNTED | state) for person, state in people.items())

    def all_cells(self) -> Cells:
        target = self.question.requirement.target
        return self._cells | {at: _cell(marks.counts(), target) for at, marks in self._people.items()}

    def _keys(self, found: Facts, province: int | None) -> Iterable[At]:
        if not self.by:
            return [()] * len(found)
        return zip(*(self._column(found, one, province) for one in self.by), strict=True)

    @staticmethod
    def _column(found: Facts, dimension: str, province: int | None) -> Sequence[Any]:
        return [province] * len(found) if dimension == "province" else column(found, dimension)

    def _belongs_to_one_part(self, at: At) -> bool:
        places = (value for by, value in zip(self.by, at, strict=True) if by in PLACES)
        return any(place is not None and place not in self.shared for place in places)


def _cell(counts: Counter[int], target: int) -> Cell:
    valid, ever = (sum(many for bits, many in counts.items() if bits & bit) for bit in (VALID, EVER))
    return Cell(counts.total(), valid, ever, target)


def share(cell: Cell, basis: str) -> tuple[float, int]:
    """For sorting alone: the lowest share first, and of equal ones the larger place."""
    return (cell.trained(basis) / cell.counted, -cell.counted)
