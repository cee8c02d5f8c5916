"""What a published edition fixed of its quiz, and of the paper about it: each process reads it once.

Nothing of this can change (triggers see to it), and each submission asks for it while others wait for the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from lms.certificates.course import CourseOnPaper
from lms.courses.models import Edition, Lesson, Module
from lms.courses.snapshot import practice_of
from lms.db import db
from lms.kept import kept
from lms.quizzes.items import PLAYABLE, Item, read_item
from lms.quizzes.models import EditionItem, QuestionVersion, Quiz

KEPT = 64
"""So many quizzes with their pools are kept in memory; then all are read anew."""


@dataclass(frozen=True)
class FixedQuiz:
    """`pools`: category → question version id → item, those that can be played, as the edition orders them.

    `course`: as it will be printed; its `started_on` is each learner's own and means nothing here.
    """

    pass_percent: int
    must_be_right: frozenset[str]
    pools: Mapping[str, Mapping[int, Item]]
    course: CourseOnPaper


def fixed_quiz(quiz_id: int) -> FixedQuiz:
    """The quiz of an attempt: attempts are made at published editions alone."""
    found: FixedQuiz = kept("quizzes: fixed", KEPT).or_make(quiz_id, lambda: _read(db.session.get_one(Quiz, quiz_id)))
    return found


def _read(quiz: Quiz) -> FixedQuiz:
    edition = db.session.get_one(Edition, quiz.edition_id)
    course = CourseOnPaper(
        code=edition.course.code,
        title=edition.title,
        edition=f"{edition.course.code} · {edition.number} · {edition.content_hash}",
        started_on=date.min,
        tiet_online=edition.tiet_online,
        tiet_in_person=edition.tiet_in_person,
        validity_months=edition.validity_months,
        approved_programme=edition.front.get("approved_programme") or "",
    )
    return FixedQuiz(quiz.pass_percent, frozenset(quiz.must_be_right), _pools(quiz), course)


def _pools(quiz: Quiz) -> dict[str, dict[int, Item]]:
    query = (
        select(EditionItem.category, QuestionVersion.id, QuestionVersion.body)
        .join(QuestionVersion, EditionItem.question_version_id == QuestionVersion.id)
        .where(EditionItem.edition_id == quiz.edition_id)
        .order_by(EditionItem.position)
    )
    pools: dict[str, dict[int, Item]] = {slot["category"]: {} for slot in quiz.slots}
    practised = _practised(quiz.edition_id)
    for category, version, body in db.session.execute(query):
        if category in pools and body["type"] in PLAYABLE:
            must = bool(body.get("must_be_right")) or body["id"] in quiz.must_be_right
            item = read_item(body | {"must_be_right": must})
            pools[category][version] = replace(item, practised=item.id in practised)
    return pools


def _practised(edition_id: int) -> set[str]:
    fronts = db.session.scalars(select(Lesson.front).join(Module).where(Module.edition_id == edition_id))
    return {key for front in fronts for key in practice_of(front)}
