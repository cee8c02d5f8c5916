"""Coverage from the facts: a province, the same province inside a country, one ward, a trend, the country."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

from sqlalchemy import select

from benchmarks.countries import UNTIL, country, engines
from benchmarks.figures import Figure, at_most
from benchmarks.measuring import Times, memory_growth, times
from lms.access import SYSTEM, GrantValue, Viewer
from lms.coverage import stored
from lms.coverage.answers import answer, question
from lms.coverage.counted import Counted
from lms.coverage.facts import Question
from lms.coverage.overview import overview
from lms.coverage.rules import month_ends
from lms.coverage.trend import trend
from lms.db import db
from lms.jobs import queue
from lms.units.models import Unit

PROVINCE, WHOLE, WARD = "mo-phong-1-01", "mo-phong-1", "mo-phong-1/01/1"
MONTHS = 36


@dataclass(frozen=True)
class Size:
    """Posts of the province alone, and of the country whose first province has as many."""

    province: int
    country: int
    provinces: int = 34


SMALL, FULL = Size(2_000, 50_000), Size(40_000, 1_000_000)


def run(*, full: bool) -> Iterator[Figure]:
    """Every figure is of one request: a new transaction, the question made anew, both bases in one answer."""
    for engine in engines():
        yield from _engine(engine, FULL if full else SMALL)


def _engine(engine: str, size: Size) -> Iterator[Figure]:
    with country(engine, size.province, 1):
        alone = _province()
        yield _shown(engine, f"province of {size.province:,}, wards × roles", alone, 150)
        yield _shown(engine, "one ward", _ward(PROVINCE), 10)
        for basis in ("valid", "ever"):
            yield _shown(engine, f"trend of {MONTHS} months, {basis}", _timed(_trend(PROVINCE, basis)), 250)
    with country(engine, size.country, size.provinces):
        inside = _province()
        yield _shown(engine, f"the province inside {size.country:,}", inside)
        yield at_most(f"{engine}: inside / alone", round(inside.median / alone.median, 2), "×", 1.5)
        yield _shown(engine, "one ward inside", _ward(WHOLE), 10)
        yield _shown(engine, "trend inside", _timed(_trend(PROVINCE, "valid")), 250)
        yield from _job(engine)


def _job(engine: str) -> Iterator[Figure]:
    """The whole country as the worker counts it, all that the page says; then what a request for it takes."""
    asked = _question(WHOLE)
    stored.ask_again(SYSTEM, asked, None, now=True)
    began = perf_counter()
    with memory_growth() as seen:
        queue.queue().run(stored.KIND)
    yield Figure(f"{engine}: whole country, the job", round(perf_counter() - began, 1), "s")
    yield Figure(f"{engine}: memory that the job takes", round(seen.growth), "MiB")
    yield _shown(engine, "its answer, to be shown", _timed(lambda: overview(_kept(asked), "valid")))


def _kept(asked: Question) -> Counted:
    found = stored.look(SYSTEM, asked, None, now=True).found
    assert found is not None, "the job has answered"
    return found


def _province() -> Times:
    return _timed(lambda: answer(SYSTEM, _question(PROVINCE)))


def _ward(scope: str) -> Times:
    manager = _manager()
    return _timed(lambda: answer(manager, _question(scope)))


def _trend(scope: str, basis: str) -> Callable[[], object]:
    return lambda: trend(SYSTEM, _question(scope), month_ends(UNTIL, MONTHS), basis)


def _question(scope: str) -> Question:
    return question(on=UNTIL, scope=scope)


def _manager() -> Viewer:
    """The manager of one ward."""
    ward = db.session.scalars(select(Unit.id).where(Unit.key == WARD)).one()
    return Viewer(account_id=1, grants=(GrantValue("manager", ward),))


def _timed(work: Callable[[], object]) -> Times:
    return times(_request(work))


def _request(work: Callable[[], object]) -> Callable[[], object]:
    """`work` in a transaction of its own, as a request has it."""

    def request() -> object:
        try:
            return work()
        finally:
            db.session.rollback()

    return request


def _shown(engine: str, name: str, found: Times, bar: float | None = None) -> Figure:
    called, value = f"{engine}: {name}", round(found.median, 1)
    if bar is None:
        return Figure(called, value, "ms", note=found.note)
    return at_most(called, value, "ms", bar, found.note)
