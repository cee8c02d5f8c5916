"""Every record held against what it was made from, for `lms audit verify --records`: what a triggers' owner changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, exists, literal, select

from lms.audit.models import AuditEntry
from lms.certificates.models import Achievement, Certificate
from lms.db import db
from lms.operate.records.finding import BY_ATTEMPT, WHY, find
from lms.operate.records.gathering import gather
from lms.people.scope import unscoped
from lms.quizzes.models import Attempt, Submission
from lms.storage.files import StorageUnavailable

AT_ONCE = 100
"""Records read of one moment; then the session lets go of them."""
MADE: dict[str, tuple[str, Any]] = {
    "achievement.recorded": ("achievement", Achievement),
    "certificate.issued": ("certificate", Certificate),
    "attempt.started": ("attempt", Attempt),
    "submission.received": ("submission", Submission),
}
"""What the audit tells of a row's beginning: such a row is there for ever."""


def faults() -> Iterator[str]:
    """What does not fit, each with the record that it is of. Reads only; a long look holds nobody up.

    Raises StorageUnavailable while the files of certificates cannot be read.
    """
    for subject in _subjects():
        yield from (f"{subject}: {fault}" for fault in _of(subject))
    yield from _apart()
    yield from _gone()


def _of(subject: str) -> tuple[str, ...]:
    try:
        return gather(subject, find(subject)).faults
    except StorageUnavailable:
        raise
    except Exception as error:  # rows that somebody changed by hand may break anything that reads them
        db.session.rollback()
        return (f"what it was made from cannot be read ({type(error).__name__})",)


def _apart() -> Iterator[str]:
    """Certificates that say another person or course than the achievement they were issued for."""
    _of_one_moment()
    other = (Certificate.person_id != Achievement.person_id) | (Certificate.course_title != Achievement.title)
    query = select(Certificate.id).outerjoin(Achievement, Achievement.id == Certificate.achievement_id)
    query = query.where(other | Achievement.id.is_(None))
    for number in db.session.scalars(unscoped(query, WHY)):
        yield f"certificate:{number}: it is of another person or course than what it was issued for"


def _subjects() -> Iterator[str]:
    """Every achievement, then every attempt that proved none."""
    yield from _numbers("achievement", Achievement.id, unscoped(select(Achievement.id), WHY))
    proved = exists().where(Achievement.source == literal(BY_ATTEMPT) + Attempt.ticket)
    yield from _numbers("attempt", Attempt.id, unscoped(select(Attempt.id).where(~proved), WHY))


def _numbers(kind: str, column: Any, every: Select[Any]) -> Iterator[str]:
    last = 0
    while True:
        _of_one_moment()
        some = db.session.scalars(every.where(column > last).order_by(column).limit(AT_ONCE)).all()
        if not some:
            return
        yield from (f"{kind}:{number}" for number in some)
        last = some[-1]


def _of_one_moment() -> None:
    """A record that is being written meanwhile is read before or after, never between."""
    db.read_one_moment()
    db.session.expunge_all()


def _gone() -> Iterator[str]:
    for action, (kind, model) in MADE.items():
        _of_one_moment()
        there = set(db.session.scalars(unscoped(select(model.id), WHY)))
        told = select(AuditEntry.subject).where(AuditEntry.action == action).execution_options(yield_per=1000)
        for subject in db.session.scalars(told):
            if int(subject.removeprefix(f"{kind}:")) not in there:
                yield f"{subject}: its row is gone, and the audit tells of {action}"
