"""The promise in a submission's row: what was kept because judging raised is judged as soon as that works again.

A fault of the machine asks for nobody's decision. What cannot be accepted as it was sent waits for a trainer.
"""

from __future__ import annotations

import json

import structlog
from sqlalchemy import func, select

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.certificates import tasks as certificate_tasks
from lms.db import db
from lms.jobs import queue
from lms.quizzes.decisions import decide, other_accepted, sender_of
from lms.quizzes.judging import CannotAccept, close_attempt
from lms.quizzes.models import Submission
from lms.quizzes.submissions import OTHER_ACCEPTED
from lms.quizzes.wording import REASONS

KIND = "submissions-to-judge"
AT_ONCE = 200

log = structlog.get_logger("lms.quizzes")

RAISED = (Submission.state == "quarantined") & Submission.decision.is_(None) & Submission.reason.not_in(list(REASONS))


def judge_what_raised() -> int:
    """Judge again the submissions whose judging raised; returns how many came to their end.

    In random order: those that still raise keep no others waiting.
    """
    act_as(SYSTEM)
    ids = db.session.scalars(select(Submission.id).where(RAISED).order_by(func.random()).limit(AT_ONCE)).all()
    judged = sum(map(_judge_one, ids))
    if judged:
        queue.nudge(certificate_tasks.KIND)
    return judged


def _judge_one(submission_id: int) -> bool:
    try:
        with db.write():
            submission = _still_waiting(submission_id)
            return submission is not None and _judge(submission)
    except Exception as error:  # told to the operator; the row goes on waiting, and the others with it do not
        log.error("judging raised again", submission=submission_id, exc_info=error)
        return False


def _still_waiting(submission_id: int) -> Submission | None:
    query = select(Submission).where(Submission.id == submission_id, RAISED).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _judge(submission: Submission) -> bool:
    """True if it counts now. One that turns out not to be acceptable says why from now on, and waits for a person."""
    if other_accepted(submission):
        submission.reason = OTHER_ACCEPTED
        return False
    try:
        with db.session.begin_nested():
            close_attempt(sender_of(submission), json.loads(submission.body), submission.received_at)
    except CannotAccept as refusal:
        submission.reason = refusal.code
        return False
    submission.state = "accepted"
    decide(submission, "judged")
    return True
