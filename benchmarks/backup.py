"""A whole country (L5) backed up and restored beside (F15): how long an office waits, and that all is there.

Its certificates have no files yet: what is timed is the database. Files that are there are copied as they are.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from flask import current_app

from benchmarks.countries import UNTIL, country
from benchmarks.figures import Figure, at_least, at_most
from lms.access import SYSTEM
from lms.coverage.answers import answer, as_json, question
from lms.db import utc_now
from lms.operate.backup import making, restoring
from lms.operate.backup.archive import Manifest
from lms.operate.backup.places import beside, opened
from lms.operate.backup.restoring import Check

KEY = "benchmarks-backup-0123456789-abcdefghijklmnop"
WHOLE = "mo-phong-1"
RTO = 900
"""Seconds until an office has its data back, from a backup that has to be made first (safety.md F15)."""
Result = TypeVar("Result")


@dataclass(frozen=True)
class Size:
    posts: int
    provinces: int
    attempts: int
    certificates: int


SMALL, FULL = Size(5_000, 4, 10_000, 500), Size(1_000_000, 34, 2_000_000, 50_000)


def run(*, full: bool) -> Iterator[Figure]:
    size = FULL if full else SMALL
    wanted = {"attempts": size.attempts, "certificates": size.certificates}
    with (
        country("sqlite", size.posts, size.provinces, **wanted),
        tempfile.TemporaryDirectory(dir=current_app.extensions["settings"].instance_dir) as folder,
    ):
        path = Path(folder) / "country.backup"
        created, manifest = _timed(lambda: making.create(path, KEY))
        yield from _size(path, manifest, size)
        restored, checks = _restored(path)
        note = f"created in {created:.1f} s, restored and compared in {restored:.1f} s"
        yield at_most("backup created and restored", round(created + restored, 1), "s", RTO, note)
        yield at_most("counts, audit head, coverage that differ", differing(checks), "checks", 0, f"of {len(checks)}")


def _size(path: Path, manifest: Manifest, size: Size) -> Iterator[Figure]:
    yield at_least("attempts in the backup", manifest.tables["attempt"]["rows"], "rows", size.attempts)
    yield at_least("certificates in the backup", manifest.tables["certificate"]["rows"], "rows", size.certificates)
    yield Figure("size of the backup", round(path.stat().st_size / 1e6, 1), "MB", note=f"{manifest.rows:,} rows")


def _restored(path: Path) -> tuple[float, list[Check]]:
    """(seconds, what was compared): all that `lms backup drill` does, then the country's own figure on both sides.

    The figure in the backup is that of the plan's scope, in which nobody of an invented country is.
    """
    now = utc_now()
    live = _trained(now)
    with beside() as place:
        examined = restoring.examined
        seconds, checks = _timed(lambda: restoring.rebuild(place, path, KEY, examined(path, KEY)))
        with opened(place):
            return seconds, [*checks, Check("coverage of the country", live, _trained(now))]


def _trained(known_on: datetime) -> dict[str, Any]:
    """Every ward and role. RuntimeError where nobody is trained: two figures of nothing are always equal."""
    found = as_json(answer(SYSTEM, question(on=UNTIL, known_on=known_on, scope=WHOLE)))
    if not found["total"]["trained"]:
        raise RuntimeError("nobody in this country is trained")
    return found


def differing(checks: Sequence[Check]) -> int:
    return sum(not check.holds for check in checks)


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds by the clock on the wall: an office waits for the disk too."""
    began = perf_counter()
    found = work()
    return perf_counter() - began, found
