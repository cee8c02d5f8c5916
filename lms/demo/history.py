"""A year of the invented area, lived through the product's own operations at the times when things happened."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from lms.access import Viewer
from lms.access.current import act_as, viewer
from lms.accounts.models import Account
from lms.accounts.operations.register import create_account
from lms.certificates.course import CourseOnPaper
from lms.certificates.operations import birth_of, record_achievement
from lms.courses.enrolments import enrol
from lms.courses.models import Course, Enrolment, Lesson, LessonProgress, Module
from lms.db import at_time, db
from lms.people.models import IdentityCheck, Person
from lms.people.scope import unscoped
from lms.quizzes.attempts import items_of, start_attempt
from lms.quizzes.items import Item
from lms.quizzes.models import Attempt, Quiz
from lms.quizzes.submissions import receive_submission
from lms.text.dates import show_birth

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CLASS_TIET = Decimal(8)


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)


def hold_class(people: Sequence[int], on: date, ward: str, organiser: int) -> None:
    """A day's class in a meeting hall, entered that evening by the organiser's account."""
    operator = viewer()
    act_as(Viewer(account_id=organiser))
    course = CourseOnPaper(
        "lop-pcblgd", "Lớp tập huấn phòng, chống bạo lực gia đình", "", on, Decimal(0), CLASS_TIET, 12
    )
    with at_time(moment(on, 17)), db.write():
        for person in people:
            source = f"demo-class:{ward}:{on.isoformat()}:{person}"
            record_achievement(person, "class", course, completed_on=on, source=source)
    act_as(operator)


@dataclass
class Learner:
    """Somebody who takes the course on a phone; `skill`: the chance of a right answer."""

    person_id: int
    skill: float


class OnlineCourse:
    """The published course as demo learners take it."""

    def __init__(self, code: str, rng: random.Random) -> None:
        self.rng = rng
        self.course = db.session.scalars(select(Course).where(Course.code == code)).one()

    def take(self, learner: Learner, on: date) -> bool:
        """Enrol, finish the lessons, sit the quiz (again after a failure, up to three times). Returns: passed."""
        operator = viewer()
        start = moment(on, self.rng.randint(6, 20), self.rng.randint(0, 50))
        with at_time(start), db.write():
            account_id = _account_of(learner.person_id)
            enrolment = self._study(learner.person_id)
            enrolment_id = enrolment.id
        act_as(Viewer(account_id=account_id, person_id=learner.person_id))
        try:
            return any(
                self._sit(learner, enrolment_id, start + timedelta(minutes=25 + 30 * again), again)
                for again in range(3)
            )
        finally:
            act_as(operator)

    def begin(self, person_id: int, lessons: int, on: date) -> None:
        """Start the course and leave after some lessons."""
        with at_time(moment(on)), db.write():
            self._study(person_id, lessons)

    def _study(self, person_id: int, lessons: int | None = None) -> Enrolment:
        enrolment = enrol(person_id, self.course)
        ids = db.session.scalars(
            select(Lesson.id)
            .join(Module, Module.id == Lesson.module_id)
            .where(Module.edition_id == enrolment.edition_id)
            .order_by(Module.position, Lesson.position)
        ).all()
        done = set(
            db.session.scalars(select(LessonProgress.lesson_id).where(LessonProgress.enrolment_id == enrolment.id))
        )
        new = [{"enrolment_id": enrolment.id, "lesson_id": one} for one in ids[:lessons] if one not in done]
        if new:
            db.session.execute(insert(LessonProgress), new)
        _confirm_identity(person_id)
        db.session.flush()
        return enrolment

    def _sit(self, learner: Learner, enrolment_id: int, at: datetime, again: int) -> bool:
        who = viewer()
        with at_time(at), db.write():
            query = select(Enrolment).where(Enrolment.id == enrolment_id)
            enrolment = db.session.scalars(unscoped(query, "the demo learner's own")).one()
            quiz = db.session.scalars(select(Quiz).where(Quiz.edition_id == enrolment.edition_id)).one()
            attempt = start_attempt(who, enrolment, quiz)
            body = self._body(attempt, learner.skill + 0.15 * again)
            receive_submission(who, str(uuid.UUID(int=self.rng.getrandbits(128), version=4)), body)
            closed = select(Attempt.passed).where(Attempt.id == attempt.id)
            return bool(db.session.scalar(unscoped(closed, "the demo learner's own")))

    def _body(self, attempt: Attempt, skill: float) -> str:
        """What a phone sends that was without a signal: all answers at once."""
        chosen = [self._choice(item, skill) for item in items_of(attempt)]
        answers = [{"item": place, "answer": answer} for place, answer in enumerate(chosen, 1)]
        return json.dumps({"ticket": attempt.ticket, "answers": answers, "finish": True})

    def _choice(self, item: Item, skill: float) -> list[str]:
        if self.rng.random() < (max(skill, 0.97) if item.must_be_right else skill):
            return sorted(item.right)
        wrong = [option.id for option in item.options if not option.correct]
        if item.type == "multiple":
            return sorted({*item.right, self.rng.choice(wrong)})
        return [self.rng.choice(wrong)]


def _account_of(person_id: int) -> int:
    query = unscoped(select(Account.id).where(Account.person_id == person_id), "the demo learner's own account")
    found = db.session.scalar(query)
    if found is None:
        found = create_account(person_id=person_id).id
    return found


def _confirm_identity(person_id: int) -> None:
    query = unscoped(select(Person).where(Person.id == person_id), "the demo learner")
    person = db.session.scalars(query).one()
    born = birth_of(person)
    db.session.add(
        IdentityCheck(
            person_id=person_id,
            answer="right",
            full_name=person.full_name,
            birth_text=show_birth(born) if born else "",
        )
    )
