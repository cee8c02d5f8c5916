"""The page before a quiz: what it asks, and what stands between the learner and its start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from sqlalchemy import select

from lms.access import Viewer
from lms.courses.models import Enrolment
from lms.courses.pages import Card
from lms.courses.queries import course_card
from lms.courses.snapshot import LessonView
from lms.db import db
from lms.people.scope import visible
from lms.quizzes.attempts import last_closed, open_attempt, waits_until
from lms.quizzes.models import Attempt, Quiz

State = Literal["lessons", "under_way", "done", "used_up", "wait", "ready"]


@dataclass(frozen=True)
class Intro:
    """`left`: lessons to finish first; `last`: the last attempt that was closed; `again_at`: when the wait is over."""

    MOST_NAMED: ClassVar = 5
    """Lessons left that the page names; a whole course of them would be a page of eleven screens."""

    code: str
    title: str
    questions: int
    needed: int
    must_be_right: bool
    wait_minutes: int
    left: tuple[LessonView, ...]
    opened: Attempt | None
    last: Attempt | None
    again_at: datetime | None
    used_up: bool
    valid_until: date | None

    @property
    def state(self) -> State:
        """What the one big button can be; the first that holds, in this order."""
        if self.opened:
            return "under_way"
        if self.valid_until:
            return "done"
        if self.left:
            return "lessons"
        if self.used_up:
            return "used_up"
        return "wait" if self.again_at else "ready"


def quiz_intro(viewer: Viewer, code: str) -> Intro | None:
    """None where the viewer has no enrolment, or its edition no quiz. 404 for a course that is none."""
    card = course_card(viewer, code)
    quiz = quiz_of(card)
    if quiz is None or card.under is None or viewer.person_id is None:
        return None
    last = last_closed(viewer.person_id, quiz.id)
    questions = sum(slot["draw"] for slot in quiz.slots)
    return Intro(
        code=code,
        title=quiz.title,
        questions=questions,
        needed=-(-questions * quiz.pass_percent // 100),
        must_be_right=bool(quiz.must_be_right),
        wait_minutes=quiz.wait_minutes,
        left=tuple(one for one in card.under.edition.lessons if one.id not in card.under.finished_ids),
        opened=open_attempt(viewer.person_id, quiz.id),
        last=last,
        again_at=waits_until(last, quiz),
        used_up=last is not None and quiz.max_attempts is not None and last.number >= quiz.max_attempts,
        valid_until=card.valid_until if card.standing == "done" else None,
    )


def quiz_of(card: Card) -> Quiz | None:
    """The quiz of the edition that the learner is on."""
    if card.under is None:
        return None
    return db.session.scalars(select(Quiz).where(Quiz.edition_id == card.under.edition.id)).one_or_none()


def enrolment_of(viewer: Viewer, card: Card) -> Enrolment:
    """The row behind the card's enrolment, as an operation wants it."""
    wanted = select(Enrolment).where(Enrolment.id == (card.under.enrolment_id if card.under else None))
    return db.session.scalars(visible(viewer, wanted, of=Enrolment)).one()
