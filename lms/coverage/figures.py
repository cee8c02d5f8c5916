"""From facts to cells. People are counted once in each cell, so cells of units and roles do not add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from lms.coverage.facts import Fact, Question, trained_since
from lms.coverage.rules import missing, nearness, reached

Key = Callable[[Fact], Hashable]


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


@dataclass
class People:
    """The people behind a cell, as sets."""

    counted: set[int] = field(default_factory=set)
    valid: set[int] = field(default_factory=set)
    ever: set[int] = field(default_factory=set)

    def cell(self, target: int) -> Cell:
        return Cell(len(self.counted), len(self.valid), len(self.ever), target)


def people_by(facts: Iterable[Fact], question: Question, key: Key) -> dict[Hashable, People]:
    """The people of every cell of a division of the facts; facts whose key is None stand in no cell."""
    cells: dict[Hashable, People] = defaultdict(People)
    valid_from, ever_from = trained_since(question, "valid"), trained_since(question, "ever")
    for fact in facts:
        if (at := key(fact)) is None:
            continue
        cell, person, trained_on = cells[at], fact.person_id, fact.trained_on
        cell.counted.add(person)
        if trained_on is None:
            continue
        if trained_on >= valid_from:
            cell.valid.add(person)
        if trained_on >= ever_from:
            cell.ever.add(person)
    return dict(cells)


def cells_by(facts: Iterable[Fact], question: Question, key: Key) -> dict[Hashable, Cell]:
    target = question.requirement.target
    return {at: people.cell(target) for at, people in people_by(facts, question, key).items()}


def total(facts: Iterable[Fact], question: Question) -> Cell:
    """The headline: distinct people over the whole scope."""
    return cells_by(facts, question, lambda _: "total").get("total", Cell(0, 0, 0, question.requirement.target))
