"""What devices sent and nobody could count: kept as it came, with why, until a trainer decides. No names here."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from werkzeug.exceptions import NotFound

from lms.access import GrantValue, Viewer
from lms.access.current import viewer
from lms.accounts.models import Account
from lms.courses.models import Edition
from lms.db import db, utc_now
from lms.people.models import Assignment, Role
from lms.people.scope import unscoped
from lms.quizzes.models import Attempt, Quiz, Submission
from lms.text.dates import local_today
from lms.units.queries import units_under

WAITING = ("quarantined", "conflict")
PAGE = 50


@dataclass(frozen=True)
class Waiting:
    """`course`: the title of the edition its attempt belongs to; "" where the ticket is none of ours."""

    submission: Submission
    course: str

    @property
    def payload(self) -> str:
        """What was sent, laid out to be read; the bytes themselves if they are no JSON."""
        try:
            return json.dumps(json.loads(self.submission.body), ensure_ascii=False, indent=2)
        except (ValueError, RecursionError):
            return self.submission.body


@dataclass(frozen=True)
class WaitingPage:
    """`first`: the number of the first one shown within `total`; `next_after`: where the next page begins."""

    shown: tuple[Waiting, ...]
    total: int
    first: int
    next_after: int | None


def waiting_submissions(after: int | None = None) -> WaitingPage:
    """A page of what waits for a decision, the oldest first. `after`: the id of the last one of the page before, which
    may have been decided since.
    """
    undecided = _with_course().where(Submission.decision.is_(None))
    here = undecided if after is None else undecided.where(Submission.id > after)
    total, rest = _count(undecided), _count(here)
    rows = db.session.execute(here.order_by(Submission.id).limit(PAGE)).all()
    shown = tuple(Waiting(submission, title or "") for submission, title in rows)
    return WaitingPage(shown, total, total - rest + 1, shown[-1].submission.id if rest > len(shown) else None)


def _count(waiting: Select[Submission, str]) -> int:
    counted = select(func.count()).select_from(waiting.with_only_columns(Submission.id).subquery())
    return db.session.scalar(unscoped(counted, "how many of them; no person is shown")) or 0


def kept_submission(receipt: str) -> Waiting:
    """One that was not counted when it came, by its receipt; 404 for any other."""
    row = db.session.execute(_with_course().where(Submission.receipt == receipt)).one_or_none()
    if row is None:
        raise NotFound
    submission, title = row
    return Waiting(submission, title or "")


def _with_course() -> Select[Submission, str]:
    query = (
        select(Submission, Edition.title)
        .outerjoin(Attempt, Attempt.ticket == Submission.ticket)
        .outerjoin(Quiz, Quiz.id == Attempt.quiz_id)
        .outerjoin(Edition, Edition.id == Quiz.edition_id)
        .where(Submission.state.in_(WAITING) | Submission.decision.is_not(None), _sent_from_own_area(viewer()))
    )
    return unscoped(query, "the course of a ticket; no person is shown")


def _sent_from_own_area(who: Viewer) -> ColumnElement[bool]:
    """Sent by somebody with a post, now or before, in the unit subtree and line of one of the viewer's grants."""
    grants = who.grants_for("trainer")
    if any(grant.unit_id is None and grant.line is None for grant in grants):
        return true()
    held = Assignment.superseded_at.is_(None) & or_(false(), *map(_within, grants))
    senders = select(Account.id).join(Assignment, Assignment.person_id == Account.person_id).where(held)
    return Submission.account_id.in_(senders)


def _within(grant: GrantValue) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if grant.unit_id is not None:
        conditions.append(Assignment.unit_id.in_(units_under(grant.unit_id, local_today(utc_now()))))
    if grant.line is not None:
        conditions.append(Assignment.role_id.in_(select(Role.id).where(Role.line == grant.line)))
    return and_(true(), *conditions)
