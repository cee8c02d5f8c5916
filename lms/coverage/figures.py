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
    target = question.requirement.target
    return {key: cell_of(people.values(), target) for key, people in divided(found, question, keys).items()}


def divided(found: Facts, question: Question, keys: Iterable[Key]) -> dict[Key, dict[int, int]]:
    """cell → person → state"""
    people: dict[Key, dict[int, int]] = defaultdict(dict)
    for key, person, state in zip(keys, found.person_id, states(found, question), strict=True):
        people[key][person] = state  # the state of a person is the same in all their facts
    return people


def cells_by(found: Facts, question: Question, field: str) -> dict[Any, Cell]:
    return cells(found, question, getattr(found, field))


def total(found: Facts, question: Question) -> Cell:
    """The headline: distinct people over the whole scope."""
    people = dict(zip(found.person_id, states(found, question), strict=True))
    return cell_of(people.values(), question.requirement.target)


def states(found: Facts, question: Question) -> Iterator[int]:
    """VALID, EVER or both or none, fact by fact. Days are few, posts are many: each day is judged once."""
    valid_from, ever_from = trained_since(question, "valid"), trained_since(question, "ever")
    judged: dict[date | None, int] = {None: 0}
    for day in filter(None, set(found.trained_on)):
        judged[day] = (VALID if day >= valid_from else 0) | (EVER if day >= ever_from else 0)
    return map(judged.__getitem__, found.trained_on)


def cell_of(people: Iterable[int], target: int) -> Cell:
    """Of the states of the people in it, each once."""
    all_states = list(people)
    both = all_states.count(VALID | EVER)
    return Cell(len(all_states), all_states.count(VALID) + both, all_states.count(EVER) + both, target)
