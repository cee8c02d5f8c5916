"""A country of a million posts, two million attempts, 50,000 certificates (L5): pages of an office, long exports."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Generic, TypeVar

from flask import Flask
from sqlalchemy import func, select

from benchmarks.countries import UNTIL, country, engines
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.measuring import memory_growth, times
from lms.access import SYSTEM
from lms.certificates.models import Certificate
from lms.chunks import chunks
from lms.coverage.answers import question
from lms.coverage.exporting import write_people as write_cell
from lms.coverage.facts import facts
from lms.coverage.people import described, in_order
from lms.db import Base, db
from lms.people.exporting import write_people
from lms.people.register_list import Filter, everybody
from lms.people.scope import unscoped
from lms.quizzes.models import Attempt
from tests.certificates.people import Visitor
from tests.factories import Make

SMALL, FULL = (20_000, 34, 40_000, 1_000, 2_000), (1_000_000, 34, 2_000_000, 50_000, 100_000)
"""Posts, provinces, attempts, certificates, and rows of an export."""
PROVINCE, WARD = "mo-phong-1/01", "mo-phong-1/01/1"
INSIDE, WHOLE = "mo-phong-1-01", "mo-phong-1"
RUNS = 20
DAY = f"{UNTIL:%d/%m/%Y}"
Item = TypeVar("Item")


def run(*, full: bool) -> Iterator[Figure]:
    for engine in engines():
        posts, provinces, attempts, certificates, rows = FULL if full else SMALL
        with country(engine, posts, provinces, attempts=attempts, certificates=certificates) as app:
            yield at_least(f"{engine}: attempts in the database", _count(Attempt), "rows", attempts)
            yield at_least(f"{engine}: certificates in the database", _count(Certificate), "rows", certificates)
            yield from _pages(engine, app)
            yield _export(f"{engine}: export of {rows:,} people", rows, _people)
            yield _export(f"{engine}: export of the people of a province's cell", rows, _cell)


def _pages(engine: str, app: Flask) -> Iterator[Figure]:
    """As the manager of the largest province and of a ward, and as an inspector of everything."""
    for who, visitor, scopes in (
        ("manager of a province", _visitor(app, "manager", PROVINCE), (INSIDE, WHOLE)),
        ("manager of a ward", _visitor(app, "manager", WARD), (WHOLE,)),
        ("inspector of everything", _visitor(app, "inspector", None), (INSIDE,)),
    ):
        for scope in scopes:
            page = f"/ty-le?ngay={DAY}&dia-ban={scope}"
            yield _page(f"{engine}: coverage page in {scope}, {who}", visitor, page, 2_000)
        yield _page(f"{engine}: search in the register, {who}", visitor, "/nguoi?tim=nguyen+thi+huong", 500)
        yield _page(f"{engine}: lists and who has confirmed them, {who}", visitor, "/danh-sach/xac-nhan", 2_000)


def _page(name: str, visitor: Visitor, path: str, bar: float) -> Figure:
    def get() -> None:
        status = visitor.get(path).status
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")

    found = times(get, runs=RUNS)
    return at_most(f"{name}, p95", round(found.p95, 1), "ms", bar, f"median {found.median:.0f} ms, {found.note}")


def _export(name: str, rows: int, write: Callable[[int], int]) -> Figure:
    """The highest that memory rises above what the process had, while a file of `rows` people is written to disk."""
    with memory_growth() as seen:
        written = write(rows)
    db.session.rollback()
    return at_most(f"{name}, memory", round(seen.growth, 1), "MiB", 150, f"{written:,} people written")


def _people(rows: int) -> int:
    """As /nguoi.xlsx does."""
    people = _Counted(islice(everybody(SYSTEM, Filter(), UNTIL), rows))
    with tempfile.TemporaryFile() as file:
        write_people(file, people, UNTIL)
    return people.count


def _cell(rows: int) -> int:
    """As /ty-le/nguoi.xlsx does; of more than a province's posts a page has sums alone (decision 17)."""
    asked = question(on=UNTIL, scope=INSIDE)
    found = facts(SYSTEM, asked)
    ids = in_order(set(found.person_id))[:rows]
    people = _Counted(one for some in chunks(ids) for one in described(some, found, asked, "valid"))
    with tempfile.TemporaryFile() as file:
        write_cell(file, people, "DANH SÁCH", [])
    return people.count


class _Counted(Generic[Item]):
    """Goes through its items once and knows how many there were."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items, self.count = items, 0

    def __iter__(self) -> Iterator[Item]:
        for item in self.items:
            self.count += 1
            yield item


def _visitor(app: Flask, right: str, unit: str | None) -> Visitor:
    """A browser of a new account with one right: over the unit, or over everything."""
    return Visitor(app, Make().account("Người Đo", capability=right, unit=unit))


def _count(model: type[Base]) -> int:
    return db.session.scalar(unscoped(select(func.count()).select_from(model), "how many there are")) or 0
