"""A long staff list: read, matched, staged against python-calamine's time to read it; then confirmed (L8)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter
from typing import Any, TypeVar

from python_calamine import CalamineWorkbook

from benchmarks.countries import UNTIL
from benchmarks.figures import Figure, at_most
from benchmarks.measuring import Memory, memory_growth
from benchmarks.rosters import roster
from benchmarks.sites import add_country, site
from lms.access import SYSTEM
from lms.access.current import act_as
from lms.db import db
from lms.people.roster.batch import import_list
from lms.people.roster.confirming import confirm
from lms.people.roster.deciding import look_ahead
from lms.people.roster.opening import open_list
from lms.people.roster.staging import draft, keep, keep_file
from tests.faults.site import Site

SMALL, FULL = (300, 200), (100_000, 20_000)
"""Rows to be staged, and rows to be confirmed: not more than these."""
Result = TypeVar("Result")


def run(*, full: bool) -> Iterator[Figure]:
    """Times are of the processor, children included: the work is done by one process after the other."""
    staged, confirmed = FULL if full else SMALL
    with site("sqlite") as one, _acting(one, staged):
        few = _grown(staged // 10)  # before the rest: memory that was given back once is taken again unseen
        many = _grown(staged)
        yield Figure(f"memory, {staged:,} rows", round(many.growth, 1), "MiB", note=f"a tenth: {few.growth:.1f} MiB")
        yield at_most("memory, all rows / a tenth", round(many.growth / max(few.growth, 1), 2), "×", 1.5)
        yield from _staged(staged)
        yield _locked(confirmed - 1)
        yield from _confirmed(confirmed)


def _staged(rows: int) -> Iterator[Figure]:
    data, unit_id = _list(rows)
    calamine, _ = min(_timed(lambda: _by_calamine(data)) for _ in range(3))
    yield Figure(f"python-calamine, {rows:,} rows", round(calamine, 3), "s", note=f"{len(data) / 1e6:.1f} MB")
    read, opened = _timed(lambda: open_list(data, "list.xlsx", UNTIL))
    matched, drafted = _timed(lambda: draft(opened, UNTIL, unit_id))
    stored, _ = _timed(lambda: _undone(lambda: keep(drafted, keep_file(opened))))
    note = f"read {read:.1f} s, matched {matched:.1f} s, staged {stored:.1f} s"
    yield at_most("read, matched, staged / calamine", round((read + matched + stored) / calamine, 1), "×", 10, note)


def _confirmed(rows: int) -> Iterator[Figure]:
    """By the command's own way: a dry run, then the same in earnest."""
    data, unit_id = _list(rows)
    began = perf_counter()
    dry = import_list(data, "list.xlsx", UNTIL, unit_id, dry_run=True)
    dry_seconds, began = perf_counter() - began, perf_counter()
    real = import_list(data, "list.xlsx", UNTIL, unit_id)
    yield at_most(f"import of {rows:,} rows", round(perf_counter() - began, 1), "s", 60, f"dry run {dry_seconds:.1f} s")
    yield at_most("reports of dry run and import that differ", _differing(dry, real), "keys", 0)


def _locked(rows: int) -> Figure:
    """How long others wait who want to write, while a staged list is entered."""
    data, unit_id = _list(rows)
    drafted = draft(open_list(data, "other.xlsx", UNTIL), UNTIL, unit_id)
    kept = keep_file(drafted.opened)
    with db.write():
        import_id = keep(drafted, kept).id
    ahead = look_ahead(import_id)
    held, _ = _timed(lambda: _undone(lambda: confirm(import_id, ahead)))
    return at_most(f"confirming {rows:,} rows: the write lock is held", round(held, 2), "s", 5)


def _differing(dry: dict[str, Any], real: dict[str, Any]) -> int:
    return sum(dry[key] != real[key] for key in dry.keys() - {"import", "dry_run"})


def _grown(rows: int) -> Memory:
    data, unit_id = _list(rows)
    with memory_growth() as seen:
        opened = open_list(data, "list.xlsx", UNTIL)
        drafted = draft(opened, UNTIL, unit_id)
        _undone(lambda: keep(drafted, keep_file(opened)))
    return seen


def _by_calamine(data: bytes) -> None:
    CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def _list(rows: int) -> tuple[bytes, int]:
    made = roster(rows)
    db.session.rollback()
    return made


class _Undone(Exception):
    """Thrown to roll everything back."""


def _undone(work: Callable[[], object]) -> None:
    try:
        with db.write():
            work()
            db.session.flush()
            raise _Undone
    except _Undone:
        return


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    began = _processor_seconds()
    found = work()
    return _processor_seconds() - began, found


def _processor_seconds() -> float:
    spent = [getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in spent)


@contextmanager
def _acting(one: Site, rows: int) -> Iterator[None]:
    """In a request of the system, on a site with half as many people as the list has rows."""
    add_country(one.app, rows // 2)
    one.app.extensions["settings"].roster_max_rows = rows + 100
    with one.app.test_request_context():
        act_as(SYSTEM)
        yield
        db.session.rollback()
