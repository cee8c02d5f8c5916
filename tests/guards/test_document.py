"""docs/security.md names what there is: every test exists and every case that a test is marked with has its row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.guards.naming import functions_in
from tools.guards.reading import ROOT, guards

TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROMISES = re.findall(r"^\* .*(?:\n  .*)*", TEXT.partition("\n## The promises")[2].partition("\n## ")[0], re.MULTILINE)
GUARD, TEST = re.compile(r"\[([a-z]+(?:-[a-z]+)+)\]"), re.compile(r"(also )?`(tests/[\w/]+\.py::\w+)`")
ROWS = {row[1]: row[2] for row in re.finditer(r"^\| (S\d+) \| (.*) \|$", TEXT, re.MULTILINE)}


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"(tests/[\w/]+\.py)::(\w+)", TEXT)
    assert len(named) >= 40
    for path, name in named:
        assert name in functions_in(path), f"{path}::{name}"


def test_every_file_that_is_named_exists() -> None:
    for path in re.findall(r"`((?:lms|tests|tools|docs|deploy|migrations)/[\w./-]+\w)`", TEXT):
        assert (ROOT / path).exists(), path


def test_every_guard_that_is_named_is_tried() -> None:
    known = {guard.name for guard in guards([])}
    named = set(GUARD.findall(TEXT))
    assert len(named) >= 25
    assert named <= known


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise[2:42])
def test_behind_every_guard_of_a_promise_stands_the_test_that_fails_without_it(promise: str) -> None:
    """And nothing else, but what is introduced by "also"."""
    own = {guard.name: {test.partition("[")[0] for test in guard.tests} for guard in guards([])}
    held, named = GUARD.findall(promise), {test for also, test in TEST.findall(promise) if not also}
    assert held and named
    assert [guard for guard in held if not own[guard] & named] == []
    assert named - set().union(*(own[guard] for guard in held)) == set()


def test_no_promise_is_overlooked() -> None:
    assert len(PROMISES) >= 20
    assert sum(len(GUARD.findall(promise)) for promise in PROMISES) == len(GUARD.findall(TEXT))


def test_every_case_has_its_row_and_says_held_or_why_not() -> None:
    assert list(ROWS) == [f"S{number}" for number in range(1, 67)]
    for case, row in ROWS.items():
        assert re.match(r".* \| (held|in part|not yet|left out)\b", row), case


def test_what_is_called_held_is_marked_in_a_test_and_the_other_way_round() -> None:
    held = {case for case, row in ROWS.items() if re.search(r" \| (held|in part)\b", row)}
    assert held == _marked()


def _marked() -> set[str]:
    return {case for path in (ROOT / "tests").rglob("test_*.py") for case in _cases(path)}


def _cases(path: Path) -> list[str]:
    return re.findall(r'mark\.attack\("(S\d+)"\)', path.read_text(encoding="utf-8"))
