"""A lesson page of a signed-in learner against a bare Flask route with the same HTML, in alternating blocks."""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle

from flask import Flask
from sqlalchemy import event, select

from benchmarks.bare import from_lesson, from_page, served
from benchmarks.driving import Connection, drive, request
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.sites import add_country, learners, site
from lms.accounts.models import Account
from lms.courses.models import Course, Edition
from lms.db import db
from lms.people.scope import unscoped
from tests.faults.seeding import Paper
from tests.faults.site import Site

LESSON = 2
PATH = f"/khoa-hoc/k1/bai/{LESSON}"
Rates = Mapping[str, float]


@dataclass(frozen=True)
class Size:
    """`posts` of the country that is added; `seconds` of each block, `blocks` of each kind."""

    posts: int
    learners: int
    seconds: float
    blocks: int


SMALL, FULL = Size(500, 20, 0.5, 2), Size(100_000, 300, 10.0, 6)
TEMPLATE, LESSONS = "its HTML as a template", "our template, ready values"


def run(*, full: bool) -> Iterator[Figure]:
    size = FULL if full else SMALL
    with ExitStack() as open_:
        one = open_.enter_context(site("sqlite"))
        papers = learners(one.app, size.learners)
        yield at_most("statements of one page", _statements(one.app, papers[0]), "SQL", 4)
        one.serve()
        page = _page(one, papers[0])
        bare = [open_.enter_context(served(*given, "/page")) for given in _bare(one, papers[0], page)]
        asked = {
            "lesson": (one.port, [request(PATH, paper.cookie) for paper in papers]),
            TEMPLATE: (bare[0], [request("/page")]),
            LESSONS: (bare[1], [request("/page")]),
        }
        before = _alternating(asked, size)
        yield from _compared(before, f"{len(page):,} bytes, {size.learners} learners")
        add_country(one.app, size.posts)
        yield _flat(before, _alternating(asked, size), size.posts)


def _compared(found: Rates, note: str) -> Iterator[Figure]:
    yield Figure("lesson", round(found["lesson"], 1), "pages/s", note=note)
    for name in (TEMPLATE, LESSONS):
        yield Figure(f"bare: {name}", round(found[name], 1), "pages/s")
        yield at_least(f"lesson / bare: {name}", round(found["lesson"] / found[name], 2), "×", 0.6)


def _flat(before: Rates, after: Rates, posts: int) -> Figure:
    """By the ratio to the bare route, so that a machine that has become slower meanwhile does not count."""
    ratio = after["lesson"] / after[TEMPLATE] / (before["lesson"] / before[TEMPLATE])
    return at_least(f"with {posts:,} posts / without", round(ratio, 2), "×", 0.9)


def _alternating(asked: Mapping[str, tuple[int, list[bytes]]], size: Size) -> Rates:
    """The median of the rates of each; a first block that is not counted warms everything."""
    rates: dict[str, list[float]] = {name: [] for name in asked}
    for block in range(size.blocks + 1):
        for name, (port, requests) in asked.items():
            found = drive(port, cycle(requests), size.seconds)
            if found.unexpected:
                raise RuntimeError(f"{name} answered {dict(found.statuses)}")
            if block:
                rates[name].append(found.rate)
    return {name: statistics.median(some) for name, some in rates.items()}


def _bare(small: Site, paper: Paper, page: str) -> Iterator[tuple[Callable[[], Flask], Mapping[str, str]]]:
    file = small.folder / "bare.html"
    file.write_text(_as_template(page, _name(small.app, paper)), encoding="utf-8")
    yield from_page, small.env | {"BARE_PAGE": str(file)}
    place = {
        "edition_id": _edition(small.app),
        "position": LESSON,
        "lang": "vi",
        "finished": False,
        "saved_here": False,
    }
    yield from_lesson, small.env | {"BARE_PLACE": json.dumps(place)}


def _page(small: Site, paper: Paper) -> str:
    status, answer = Connection(small.port).ask(request(PATH, paper.cookie))
    if status != 200:
        raise RuntimeError(f"the lesson answered {status}")
    return answer.partition(b"\r\n\r\n")[2].decode()


def _as_template(page: str, name: str) -> str:
    filled = page.replace(name, "{{ name }}")
    return re.sub(r'(name="csrf_token"[^>]*value=")[^"]+', r"\1{{ token }}", filled)


def _name(app: Flask, paper: Paper) -> str:
    with app.app_context():
        wanted = select(Account.name).where(Account.id == paper.account_id)
        return db.session.scalars(unscoped(wanted, "the name on the page that is compared")).one() or ""


def _edition(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(Edition.id).join(Course).where(Course.code == "k1")).one()


def _statements(app: Flask, paper: Paper) -> int:
    """Of the second of two visits: the process knows the edition then, as it does for all but the first reader."""
    client, headers = app.test_client(use_cookies=False), {"Cookie": paper.cookie}
    client.get(PATH, headers=headers)
    with _counted(app) as statements:
        client.get(PATH, headers=headers)
    return len(statements)


@contextmanager
def _counted(app: Flask) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_: object, __: object, statement: str, *rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
