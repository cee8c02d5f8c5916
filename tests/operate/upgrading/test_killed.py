"""kill -9 at any step: the database is as it was or upgraded whole, and the second run finishes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from flask import Flask

from lms import create_app
from lms.operate.backup import places
from lms.operate.upgrading import alone, steps
from tests.operate.conftest import KEY
from tests.operate.test_restore import nothing_is_left_beside, state
from tests.operate.upgrading.conftest import GOOD, HEAD, LATER, Migration
from tests.operate.upgrading.test_upgrade import SILENT, schema_now

PATIENCE = 60.0
PLACES = (places.SqlitePlace, places.PostgresqlPlace)


def start(app: Flask, backups: Path, prepare: Callable[[], None]) -> int:
    """An upgrade in a process of its own, which never returns into the test."""
    alone.close_ours()
    child = os.fork()
    if child == 0:
        _upgrade(app, backups, prepare)
    return child


def _upgrade(app: Flask, backups: Path, prepare: Callable[[], None]) -> NoReturn:
    try:
        prepare()
        with create_app(app.extensions["settings"]).app_context():
            steps.upgrade(backups, KEY, SILENT)
    finally:
        os._exit(1)


def killed(child: int) -> bool:
    began = time.monotonic()
    while (found := os.waitpid(child, os.WNOHANG)) == (0, 0):
        assert time.monotonic() - began < PATIENCE, "it neither died nor ended"
        time.sleep(0.01)
    return os.WIFSIGNALED(found[1])


def die(*_: Any, **__: Any) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def dies_at(name: str) -> Callable[[], None]:
    return lambda: setattr(steps, name, die)


def dies_before_the_step() -> None:
    for place in PLACES:
        place.take_over = die  # type: ignore[method-assign]


def dies_after_the_step() -> None:
    for place in PLACES:
        real = place.take_over

        def take_over(self: Any, real: Any = real, **given: Any) -> None:
            real(self, **given)
            die()

        place.take_over = take_over  # type: ignore[method-assign,assignment]


EARLY = {
    "before the backup is whole": lambda: setattr(steps, "create", _half_a_backup),
    "before it is built": dies_at("rebuild"),
    "after it was migrated": dies_at("_finish"),
}
AT_THE_STEP = {"before": (dies_before_the_step, HEAD), "after": (dies_after_the_step, LATER)}


def _half_a_backup(destination: Path, key: str) -> None:
    (destination.parent / f".{destination.name}.draft").write_bytes(b"half")
    die()


@pytest.mark.parametrize("cut", EARLY)
def test_killed_early_and_run_again(lived: Flask, backups: Path, later: Migration, cut: str) -> None:
    ends_well(lived, backups, later, EARLY[cut], HEAD)


@pytest.mark.both
@pytest.mark.parametrize("cut", AT_THE_STEP)
def test_killed_at_the_step_and_run_again(lived: Flask, backups: Path, later: Migration, cut: str) -> None:
    ends_well(lived, backups, later, *AT_THE_STEP[cut])


def ends_well(
    lived: Flask, backups: Path, later: Migration, prepare: Callable[[], None], schema_then: str | None
) -> None:
    before = state()
    later(GOOD)
    assert killed(start(lived, backups, prepare))
    assert (schema_now(), state() == before) == (schema_then, True)
    steps.upgrade(backups, KEY, SILENT)
    assert (schema_now(), state() == before) == (LATER, True)
    assert nothing_is_left_beside(lived)
    assert not list(backups.glob(".*"))


@pytest.mark.both
def test_a_migration_that_hangs_is_killed(lived: Flask, backups: Path, later: Migration, tmp_path: Path) -> None:
    before, here = state(), tmp_path / "it-hangs"
    later(f"{GOOD}; Path({str(here)!r}).touch(); time.sleep(600)")
    child = start(lived, backups, lambda: None)
    began = time.monotonic()
    while not here.exists():
        assert time.monotonic() - began < PATIENCE and os.waitpid(child, os.WNOHANG) == (0, 0)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    assert killed(child)
    assert (schema_now(), state() == before) == (HEAD, True)
    later(GOOD)
    steps.upgrade(backups, KEY, SILENT)
    assert (schema_now(), state() == before, nothing_is_left_beside(lived)) == (LATER, True, True)
