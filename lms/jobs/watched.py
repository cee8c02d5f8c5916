"""Work that a person watches: asked for once however many ask, taken by one worker, its progress told while it runs.

A worker that has a job in hand tells of it again and again; one that has not told for `LEASE` is taken for dead, and
the job is anybody's. Whoever lost a job by that stops at its next word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, delete, or_, select, update

from lms.db import db, insert_if_missing, utc_now
from lms.jobs.models import Job
from lms.jobs.queue import ending

LEASE = timedelta(seconds=60)
TRIES = 3
"""Workers that die over one job, one after the other, are not sent into it for ever."""
KEEP = timedelta(days=7)
DIED = "the workers that had it in hand ended, one after the other"
_OPEN = Job.state.in_(("waiting", "running"))


class Lost(Exception):
    """Another worker has the job now."""


class Ending(Exception):
    """The worker was told to end."""


@dataclass(frozen=True)
class Taken:
    """A job in the hand of this worker."""

    id: int
    subject: str
    claim: str


def ask(kind: str, subject: str) -> None:
    """Inside a write: there is an open job of this kind and subject from here on, be it an older one."""
    now = utc_now()
    insert_if_missing(
        Job, kind=kind, subject=subject, state="waiting", done=0, total=0, result={}, tries=0,
        created_at=now, updated_at=now,
    )  # fmt: skip


def last(kind: str, subject: str) -> Job | None:
    """The newest job, open or over, as it stands in the database now."""
    query = select(Job).where(Job.kind == kind, Job.subject == subject).order_by(Job.id.desc()).limit(1)
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def take(kind: str) -> Taken | None:
    """The oldest job that nobody has in hand, from here on in ours; None if there is none."""
    for job_id in db.session.scalars(_free(kind)).all():
        with db.write():
            taken = _claimed(job_id)
        if taken is not None:
            return taken
    return None


def tell(job: Taken, done: int, total: int) -> None:
    """How far it is, without touching the session of the work itself. Raises Lost, and Ending."""
    if ending():
        raise Ending

    def say() -> None:
        with db.write():
            _change(job, done=done, total=total)

    _apart(say)


def finish(job: Taken) -> None:
    """Inside the write that keeps its outcome. Raises Lost."""
    _change(job, state="done", done=Job.total, error=None)


def fail(job: Taken, reason: str) -> None:
    """`reason`: for the operator; who waits is told in the room's own words."""
    with db.write():
        _change(job, state="failed", error=reason[:500])


def put_back(job: Taken) -> None:
    """The worker is told to end: the next one begins again."""
    with db.write():
        _change(job, state="waiting", claim=None, done=0, tries=Job.tries - 1)


def clean(kind: str) -> int:
    """Inside a write: forget what was over long ago."""
    old = delete(Job).where(Job.kind == kind, ~_OPEN, Job.updated_at < utc_now() - KEEP)
    return int(db.session.execute(old, execution_options={"synchronize_session": False}).rowcount)  # type: ignore[attr-defined]


def _free(kind: str) -> Select[int]:
    return select(Job.id).where(Job.kind == kind, _is_free()).order_by(Job.id)


def _is_free() -> ColumnElement[bool]:
    return or_(Job.state == "waiting", and_(Job.state == "running", Job.updated_at < utc_now() - LEASE))


def _claimed(job_id: int) -> Taken | None:
    """None if another worker was quicker, or it was tried often enough."""
    free = _free_now(job_id)
    if free is None:
        return None
    free.updated_at = utc_now()
    if free.tries >= TRIES:
        free.state, free.error = "failed", DIED
        return None
    claim = uuid4().hex
    free.state, free.claim, free.tries, free.done = "running", claim, free.tries + 1, 0
    return Taken(free.id, free.subject, claim)


def _free_now(job_id: int) -> Job | None:
    query = select(Job).where(Job.id == job_id, _is_free()).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _change(job: Taken, **values: object) -> None:
    mine = update(Job).where(Job.id == job.id, Job.claim == job.claim, Job.state == "running")
    done = db.session.execute(
        mine.values(updated_at=utc_now(), **values), execution_options={"synchronize_session": False}
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise Lost


def _apart(work: Callable[[], None]) -> None:
    """In a session of its own: a read that goes on keeps its snapshot."""
    with current_app.app_context():
        work()
