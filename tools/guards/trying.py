"""Run the tests of a guard in a copy and say whether one of them failed for it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.guards import copies
from tools.guards.reading import Guard, Wrong

NOTICED, MISSED, NO_CHANGE = "noticed", "NOT NOTICED", "does not apply"
TESTS_FAILED, NOT_IN_TIME = 1, -1
LONGEST_TEST, LONGEST_RUN = 120, 600


@dataclass(frozen=True)
class Outcome:
    guard: Guard
    verdict: str
    detail: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.verdict:<15} {self.guard.name:<44} {self.seconds:5.1f} s  {self.detail}"


def attempt(guard: Guard, tree: Path) -> Outcome:
    """Take the guard away, run its tests, put it back."""
    start = time.monotonic()
    try:
        with copies.without(guard, tree):
            status, output = run_tests(guard.tests, tree, new_databases=guard.needs_new_databases)
        verdict, detail = judge(status, output)
    except Wrong as error:
        verdict, detail = NO_CHANGE, str(error)
    return Outcome(guard, verdict, detail, time.monotonic() - start)


def judge(status: int, output: str) -> tuple[str, str]:
    """Only a test that ran and failed has noticed: an application that cannot start would make any test stop."""
    failed = re.search(r"^FAILED (.+?)(?: - .*)?$", output, re.MULTILINE)
    if status == TESTS_FAILED and failed:
        return NOTICED, failed[1]
    if status == 0:
        return MISSED, "its tests pass without it"
    why = f"no test failed within {LONGEST_RUN} s" if status == NOT_IN_TIME else f"pytest ended with {status}"
    return NO_CHANGE, f"{why}: {_last_line(output)}"


def run_tests(
    tests: Sequence[str], tree: Path, *options: str, new_databases: bool = False, longest: float | None = LONGEST_RUN
) -> tuple[int, str]:
    """Of these tests until the first fails: pytest's exit code (NOT_IN_TIME after `longest` seconds) and its output.

    PostgreSQL takes part only where a test is named with it (`…[postgresql]`).
    """
    command = [sys.executable, "-m", "pytest", "-x", "-rf", "--tb=line", f"--timeout={LONGEST_TEST}", *options]
    command += [f"--basetemp={tree.parent / f'{tree.name}-files'}", *tests]
    environment = _environment(tree, new_databases, any("postgresql" in test for test in tests))
    started = subprocess.Popen(
        command,
        cwd=tree,
        env=environment,
        text=True,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        output, _ = started.communicate(timeout=longest)
    except subprocess.TimeoutExpired:
        return NOT_IN_TIME, ""
    finally:
        _end_all(started)
    return started.returncode, output


def _environment(tree: Path, new_databases: bool, postgres: bool) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "LMS_TEST_LENT": "1"}
    if new_databases:
        del environment["LMS_TEST_LENT"]
    elif not postgres:
        environment.pop("LMS_TEST_PG", None)
    return environment


def _end_all(started: subprocess.Popen[str]) -> None:
    """Also the servers that a stopped test left behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(started.pid, signal.SIGKILL)
    started.wait()


def _last_line(output: str) -> str:
    return next((line for line in reversed(output.splitlines()) if line.strip()), "")
