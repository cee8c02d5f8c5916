"""Who left, and when: the last day of a post, of learning or of a visit, of everybody who turned out to be one person.

Whatever somebody does here themselves keeps their account: an attempt that failed, a lesson, work kept for a later
decision, a visit. A visit is remembered for as long as its row is (`lms/accounts/tasks.py`), which is less than any
rule here waits; so signing in puts the day off, and leaves no trace of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from lms.accounts.models import Account, Grant, SignInSession
from lms.certificates.models import Achievement, Certificate
from lms.courses.models import Enrolment, LessonProgress
from lms.db import db
from lms.operate.retention.rules import due_day
from lms.operate.retention.steps import WHY
from lms.people.merging import active_merges, root_of
from lms.people.models import Assignment, Person
from lms.people.scope import unscoped
from lms.quizzes.models import Attempt, AttemptStep, Submission
from lms.text.dates import local_today


def leavers(code: str, on: date) -> set[int]:
    """Ids of all entries of the register whose person was last active on or before the day the rule counts from.

    Not who holds a right of the office: their work did not end with a post.
    """
    last, limit = last_active(), due_day(code, on)
    gone = {group for group, day in last.items() if day is not None and day <= limit}
    merges = active_merges()
    gone -= {root_of(person, merges) for person in db.session.scalars(unscoped(_in_office(on), WHY))}
    if code == "person":
        gone -= {root_of(person, merges) for person in db.session.scalars(unscoped(_still_certified(on), WHY))}
    return {person for person in _everybody() if root_of(person, merges) in gone}


def last_active() -> dict[int, date | None]:
    """The person a group stands for → its last day; None while a post runs without an end."""
    merges, days = active_merges(), defaultdict[int, list[date]](list)
    for person, day in _days():
        days[root_of(person, merges)].append(day or date.max)
    return {root: None if max(found) == date.max else max(found) for root, found in days.items()}


def _everybody() -> list[int]:
    return list(db.session.scalars(unscoped(select(Person.id), WHY)))


def _days() -> Iterator[tuple[int, date | None]]:
    for query in _timed():
        yield from ((person, local_today(at)) for person, at in db.session.execute(unscoped(query, WHY)))
    for query in _dated():
        yield from map(tuple, db.session.execute(unscoped(query, WHY)).all())
    running = select(Assignment.person_id).where(Assignment.superseded_at.is_(None), Assignment.last_day.is_(None))
    yield from ((person, None) for person in db.session.scalars(unscoped(running, WHY)))


def _dated() -> Iterator[Select[*tuple[Any, ...]]]:
    ended = and_(Assignment.superseded_at.is_(None), Assignment.last_day.is_not(None))
    yield select(Assignment.person_id, func.max(Assignment.last_day)).where(ended).group_by(Assignment.person_id)
    yield select(Achievement.person_id, func.max(Achievement.completed_on)).group_by(Achievement.person_id)
    yield select(Enrolment.person_id, func.max(Enrolment.started_on)).group_by(Enrolment.person_id)


def _timed() -> Iterator[Select[*tuple[Any, ...]]]:
    """(person, the moment they last did something of a kind), a statement a kind."""
    yield select(Person.id, Person.recorded_at)
    ended = func.coalesce(Attempt.closed_at, Attempt.started_at)
    yield select(Attempt.person_id, func.max(ended)).group_by(Attempt.person_id)
    yield _last(Attempt, AttemptStep.recorded_at).join(AttemptStep).where(Attempt.closed_at.is_(None))
    yield _last(Enrolment, LessonProgress.completed_at).join(LessonProgress)
    for moment in (Submission.received_at, SignInSession.last_seen):
        yield _last(Account, moment).join(moment.class_).where(Account.person_id.is_not(None))


def _last(of: Any, moment: Any) -> Select[*tuple[Any, ...]]:
    return select(of.person_id, func.max(moment)).select_from(of).group_by(of.person_id)


def _in_office(on: date) -> Select[*tuple[Any, ...]]:
    holds = and_(Grant.revoked_at.is_(None), Grant.valid_from <= on, Grant.capability != "learner")
    return (
        select(Account.person_id)
        .join(Grant, Grant.account_id == Account.id)
        .where(holds, Account.person_id.is_not(None), Account.closed_at.is_(None))
    )


def _still_certified(on: date) -> Select[int]:
    stands = and_(Certificate.revoked_at.is_(None), Certificate.replaced_at.is_(None))
    return select(Certificate.person_id).where(stands, or_(Certificate.valid_until >= on))
