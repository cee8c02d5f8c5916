"""Starting an attempt and saving its answers, one by one. The row exists from the start, with the server's clock."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from flask_babel import format_datetime
from flask_babel import gettext as _
from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import NotFound

from lms.access import Viewer
from lms.audit.operations import record
from lms.courses.models import Enrolment, Lesson, LessonProgress, Module
from lms.db import db, insert_many, utc_now
from lms.kept import kept
from lms.people.queries import identity_answered
from lms.people.scope import own, unscoped
from lms.quizzes.fixed import fixed_quiz
from lms.quizzes.items import Item, read_item
from lms.quizzes.models import Attempt, AttemptStep, QuestionVersion, Quiz
from lms.quizzes.rules import acceptable, draw, may_start_again
from lms.web.refusals import Refusal

_OWN = "the learner's own attempts at this quiz"
_OF_TICKET = own(select(Attempt).where(Attempt.ticket == bindparam("ticket")), of=Attempt)
_TO_CHANGE = _OF_TICKET.with_for_update().execution_options(populate_existing=True)
_ANSWERS = select(AttemptStep.seq, AttemptStep.item, AttemptStep.answer)
_ANSWERS = _ANSWERS.where(AttemptStep.attempt_id == bindparam("attempt")).order_by(AttemptStep.seq)
MOST_ITEMS = 5000
"""So many items are kept in memory; then all are read anew."""


def start_attempt(viewer: Viewer, enrolment: Enrolment, quiz: Quiz) -> Attempt:
    """The viewer's open attempt, or a new one if the rules of the quiz allow it now. Refusals say when and why.

    The attempt limit and "one open attempt" are constraints in the database: of twenty requests at once, one wins.
    """
    if enrolment.person_id != viewer.person_id or enrolment.edition_id != quiz.edition_id:
        raise NotFound
    _lock(enrolment)
    opened = open_attempt(enrolment.person_id, quiz.id)
    if opened is not None:
        return opened
    _refuse_unfinished(enrolment)
    _refuse_too_early(enrolment, quiz)
    try:
        with db.session.begin_nested():
            attempt = _new_attempt(enrolment, quiz)
    except IntegrityError as error:
        raise Refusal(_("Anh/Chị đã dùng hết số lần làm bài kiểm tra này. Xin hỏi người phụ trách lớp.")) from error
    record("attempt.started", f"attempt:{attempt.id}", person=enrolment.person_id, number=attempt.number)
    return attempt


def open_attempt(person_id: int, quiz_id: int) -> Attempt | None:
    query = select(Attempt).where(
        Attempt.person_id == person_id, Attempt.quiz_id == quiz_id, Attempt.closed_at.is_(None)
    )
    return db.session.scalars(unscoped(query, _OWN)).one_or_none()


def own_attempt(viewer: Viewer, ticket: str, *, lock: bool = False) -> Attempt:
    """The viewer's own attempt; 404 for anybody else's, exactly as for a ticket that does not exist."""
    query = _TO_CHANGE if lock else _OF_TICKET
    attempt = db.session.scalars(query, {"ticket": ticket, "me": viewer.person_id}).one_or_none()
    if attempt is None:
        raise NotFound
    return attempt


def save_answer(viewer: Viewer, ticket: str, place: int, answer: Sequence[str]) -> datetime:
    """Add a step: the answer to the item at `place` (from 1). The same answer again adds nothing. Returns when."""
    attempt = own_attempt(viewer, ticket, lock=True)
    if attempt.closed_at is not None:
        raise Refusal(_("Bài này đã nộp rồi nên không đổi câu trả lời được nữa. Câu trả lời trước vẫn giữ nguyên."))
    add_steps(attempt, [(place, answer)], items_of(attempt))
    return utc_now()


def add_steps(
    attempt: Attempt, answers: Iterable[tuple[int, Sequence[str]]], items: Sequence[Item]
) -> dict[int, list[str]]:
    """Add (place, answer) after the steps there are; returns what is answered now, as `answers_of`.

    Raises `Refusal` for an answer that names no option of its item; an answer that repeats the last one of its item
    is no new step.
    """
    steps = _steps(attempt)
    last = {item: answer for _, item, answer in steps}
    seq, now, new = steps[-1][0] if steps else 0, utc_now(), []
    for place, answer in answers:
        if not 1 <= place <= len(items) or not acceptable(items[place - 1], answer):
            raise Refusal(_("Câu trả lời này không thuộc câu hỏi đang mở. Xin tải lại trang rồi chọn lại."), 400)
        if last.get(place) != list(answer):
            seq += 1
            last[place] = list(answer)
            new.append({"seq": seq, "item": place, "answer": last[place]})
    insert_many(AttemptStep, [{"attempt_id": attempt.id, "recorded_at": now} | one for one in new])
    return {place: answer for place, answer in last.items() if answer}


def steps_of(attempt: Attempt) -> list[AttemptStep]:
    query = select(AttemptStep).where(AttemptStep.attempt_id == attempt.id).order_by(AttemptStep.seq)
    return list(db.session.scalars(query))


def answers_of(attempt: Attempt) -> dict[int, list[str]]:
    """The last answer of each item: place → option ids. An emptied answer counts as none."""
    last = {item: answer for _, item, answer in _steps(attempt)}
    return {place: answer for place, answer in last.items() if answer}


def _steps(attempt: Attempt) -> Sequence[Row[int, int, list[str]]]:
    return db.session.connection().execute(_ANSWERS, {"attempt": attempt.id}).all()


def items_of(attempt: Attempt, lang: str = "vi") -> list[Item]:
    """The drawn items in their places, each in the wording that was pinned when the attempt began.

    A version never changes (a trigger sees to it), so each process reads it once.
    """
    items, wanted = kept("quizzes: items", MOST_ITEMS), [drawn["version_id"] for drawn in attempt.items]
    found: dict[int, Item] = {version: items.get((version, lang)) for version in wanted}  # None: to be read
    missing = [version for version, item in found.items() if item is None]
    if missing:
        bodies = select(QuestionVersion.id, QuestionVersion.body).where(QuestionVersion.id.in_(missing))
        for version, body in db.session.execute(bodies):
            found[version] = items.put((version, lang), read_item(body, lang))
    return [found[version] for version in wanted]


def _lock(enrolment: Enrolment) -> None:
    query = select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update()
    db.session.execute(unscoped(query, "one start at a time per enrolment")).one()


def _refuse_unfinished(enrolment: Enrolment) -> None:
    """Every lesson of the edition comes before its quiz (passing a screen by counts as finishing it)."""
    done = select(LessonProgress.lesson_id).where(LessonProgress.enrolment_id == enrolment.id)
    left = (
        select(func.count())
        .select_from(Lesson)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.edition_id == enrolment.edition_id, Lesson.id.not_in(done))
    )
    count = db.session.scalar(left)
    if count:
        raise Refusal(_("Còn %(count)s bài chưa học. Học xong các bài rồi mới làm bài kiểm tra.", count=count))


def _refuse_too_early(enrolment: Enrolment, quiz: Quiz) -> None:
    if not identity_answered(enrolment.person_id):
        raise Refusal(_("Xin xem lại họ tên và năm sinh sẽ in trên giấy chứng nhận trước khi làm bài."))
    again = waits_until(last_closed(enrolment.person_id, quiz.id), quiz)
    if again:
        clock = format_datetime(again, "HH:mm")
        raise Refusal(_("Anh/Chị nghỉ một chút nhé. Làm lại được từ %(clock)s.", clock=clock))


def waits_until(last: Attempt | None, quiz: Quiz) -> datetime | None:
    """The instant from which another attempt may start after the failed `last`; None if that is now."""
    if last is None or last.passed:
        return None
    again, now = may_start_again(last.closed_at, quiz.wait_minutes), utc_now()
    longest = now + timedelta(minutes=quiz.wait_minutes)  # further away it is since the server's clock was set back
    return again if again and now < again <= longest else None


def last_closed(person_id: int, quiz_id: int) -> Attempt | None:
    query = (
        select(Attempt)
        .where(Attempt.person_id == person_id, Attempt.quiz_id == quiz_id, Attempt.closed_at.is_not(None))
        .order_by(Attempt.number.desc())
        .limit(1)
    )
    return db.session.scalars(unscoped(query, _OWN)).one_or_none()


def _new_attempt(enrolment: Enrolment, quiz: Quiz) -> Attempt:
    count = select(func.coalesce(func.max(Attempt.number), 0)).where(
        Attempt.person_id == enrolment.person_id, Attempt.quiz_id == quiz.id
    )
    number = db.session.scalars(unscoped(count, _OWN)).one()
    attempt = Attempt(
        ticket=str(uuid.uuid4()),
        person_id=enrolment.person_id,
        enrolment_id=enrolment.id,
        quiz_id=quiz.id,
        number=number + 1,
        allowed=quiz.max_attempts,
        items=_draw(quiz),
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt


def _draw(quiz: Quiz) -> list[dict[str, object]]:
    rng, pools = random.SystemRandom(), fixed_quiz(quiz.id).pools
    counts: Counter[str] = Counter()
    for slot in quiz.slots:  # two slots of one category are one draw: none of its items may come twice
        counts[slot["category"]] += slot["draw"]
    drawn = [one for category, count in counts.items() for one in draw(pools[category], count, rng)]
    return [{"version_id": one.version_id, "key": one.key, "order": list(one.order)} for one in drawn]
