"""The fast way and the slow reference, asked the same questions; what differs is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lms.access import SYSTEM
from lms.coverage.answers import answer_from
from lms.coverage.facts import Facts, Question, facts
from lms.coverage.figures import Cell
from lms.coverage.people import Wanted, people_of
from lms.coverage.rules import month_ends
from lms.coverage.slow import Counts, Slow
from lms.coverage.trend import BASES, trend
from lms.units.queries import scopes

DIVISIONS: tuple[tuple[str, ...], ...] = ((), ("unit", "role"), ("hamlet",), ("hamlet", "role"), ("sex",))
MONTHS = 6


def check_all(question: Question, *, alone: bool) -> tuple[int, list[str]]:
    """(questions asked, differences in words): this question, or with it the last months and every scope and tree."""
    slow, asked = Slow(), [question] if alone else list(_around(question))
    found = [difference for one in asked for difference in differences(slow, one)]
    return len(asked), found


def _around(question: Question) -> Iterator[Question]:
    for scope in scopes():
        for on in month_ends(question.on, MONTHS):
            for tree_on in {on, question.on}:
                yield replace(question, scope=scope.code, on=on, tree_on=tree_on)


def differences(slow: Slow, question: Question) -> Iterator[str]:
    """Every cell of every division, the list of people behind each, and the trend up to the day."""
    found = facts(SYSTEM, question)
    for by in DIVISIONS:
        yield from _cells(slow, question, found, by)
    yield from _trend(slow, question)


def _cells(slow: Slow, question: Question, found: Facts, by: tuple[str, ...]) -> Iterator[str]:
    quick = {row.at: row.cell for row in answer_from(found, question, by=by, basis="valid").rows}
    plain = slow.cells(question, by)
    for at in {**quick, **plain}:
        cell, counts = quick.get(at), plain.get(at, (0, 0, 0))
        if _counts(cell) != counts:
            yield f"{_named(question)} by {','.join(by)} at {at}: fast {_counts(cell)}, slow {counts}"
        yield from _lists(question, found, by, at, counts)


def _lists(
    question: Question, found: Facts, by: tuple[str, ...], at: tuple[object, ...], counts: Counts
) -> Iterator[str]:
    where = tuple(zip(by, at, strict=True))
    due = {("counted", "valid"): counts[0]}
    for basis, trained in zip(BASES, counts[1:], strict=True):
        due |= {("trained", basis): trained, ("missing", basis): counts[0] - trained}
    for (state, basis), many in due.items():
        listed = len(people_of(found, question, Wanted(where, state, basis)))
        if listed != many:
            yield f"{_named(question)} list of {where} {state} {basis}: {listed} names, slow {many}"


def _trend(slow: Slow, question: Question) -> Iterator[str]:
    for basis in BASES:
        for point in trend(SYSTEM, question, month_ends(question.on, MONTHS), basis):
            counted, valid, ever = slow.total(replace(question, on=point.on))
            if (point.counted, point.trained) != (counted, ever if basis == "ever" else valid):
                yield f"{_named(question)} trend {basis} on {point.on}: {point[1:]}, slow {(counted, valid, ever)}"


def _counts(cell: Cell | None) -> Counts:
    return (cell.counted, cell.valid, cell.ever) if cell else (0, 0, 0)


def _named(question: Question) -> str:
    return f"on {question.on} tree {question.tree_on} known {question.known_on} scope {question.scope}"
