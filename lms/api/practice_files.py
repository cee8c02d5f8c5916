"""Practice to take along. An item that a quiz of the course could ever draw goes without its key and its feedback.

Online, practice is closed while an attempt is open; a file on a phone cannot be closed. So only items that no quiz
draws from carry what is right and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lms.courses.law import cite_all, law_table
from lms.courses.models import Course, Edition
from lms.courses.shown import rendered
from lms.courses.snapshot import EditionView, LessonView
from lms.db import db
from lms.quizzes.items import PLAYABLE, Item, Option, read_item
from lms.quizzes.models import EditionItem, Question, QuestionVersion, Quiz
from lms.quizzes.wording import feedback_text, inline, option_text


@dataclass(frozen=True)
class Assessed:
    """What any quiz of a course asks, or could: whole categories, and single items."""

    categories: frozenset[str]
    keys: frozenset[str]

    def __contains__(self, item: Found) -> bool:
        return item.key in self.keys or not self.categories.isdisjoint(item.categories)


@dataclass(frozen=True)
class Found:
    """An item of an edition; `categories`: all that it stands under, in the bank, here, and by its own name."""

    key: str
    categories: frozenset[str]
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Practice:
    """The items that an edition's lessons name for practice."""

    found: Mapping[str, Found]
    assessed: Assessed

    def items(self, lesson: LessonView, lang: str) -> list[dict[str, Any]]:
        """The lesson's playable items in its order."""
        named = [self.found[key] for key in lesson.practice if key in self.found]
        return [
            _told(read_item(one.body, lang), lang, keyed=one not in self.assessed)
            for one in named
            if one.body["type"] in PLAYABLE
        ]


def practice_of(edition: EditionView, assessed: Assessed) -> Practice:
    query = (
        select(Question.key, Question.category, EditionItem.category.label("here"), QuestionVersion.body)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .join(EditionItem, EditionItem.question_version_id == QuestionVersion.id)
        .where(EditionItem.edition_id == edition.id)
    )
    found = {
        row.key: Found(row.key, frozenset((row.category, row.here, row.key.rpartition("-")[0])), row.body)
        for row in db.session.execute(query)
    }
    return Practice(found, assessed)


def assessed_in(code: str) -> Assessed:
    """By every quiz of the course: a learner may come to another edition, and a draft becomes one."""
    of_course = (
        select(Quiz.slots, Quiz.must_be_right)
        .join(Edition, Edition.id == Quiz.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(Course.code == code)
    )
    quizzes = db.session.execute(of_course).all()
    return Assessed(
        frozenset(slot["category"] for quiz in quizzes for slot in quiz.slots),
        frozenset(key for quiz in quizzes for key in quiz.must_be_right),
    )


def _told(item: Item, lang: str, *, keyed: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": item.type,
        "stem": str(inline(item.stem)),
        "scenario": str(rendered(item.scenario, lang, {})) if item.scenario else "",
        "content_note": item.content_note,
        "keyed": keyed,
        "options": [_option(item, option, lang, keyed) for option in item.options],
    }
    return told | ({"law": cite_all(law_table(), item.law)} if keyed else {})


def _option(item: Item, option: Option, lang: str, keyed: bool) -> dict[str, Any]:
    told = {"id": option.id, "text": str(option_text(item, option))}
    if not keyed:
        return told
    feedback = {
        "feedback": str(rendered(feedback_text(item, option, [option.id]), lang, {})),
        "correct": option.correct,
    }
    return told | feedback
