"""Closing an attempt: marked here from its steps, never from a score that a device sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from werkzeug.exceptions import NotFound

from lms.access import Viewer
from lms.audit.operations import record
from lms.certificates import operations as certificates
from lms.certificates.course import CourseOnPaper
from lms.courses.enrolments import mark_completed
from lms.courses.models import Enrolment
from lms.db import db, insert_many, utc_now
from lms.people.queries import identity_confirmed
from lms.people.scope import unscoped
from lms.quizzes.attempts import add_steps, items_of, own_attempt
from lms.quizzes.fixed import fixed_quiz
from lms.quizzes.models import Attempt, ItemResult
from lms.quizzes.rules import Verdict, as_decimal, judge
from lms.text.dates import local_today
from lms.web.refusals import Refusal

_ENROLMENT = unscoped(select(Enrolment).where(Enrolment.id == bindparam("enrolment")), "the enrolment of this attempt")


class CannotAccept(Exception):
    """What was sent cannot be counted as it is; a person decides. `code`: a key of `wording.REASONS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def close_attempt(viewer: Viewer, payload: Any, received_at: datetime) -> Attempt:
    """Add the answers that came with the payload, judge, close; on a pass record the achievement and the certificate.

    `payload`: {"ticket": str, "answers": [{"item": int, "answer": [option id]}] (optional)}. Anything else in it, a
    score or a time for instance, is ignored. A pass was won on the day of `received_at`, whenever it is judged. Raises
    `CannotAccept`.
    """
    if not isinstance(payload, Mapping) or not isinstance(payload.get("ticket"), str):
        raise CannotAccept("no-ticket")
    if viewer.person_id is None:
        raise CannotAccept("account-closed")
    try:
        attempt = own_attempt(viewer, payload["ticket"], lock=True)
    except NotFound as error:
        raise CannotAccept("not-own-ticket") from error
    if attempt.closed_at is not None:
        raise CannotAccept("closed-before")
    items = items_of(attempt)
    answers = _add_answers(attempt, payload.get("answers", []), items)
    quiz = fixed_quiz(attempt.quiz_id)
    verdict = judge(items, answers, quiz.pass_percent, quiz.must_be_right)
    _keep_results(attempt, verdict, answers)
    _close(attempt, verdict)
    if verdict.passed:
        _achieve(attempt, quiz.course, received_at)
    return attempt


def _add_answers(attempt: Attempt, answers: Any, items: list[Any]) -> dict[int, list[str]]:
    if not isinstance(answers, list) or not all(_is_answer(one) for one in answers):
        raise CannotAccept("answers-shape")
    try:
        return add_steps(attempt, [(one["item"], one["answer"]) for one in answers], items)
    except Refusal as error:
        raise CannotAccept("not-of-item") from error


def _is_answer(one: Any) -> bool:
    """True is no place, although Python calls it an int."""
    return isinstance(one, Mapping) and type(one.get("item")) is int and isinstance(one.get("answer"), list)


def _keep_results(attempt: Attempt, verdict: Verdict, answers: Mapping[int, list[str]]) -> None:
    results = [
        {
            "attempt_id": attempt.id,
            "item": place,
            "question_version_id": drawn["version_id"],
            "answer": answers.get(place, []),
            "points": as_decimal(mark.points),
            "right": mark.right,
        }
        for place, (drawn, mark) in enumerate(zip(attempt.items, verdict.marks, strict=True), 1)
    ]
    insert_many(ItemResult, results)


def _close(attempt: Attempt, verdict: Verdict) -> None:
    attempt.points, attempt.points_max = as_decimal(verdict.points), Decimal(verdict.points_max)
    attempt.passed, attempt.closed_at = verdict.passed, utc_now()
    record("attempt.closed", f"attempt:{attempt.id}", passed=verdict.passed, points=attempt.points)


def _achieve(attempt: Attempt, course: CourseOnPaper, received_at: datetime) -> None:
    enrolment = db.session.scalars(_ENROLMENT, {"enrolment": attempt.enrolment_id}).one()
    completed_on = local_today(received_at)
    mark_completed(enrolment, completed_on)
    began = min(enrolment.started_on, completed_on)  # a server's clock may have been set back in between
    course = replace(course, started_on=began)
    achievement = certificates.record_achievement(
        attempt.person_id, "online", course, completed_on=completed_on, source=f"attempt:{attempt.ticket}"
    )
    if identity_confirmed(attempt.person_id):
        certificates.issue(achievement, course)
