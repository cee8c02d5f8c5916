"""Sites to be measured from outside: `lms serve` on a durable database, with the shipped course and learners in it."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from benchmarks.countries import UNTIL, database
from lms.access import SYSTEM
from lms.access.current import act_as
from lms.authoring.operations import import_folder, read_folder
from lms.courses.enrolments import enrol
from lms.courses.models import Course
from lms.db import db
from lms.operate import reference, schema
from lms.operate.simulate.building import build
from lms.operate.simulate.wanted import Wanted
from tests.faults.seeding import Paper, seed
from tests.faults.site import Site

COURSE = Path("content/k1-kien-thuc-chung")
RECORDING = b"\0\0\0\x18ftypM4A " + bytes(12) + random.Random(1).randbytes(1_500_000)
"""A lesson read out, five minutes at 40 kbit/s: the shipped course has none before somebody lends it a voice."""
RECORDED = "modules/01-bao-luc-gia-dinh-la-gi/media/bai-01.vi.m4a"


@contextmanager
def site(engine: str, *, workers: int = 2) -> Iterator[Site]:
    """A site that is not served yet, with nobody in it; its processes end with the block."""
    folder = Path(tempfile.mkdtemp(prefix="lms-bench-"))
    folder.chmod(0o755)  # an ordinary user runs PostgreSQL in it
    try:
        with database(engine, folder) as url:
            yield from _site(url, folder / "instance", workers)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _site(url: str, folder: Path, workers: int) -> Iterator[Site]:
    folder.mkdir()
    made = Site(url, folder, workers=workers)
    try:
        with made.app.app_context():
            schema.upgrade()
            reference.load()
        yield made
    finally:
        made.close()


def add_country(app: Flask, posts: int, certificates: int = 0) -> None:
    """An invented country; `certificates` are issued, their files still to be made."""
    with app.app_context():
        build(Wanted(posts=posts, provinces=1, seed=1, until=UNTIL, certificates=certificates), lambda _: None)


def learners(app: Flask, count: int) -> list[Paper]:
    """Learners who are signed in and enrolled in the shipped course, each with an open attempt at another one."""
    papers = seed(app, count, first="c01")
    with app.app_context():
        act_as(SYSTEM)
        with db.write():
            _enrol(papers, _shipped_course())
    return papers


def _shipped_course() -> Course:
    import_folder({**read_folder(COURSE), RECORDED: RECORDING}, publish=True, folder=COURSE.name)
    return db.session.scalars(select(Course).where(Course.code == "k1")).one()


def _enrol(papers: Sequence[Paper], course: Course) -> None:
    for paper in papers:
        enrol(paper.person_id, course)
