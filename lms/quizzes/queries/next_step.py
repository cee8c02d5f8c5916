"""The next step of a quiz as other pages show it: go on at which question, from when once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from lms.access.current import viewer
from lms.db import db, utc_now
from lms.people.scope import own
from lms.quizzes.models import Attempt, AttemptStep, Quiz
from lms.quizzes.rules import may_start_again
from lms.web.filters import moment


@dataclass(frozen=True)
class NextStep:
    """`waits`: the words to show before the link where the time of rest is not over."""

    words: str
    url: str
    waits: str = ""


def quiz_line(code: str, enrolment_id: int) -> NextStep | None:
    """What the viewer's last attempt under an enrolment in the course `code` leads to; None without one, or passed."""
    rows: Sequence[Any] = db.session.execute(_LAST, {"me": viewer().person_id, "enrolment": enrolment_id}).all()
    if not rows or rows[0].passed:
        return None
    if rows[0].closed_at is None:
        return NextStep(_go_on(rows), url_for("quizzes.resume", ticket=rows[0].ticket))
    again = may_start_again(rows[0].closed_at, rows[0].wait_minutes)
    if again and again > utc_now():
        waits = str(_("Làm lại được từ %(clock)s", clock=moment(again)))
        return NextStep(str(_("Đọc lại những câu chưa đúng")), url_for("quizzes.result", ticket=rows[0].ticket), waits)
    return NextStep(str(_("Làm lại bài kiểm tra")), url_for("quizzes.intro", code=code))


def _go_on(rows: Sequence[Any]) -> str:
    """The place where `resume` opens the attempt: the first without an answer."""
    last = {row.item: row.answer for row in rows}
    place = next((place for place in range(1, len(rows[0].items) + 1) if not last.get(place)), None)
    if place is None:
        return str(_("Xem lại rồi nộp bài kiểm tra"))
    return str(_("Làm tiếp bài kiểm tra, đang ở câu %(n)s", n=place))


def _last_attempt() -> Any:
    """The newest attempt of an enrolment with its steps in their order; built once, the first page runs it."""
    other = aliased(Attempt)
    newest = (
        select(func.max(other.number))
        .where(other.person_id == Attempt.person_id, other.quiz_id == Attempt.quiz_id)
        .correlate(Attempt)
        .scalar_subquery()
    )
    wanted = (
        select(
            Attempt.ticket,
            Attempt.closed_at,
            Attempt.passed,
            Attempt.items,
            Quiz.wait_minutes,
            AttemptStep.item,
            AttemptStep.answer,
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .outerjoin(AttemptStep, AttemptStep.attempt_id == Attempt.id)
        .where(Attempt.enrolment_id == bindparam("enrolment"), Attempt.number == newest)
        .order_by(AttemptStep.seq)
    )
    return own(wanted, of=Attempt)


_LAST = _last_attempt()
