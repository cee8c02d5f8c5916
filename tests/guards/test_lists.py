"""The lists fit the tree as it is: each text stands once, each test exists, and one guard is tried for real."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from tests.guards.naming import functions_in
from tools.guards import trying
from tools.guards.reading import ROOT, Guard, Wrong, guards

GUARDS = guards([])
QUICK = "no-debugger"


def test_there_are_forty_guards_and_each_promises_something_else() -> None:
    assert len(GUARDS) >= 40
    assert len({guard.promise for guard in GUARDS}) == len(GUARDS)
    assert len({(guard.file, guard.old) for guard in GUARDS}) == len(GUARDS)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_stands_in_its_file_and_its_tests_exist(guard: Guard) -> None:
    changed = guard.changed((ROOT / guard.file).read_text(encoding="utf-8"))
    assert guard.promise.endswith(".")
    if guard.file.endswith(".py"):
        ast.parse(changed)
    for test in guard.tests:
        path, _, name = test.partition("::")
        assert name.split("[")[0] in functions_in(path), test


def test_one_guard_is_noticed_for_real() -> None:
    """The others take `make guards`."""
    lent = os.environ | {"LMS_TEST_LENT": "1"}
    command = [sys.executable, "-m", "tools.guards", QUICK, "--jobs", "1"]
    done = subprocess.run(command, cwd=ROOT, env=lent, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nnoticed " in done.stdout
    assert done.stdout.endswith("1 of 1 noticed\n")


@pytest.mark.parametrize(
    ("status", "output", "verdict"),
    [
        (1, "F\nFAILED tests/a.py::test_b[x y] - assert 1\n1 failed in 2 s", trying.NOTICED),
        (0, "1 passed in 2 s", trying.MISSED),
        (1, "E\nERROR tests/a.py::test_b - TypeError\n1 error in 2 s", trying.NO_CHANGE),
        (4, "ERROR: not found: tests/a.py::test_b", trying.NO_CHANGE),
        (trying.NOT_IN_TIME, "", trying.NO_CHANGE),
    ],
)
def test_only_a_test_that_ran_and_failed_has_noticed(status: int, output: str, verdict: str) -> None:
    assert trying.judge(status, output)[0] == verdict


def test_a_text_that_stands_nowhere_or_twice_is_told() -> None:
    guard = Guard("some", "S1", "It holds.", "lms/some.py", "if wait:", "if False:", ("tests/a.py::test_b",))
    assert guard.changed("    if wait:\n        stop()\n") == "    if False:\n        stop()\n"
    for text in ("nothing of it", "if wait:\nif wait:\n"):
        with pytest.raises(Wrong, match=r"stands [02] times in lms/some\.py"):
            guard.changed(text)


def test_a_word_that_finds_no_guard_is_told() -> None:
    with pytest.raises(Wrong, match="no guard is called a-guard-that-is-not"):
        guards([QUICK, "a-guard-that-is-not"])
