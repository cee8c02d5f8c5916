"""What is due on a day: the rows of each rule and table by their keys, and the files. Only read, nothing done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.audit.rules import canonical, sha256
from lms.operate.retention import answers, people, rosters, trail
from lms.operate.retention.steps import Step, keys_of

Steps = Callable[[date], Iterator[Step]]

WORK: tuple[tuple[str, Steps], ...] = (
    ("answers", answers.steps),
    ("rosters", rosters.steps),
    ("audit", trail.steps),
    ("contact", people.contact_steps),
    ("person", trail.person_steps),
    ("person", people.person_steps),
)
"""In the order in which it is done."""


@dataclass(frozen=True)
class Plan:
    """`rows`: rule → table → keys as text ("12", "12/3"); empty where nothing is due. `files`: keys of the storage."""

    on: date
    rows: dict[str, dict[str, list[str]]]
    files: tuple[str, ...]

    @property
    def empty(self) -> bool:
        return not self.rows and not self.files

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        return {rule: {name: len(keys) for name, keys in tables.items()} for rule, tables in self.rows.items()}

    @property
    def sha256(self) -> str:
        """Names exactly these rows: who has read a plan can have just that plan run."""
        return sha256(canonical([self.rows, self.files]))

    def as_json(self) -> dict[str, Any]:
        told = {"on": self.on.isoformat(), "plan": self.sha256, "counts": self.counts}
        return {**told, "rows": self.rows, "files": list(self.files)}


def plan(on: date) -> Plan:
    return planned(on, list(all_steps(on)))


def planned(on: date, steps: list[tuple[str, Step]]) -> Plan:
    rows: dict[str, dict[str, list[str]]] = {}
    for code, step in steps:
        keys = keys_of(step)
        if keys:
            rows.setdefault(code, {})[step.table] = keys
    return Plan(on, rows, tuple(sorted({*rosters.files(on), *people.files(on)})))


def all_steps(on: date) -> Iterator[tuple[str, Step]]:
    for code, steps in WORK:
        yield from ((code, step) for step in steps(on))
