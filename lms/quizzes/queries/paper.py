"""An attempt under way: one item at a time, and the overview before handing in. Nothing here tells what is right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.access import Viewer
from lms.courses.models import Course, Edition
from lms.courses.shown import rendered
from lms.db import db
from lms.quizzes.attempts import items_of, own_attempt, steps_of
from lms.quizzes.items import Item
from lms.quizzes.models import Attempt, Quiz, Submission
from lms.quizzes.wording import inline, option_text


@dataclass(frozen=True)
class Choice:
    id: str
    text: Markup
    chosen: bool


@dataclass(frozen=True)
class ItemPage:
    """One item as this learner sees it. No key, feedback, points or mark of must-be-right belongs in here."""

    ticket: str
    quiz_title: str
    place: int
    places: int
    lang: str
    stem: Markup
    scenario: Markup
    content_note: str
    several: bool
    choices: tuple[Choice, ...]
    saved_at: datetime | None

    @property
    def answered(self) -> bool:
        return any(choice.chosen for choice in self.choices)


@dataclass(frozen=True)
class Overview:
    """What is answered before handing in; `waiting`: a handing-in that could not be marked and waits for a person."""

    ticket: str
    quiz_title: str
    answered: tuple[int, ...]
    unanswered: tuple[int, ...]
    saved_at: datetime | None
    waiting: Submission | None

    @property
    def places(self) -> list[int]:
        return sorted((*self.answered, *self.unanswered))


def item_page(viewer: Viewer, ticket: str, place: int, lang: str) -> ItemPage | None:
    """The item at `place` (from 1) of the viewer's attempt; None once it is closed; 404 for no such place."""
    attempt = own_attempt(viewer, ticket)
    if attempt.closed_at is not None:
        return None
    if not 1 <= place <= len(attempt.items):
        raise NotFound
    item = items_of(attempt, lang)[place - 1]
    step = next((step for step in reversed(steps_of(attempt)) if step.item == place), None)
    chosen = step.answer if step else []
    return ItemPage(
        ticket=ticket,
        quiz_title=_quiz(attempt).title,
        place=place,
        places=len(attempt.items),
        lang=item.lang,
        stem=inline(item.stem),
        scenario=rendered(item.scenario, item.lang, {}) if item.scenario else Markup(""),
        content_note=item.content_note,
        several=item.type == "multiple",
        choices=tuple(_choices(item, attempt.items[place - 1]["order"], chosen)),
        saved_at=step.recorded_at if step and chosen else None,
    )


def overview(viewer: Viewer, ticket: str) -> Overview | None:
    """None once the attempt is closed."""
    attempt = own_attempt(viewer, ticket)
    if attempt.closed_at is not None:
        return None
    steps = steps_of(attempt)
    last = {step.item: step.answer for step in steps}
    answered = tuple(place for place in range(1, len(attempt.items) + 1) if last.get(place))
    return Overview(
        ticket=ticket,
        quiz_title=_quiz(attempt).title,
        answered=answered,
        unanswered=tuple(place for place in range(1, len(attempt.items) + 1) if place not in answered),
        saved_at=steps[-1].recorded_at if steps else None,
        waiting=waiting_submission(viewer, ticket),
    )


def waiting_submission(viewer: Viewer, ticket: str) -> Submission | None:
    """The viewer's last handing-in of this attempt that nobody could mark and nobody has decided on yet."""
    wanted = (
        select(Submission)
        .where(
            Submission.ticket == ticket,
            Submission.account_id == viewer.account_id,
            Submission.state == "quarantined",
            Submission.decision.is_(None),
        )
        .order_by(Submission.id.desc())
        .limit(1)
    )
    return db.session.scalars(wanted).one_or_none()


def course_code_of(attempt: Attempt) -> str:
    wanted = (
        select(Course.code)
        .join(Edition, Edition.course_id == Course.id)
        .join(Quiz, Quiz.edition_id == Edition.id)
        .where(Quiz.id == attempt.quiz_id)
    )
    return db.session.scalars(wanted).one()


def _quiz(attempt: Attempt) -> Quiz:
    return db.session.get_one(Quiz, attempt.quiz_id)


def _choices(item: Item, order: list[Any], chosen: list[Any]) -> list[Choice]:
    options = {option.id: option for option in item.options}
    return [Choice(name, option_text(item, options[name]), name in chosen) for name in order]
