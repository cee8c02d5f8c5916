"""Short ways through a quiz by its real operations."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from lms.access import Viewer
from lms.access.current import act_as
from lms.certificates.models import Achievement, Certificate
from lms.courses import enrolments
from lms.courses.models import Course, Enrolment, Lesson, Module
from lms.db import Base, db
from lms.people.models import IdentityCheck
from lms.people.scope import unscoped
from lms.quizzes.attempts import items_of, start_attempt
from lms.quizzes.items import Item
from lms.quizzes.models import Attempt, Quiz, Submission
from lms.quizzes.submissions import Receipt, receive_submission
from tests.certificates.people import HAMLET, Page, Visitor
from tests.factories import Make


@dataclass(frozen=True)
class Learner:
    person_id: int
    account_id: int

    @property
    def viewer(self) -> Viewer:
        return Viewer(account_id=self.account_id, person_id=self.person_id)


def new_learner(make: Make, *, lessons: int | None = None, identity: str | None = "right") -> Learner:
    """Enrolled, with `lessons` finished (default: all), and an answer on the printed name."""
    person = make.person("Huỳnh Thị Út", birth_date=date(1971, 1, 1), birth_precision="year", sex="nu")
    make.assignment(person, "CTV_DS", HAMLET, date(2025, 7, 1))
    account = make.account("Huỳnh Thị Út", person_id=person)
    with db.write() as session:
        enrolment = enrolments.enrol(person, session.scalars(select(Course)).one())
        query = select(Lesson.id).join(Module).where(Module.edition_id == enrolment.edition_id)
        for lesson_id in session.scalars(query.order_by(Lesson.position)).all()[:lessons]:
            enrolments.finish_lesson(enrolment, lesson_id)
        if identity:
            session.add(IdentityCheck(person_id=person, answer=identity, full_name="Huỳnh Thị Út", birth_text="1971"))
    return Learner(person, account)


@contextmanager
def acting(learner: Learner) -> Iterator[Viewer]:
    act_as(learner.viewer)
    with db.write():
        yield learner.viewer


def begin(learner: Learner) -> str:
    """The ticket of a new attempt, or of the open one."""
    with acting(learner) as viewer:
        query = unscoped(select(Enrolment).where(Enrolment.person_id == learner.person_id), "test")
        enrolment = db.session.scalars(query).one()
        quiz = db.session.scalars(select(Quiz).where(Quiz.edition_id == enrolment.edition_id)).one()
        return start_attempt(viewer, enrolment, quiz).ticket


def attempt_of(ticket: str) -> Attempt:
    db.session.rollback()
    query = select(Attempt).where(Attempt.ticket == ticket).execution_options(populate_existing=True)
    return db.session.scalars(unscoped(query, "test")).one()


def items(ticket: str) -> list[Item]:
    return items_of(attempt_of(ticket))


def right(item: Item) -> list[str]:
    return sorted(item.right)


def wrong(item: Item) -> list[str]:
    return [next(option.id for option in item.options if not option.correct)]


Answering = Callable[[Item], list[str]]


def payload(ticket: str, answering: Answering = right, **more: Any) -> str:
    """A finishing body with an answer to every item."""
    answers = [{"item": place, "answer": answering(item)} for place, item in enumerate(items(ticket), 1)]
    return json.dumps({"ticket": ticket, "answers": answers, **more})


def hand_in(learner: Learner, body: str, client_id: str = "") -> Receipt:
    with acting(learner) as viewer:
        return receive_submission(viewer, client_id or str(uuid.uuid4()), body)


def count(model: type[Base]) -> int:
    db.session.rollback()
    return db.session.scalar(unscoped(select(func.count()).select_from(model), "test")) or 0


def nothing_won() -> bool:
    return count(Achievement) == 0 and count(Certificate) == 0


def submissions() -> list[Submission]:
    db.session.rollback()
    query = select(Submission).order_by(Submission.id).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def begin_in(browser: Visitor) -> str:
    """Press "Bắt đầu làm bài"; the ticket."""
    started = browser.post("/khoa-hoc/k1/kiem-tra")
    assert started.status == 303, started.main
    return started.location.rsplit("/", 1)[1]


def hidden(page: Page, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.html)
    assert found, name
    return found[1]
