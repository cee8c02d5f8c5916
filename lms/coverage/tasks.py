"""Background work: large questions that wait for their answer, province by province."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import structlog

from lms.coverage import large, stored
from lms.coverage.answers import question
from lms.coverage.counted import Counted, Step, count_by_province, count_divisions
from lms.coverage.keeping import as_plain
from lms.coverage.models import CoverageAnswer
from lms.db import db, utc_now
from lms.jobs import queue, watched

KIND = stored.KIND
log = structlog.get_logger("lms.coverage")


class Changed(Exception):
    """The question was asked of another tree or by other rights; who asks now asks another one."""


def answer_waiting() -> int:
    """Answer every large question that waits; returns how many were answered."""
    answered = 0
    while not queue.ending() and (job := watched.take(KIND)):
        answered += _answer(job)
    _clean()
    return answered


def _answer(job: watched.Taken) -> bool:
    try:
        began = utc_now()
        found = _counted(job)
        with db.write():
            _keep(job, found, began)
    except watched.Lost:
        return False
    except watched.Ending:
        watched.put_back(job)
        return False
    except Exception as error:  # told to the operator and, in words, to who waits; the others do not wait for it
        log.error("coverage not counted", job=job.id, exc_info=error)
        db.session.rollback()
        watched.fail(job, type(error).__name__)
        return False
    return True


def _counted(job: watched.Taken) -> Counted:
    row = stored.row_of(job.subject)
    if row is None:
        raise Changed
    asked = dict(row.question)
    db.read_one_moment()  # also where a province is read seconds after another
    return _count(job.subject, asked, lambda done, total: watched.tell(job, done, total))


def _count(key: str, asked: dict[str, Any], step: Step) -> Counted:
    """Raises Changed."""
    viewer, now = large.viewer_of([tuple(area) for area in asked["areas"]]), asked["known_on"] is None
    divisions = None if asked["divisions"] is None else tuple(map(tuple, asked["divisions"]))
    wanted = question(
        on=date.fromisoformat(asked["on"]),
        tree_on=date.fromisoformat(asked["tree_on"]),
        known_on=None if now else datetime.fromisoformat(asked["known_on"]),
        scope=asked["scope"],
        plan=asked["plan"],
    )
    if large.key_of(large.asked_as(viewer, wanted, divisions, now=now)) != key:
        raise Changed
    if divisions is None:
        return count_by_province(viewer, wanted, step)
    return count_divisions(viewer, wanted, divisions, step)


def _keep(job: watched.Taken, found: Counted, began: datetime) -> None:
    row = stored.row_of(job.subject)
    if row is not None:
        row.result, row.counted_at, row.asked_at = as_plain(found), began, began
    watched.finish(job)


def _clean() -> None:
    """Most minutes there is nothing, and no write for it."""
    old = utc_now() - stored.KEEP
    if db.session.query(CoverageAnswer.id).filter(CoverageAnswer.asked_at < old).first():
        with db.write():
            stored.clean()
