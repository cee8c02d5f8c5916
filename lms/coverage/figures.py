"""From facts to cells. People are counted once in each cell, so cells of units and roles do not add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any, TypeVar

from lms.coverage.facts import Fact, Question, trained_since
from lms.coverage.rules import missing, nearness, reached

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Cell:
    """Distinct people: counted (D), trained and still valid (N), ever trained since the plan began."""

    counted: int
    valid: int
    ever: int
    target: int

    def trained(self, basis: str) -> int:
        return self.ever if basis == "ever" else self.valid

    def missing(self, basis: str = "valid") -> int:
        return missing(self.trained(basis), self.counted, self.target)

    def reached(self, basis: str = "valid") -> bool:
        return reached(self.trained(basis), self.counted, self.target)

    def nearness(self, basis: str = "valid") -> int:
        return nearness(self.trained(basis), self.counted, self.target)


def cells(found: Sequence[Fact], question: Question, keys: Iterable[Key]) -> dict[Key, Cell]:
    """The cells of a division of the facts; `keys` says, fact by fact, in which cell it stands."""
    people: dict[Key, dict[int, date | None]] = defaultdict(dict)
    for key, fact in zip(keys, found, strict=True):
        people[key][fact.person_id] = fact.trained_on  # the last training of a person is the same in all their facts
    count = _counter(question)
    return {key: count(trained_on) for key, trained_on in people.items()}


def cells_by(found: Sequence[Fact], question: Question, field: str) -> dict[Any, Cell]:
    return cells(found, question, map(attrgetter(field), found))


def total(found: Sequence[Fact], question: Question) -> Cell:
    """The headline: distinct people over the whole scope."""
    return _counter(question)({fact.person_id: fact.trained_on for fact in found})


def _counter(question: Question) -> Callable[[Mapping[int, date | None]], Cell]:
    """Person → last training, of the people of a cell, becomes the cell."""
    valid_from, ever_from = trained_since(question, "valid"), trained_since(question, "ever")
    target = question.requirement.target

    def count(trained_on: Mapping[int, date | None]) -> Cell:
        days = [day for day in trained_on.values() if day]
        valid, ever = ([day for day in days if day >= since] for since in (valid_from, ever_from))
        return Cell(len(trained_on), len(valid), len(ever), target)

    return count
