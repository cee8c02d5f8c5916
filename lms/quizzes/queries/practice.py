"""Practice inside a lesson: its items one by one with their feedback at once. Nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import select

from lms.access import Viewer
from lms.courses.law import cite_all, law_table
from lms.courses.pages import Under
from lms.courses.queries import current_enrolment
from lms.courses.shown import rendered
from lms.courses.snapshot import LessonView
from lms.db import db
from lms.quizzes.items import PLAYABLE, Item, read_item
from lms.quizzes.models import EditionItem, Question, QuestionVersion
from lms.quizzes.queries.paper import Choice
from lms.quizzes.queries.under_way import open_ticket
from lms.quizzes.rules import acceptable
from lms.quizzes.wording import feedback_text, inline, option_text


@dataclass(frozen=True)
class PracticePage:
    """`right` None until the learner has chosen; then `said` are the words to the chosen and the right options."""

    code: str
    lesson: LessonView
    following: LessonView | None
    place: int
    places: int
    lang: str
    stem: Markup
    scenario: Markup
    content_note: str
    several: bool
    choices: tuple[Choice, ...]
    right: bool | None
    said: tuple[tuple[Markup, Markup], ...]
    better: tuple[Markup, ...]
    citations: tuple[str, ...]


@dataclass(frozen=True)
class Closed:
    """No practice while the quiz is being taken: it would tell the answers. `ticket` leads back to it."""

    ticket: str


def practice_page(
    viewer: Viewer, code: str, position: int, place: int, answer: Sequence[str], lang: str
) -> PracticePage | Closed | None:
    """Item `place` (from 1) of a lesson's practice; None without an enrolment or without such an item."""
    under = current_enrolment(viewer, code)
    if under is None:
        return None
    lesson = under.edition.lesson(position)
    ticket = open_ticket(viewer, code)
    if ticket is not None:
        return Closed(ticket)
    items = _items(under, lesson, lang)
    if not 1 <= place <= len(items):
        return None
    item = items[place - 1]
    chosen = list(answer) if answer and acceptable(item, answer) else []
    said = [option for option in item.options if chosen and (option.id in chosen or option.correct)]
    return PracticePage(
        code=code,
        lesson=lesson,
        following=under.edition.after(lesson),
        place=place,
        places=len(items),
        lang=item.lang,
        stem=inline(item.stem),
        scenario=rendered(item.scenario, item.lang, {}) if item.scenario else Markup(""),
        content_note=item.content_note,
        several=item.type == "multiple",
        choices=tuple(Choice(one.id, option_text(item, one), one.id in chosen) for one in item.options),
        right=frozenset(chosen) == item.right if chosen else None,
        said=tuple(
            (option_text(item, option), rendered(feedback_text(item, option, chosen), lang, {})) for option in said
        ),
        better=tuple(option_text(item, option) for option in said if option.correct),
        citations=tuple(cite_all(law_table(), item.law)) if chosen else (),
    )


def _items(under: Under, lesson: LessonView, lang: str) -> list[Item]:
    """The playable items that the lesson names, in its order."""
    query = (
        select(Question.key, QuestionVersion.body)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .join(EditionItem, EditionItem.question_version_id == QuestionVersion.id)
        .where(EditionItem.edition_id == under.edition.id, Question.key.in_(lesson.practice))
    )
    bodies = {row.key: row.body for row in db.session.execute(query)}
    named = [bodies[key] for key in lesson.practice if key in bodies]
    return [read_item(body, lang) for body in named if body["type"] in PLAYABLE]
