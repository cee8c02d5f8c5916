"""`python -m tools.guards [WORD …] [--jobs 2]`: all guards, or only those whose name contains one of the words."""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.databases import Databases
from tools.guards import copies, trying
from tools.guards.reading import Guard, Wrong, guards


def main(arguments: list[str] | None = None) -> int:
    """0: every guard is noticed; 1: one is not; 2: nothing could be tried."""
    given = _parse(arguments)
    try:
        chosen = guards(given.words)
        with _workshop(given.jobs) as trees:
            _require_postgres(chosen)
            _require_passing(chosen, trees[0], given.jobs)
            noticed = sum(outcome.verdict == trying.NOTICED for outcome in _try_all(chosen, trees))
    except Wrong as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{noticed} of {len(chosen)} noticed")
    return int(noticed < len(chosen))


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.guards", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--jobs", type=int, default=2, choices=range(1, 65), metavar="N")
    return parser.parse_args(arguments)


@contextlib.contextmanager
def _workshop(jobs: int) -> Iterator[list[Path]]:
    """A copy of the tree for each job, and the migrated databases that all runs share."""
    databases = Databases()
    try:
        databases.start()
        with tempfile.TemporaryDirectory(prefix="lms-guards-") as folder:
            yield [copies.make(Path(folder) / f"tree{number}") for number in range(jobs)]
    finally:
        databases.stop()


def _require_postgres(chosen: list[Guard]) -> None:
    lacking = [guard.name for guard in chosen if guard.needs_postgres and "LMS_TEST_PG" not in os.environ]
    if lacking:
        raise Wrong(f"PostgreSQL is not installed (apt-get install postgresql); it is needed for {', '.join(lacking)}")


def _require_passing(chosen: list[Guard], tree: Path, jobs: int) -> None:
    """A test that fails anyway would notice everything. Raises Wrong with what it says."""
    tests = sorted({test for guard in chosen for test in guard.tests})
    print(f"{len(chosen)} guards; first their {len(tests)} tests with nothing changed", flush=True)
    status, output = trying.run_tests(tests, tree, f"-n{jobs if jobs > 1 else 0}", longest=None)
    if status != 0:
        raise Wrong(f"{output}\nThe tests must pass before a guard is taken away.")


def _try_all(chosen: list[Guard], trees: list[Path]) -> Iterator[trying.Outcome]:
    """Printed as they come; one copy serves one guard at a time."""
    free: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for tree in trees:
        free.put(tree)

    def attempt(guard: Guard) -> trying.Outcome:
        tree = free.get()
        try:
            return trying.attempt(guard, tree)
        finally:
            free.put(tree)

    with ThreadPoolExecutor(len(trees)) as pool:
        for outcome in pool.map(attempt, chosen):
            print(outcome, flush=True)
            yield outcome


if __name__ == "__main__":
    sys.exit(main())
