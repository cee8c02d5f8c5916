"""The answers to large questions: the last one of each, counted by a job, shown with the instant it was counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from lms.access import Viewer
from lms.coverage import large
from lms.coverage.counted import Counted
from lms.coverage.facts import Question
from lms.coverage.keeping import from_plain, known_on
from lms.coverage.models import CoverageAnswer
from lms.coverage.summing import By
from lms.db import db, insert_if_missing, utc_now
from lms.jobs import queue, watched
from lms.jobs.models import Job
from lms.text.dates import local_today

KIND = "coverage-answers"
KEEP = watched.KEEP
PAUSE = timedelta(minutes=10)
"""What failed is not begun again by everybody who opens the page meanwhile."""


@dataclass(frozen=True)
class Look:
    """What there is: today's answer with its instant, the last job over it, or both."""

    found: Counted | None
    at: datetime | None
    job: Job | None

    @property
    def counting(self) -> bool:
        return self.job is not None and self.job.open

    @property
    def failed(self) -> bool:
        return self.job is not None and self.job.state == "failed"


def look(viewer: Viewer, question: Question, divisions: tuple[By, ...] | None, *, now: bool) -> Look:
    """Today's answer. If there is none, a job is asked for, unless one failed just now: then somebody has to say so.

    Opens a write of its own where it asks. `divisions`, `now`: see `large.asked_as`.
    """
    asked = large.asked_as(viewer, question, divisions, now=now)
    seen = _look(asked, question)
    if seen.found is not None or seen.counting or (seen.failed and _is_recent(seen.job)):
        return seen
    _ask(asked)
    return _look(asked, question)


def ask_again(viewer: Viewer, question: Question, divisions: tuple[By, ...] | None, *, now: bool) -> None:
    """A job that answers anew; the answer that there is stays until then."""
    _ask(large.asked_as(viewer, question, divisions, now=now))


def clean() -> int:
    """Inside a write: answers and jobs of long ago go. A question of a day is seldom asked after it."""
    old = delete(CoverageAnswer).where(CoverageAnswer.asked_at < utc_now() - KEEP)
    done = db.session.execute(old, execution_options={"synchronize_session": False})
    return int(done.rowcount) + watched.clean(KIND)  # type: ignore[attr-defined]


def row_of(key: str) -> CoverageAnswer | None:
    query = select(CoverageAnswer).where(CoverageAnswer.key == key)
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _ask(asked: dict[str, Any]) -> None:
    key, now = large.key_of(asked), utc_now()
    with db.write() as session:
        if not insert_if_missing(CoverageAnswer, key=key, question=asked, result={}, asked_at=now):
            session.execute(update(CoverageAnswer).where(CoverageAnswer.key == key).values(asked_at=now))
        watched.ask(KIND, key)
    queue.nudge(KIND)


def _look(asked: dict[str, Any], question: Question) -> Look:
    key = large.key_of(asked)
    row, job = row_of(key), watched.last(KIND, key)
    if row is None or row.counted_at is None or local_today(row.counted_at) != local_today(utc_now()):
        return Look(None, None, job)
    answered = replace(question, known_on=known_on(row.result))
    return Look(from_plain(answered, row.result), row.counted_at, job)


def _is_recent(job: Job | None) -> bool:
    return job is not None and job.updated_at > utc_now() - PAUSE
