"""From facts to cells. People are counted once in each cell, so cells of units and roles do not add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from lms.coverage.facts import Facts, Question, trained_since
from lms.coverage.rules import missing, nearness, reached

Key = TypeVar("Key", bound=Hashable)
VALID, EVER = 1, 2


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


def cells(found: Facts, question: Question, keys: Iterable[Key]) -> dict[Key, Cell]:
    """The cells of a division of the facts; `keys` says, fact by fact, in which cell it stands."""
    people: dict[Key, dict[int, int]] = defaultdict(dict)
    for key, person, state in zip(keys, found.person_id, _states(found, question), strict=True):
        people[key][person] = state  # the state of a person is the same in all their facts
    target = question.requirement.target
    return {key: _cell(states.values(), target) for key, states in people.items()}


def cells_by(found: Facts, question: Question, field: str) -> dict[Any, Cell]:
    return cells(found, question, getattr(found, field))


def total(found: Facts, question: Question) -> Cell:
    """The headline: distinct people over the whole scope."""
    people = dict(zip(found.person_id, _states(found, question), strict=True))
    return _cell(people.values(), question.requirement.target)


def _states(found: Facts, question: Question) -> Iterator[int]:
    """VALID, EVER or both or none, fact by fact. Days are few, posts are many: each day is judged once."""
    valid_from, ever_from = trained_since(question, "valid"), trained_since(question, "ever")
    states: dict[date | None, int] = {None: 0}
    for day in filter(None, set(found.trained_on)):
        states[day] = (VALID if day >= valid_from else 0) | (EVER if day >= ever_from else 0)
    return map(states.__getitem__, found.trained_on)


def _cell(people: Iterable[int], target: int) -> Cell:
    """Of the states of the people in it, each once."""
    states = list(people)
    both = states.count(VALID | EVER)
    return Cell(len(states), states.count(VALID) + both, states.count(EVER) + both, target)
