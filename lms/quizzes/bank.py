"""The bank: questions through their versions, and what an edition draws from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select

from lms.courses.models import Edition
from lms.db import db
from lms.quizzes.models import EditionItem, Question, QuestionVersion, Quiz

PASS_PERCENT = 80
WAIT_MINUTES = 10


def store_items(edition: Edition, category: str, bodies: Iterable[Mapping[str, Any]]) -> list[QuestionVersion]:
    """Put a module's items into the bank and the (still unpublished) edition. The same words keep their version."""
    versions = [_version(edition.course_id, category, dict(body)) for body in bodies]
    for position, version in enumerate(versions, 1):
        db.session.add(
            EditionItem(edition_id=edition.id, question_version_id=version.id, category=category, position=position)
        )
    db.session.flush()
    return versions


def store_quiz(edition: Edition, described: Mapping[str, Any], must_be_right: Iterable[str]) -> Quiz:
    """The quiz of an edition from its course.yaml: title, draw: [{module, count}], pass, wait_minutes, max_attempts."""
    quiz = Quiz(
        edition_id=edition.id,
        title=described.get("title") or edition.title,
        slots=[{"category": slot["module"], "draw": int(slot["count"])} for slot in described["draw"]],
        pass_percent=int(described.get("pass", PASS_PERCENT)),
        must_be_right=sorted(set(must_be_right)),
        max_attempts=described.get("max_attempts"),
        wait_minutes=int(described.get("wait_minutes", WAIT_MINUTES)),
    )
    db.session.add(quiz)
    db.session.flush()
    return quiz


def body_sha256(body: Mapping[str, Any]) -> str:
    """The identity of a wording: the same whatever the order of keys in the file."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _version(course_id: int, category: str, body: dict[str, Any]) -> QuestionVersion:
    question = _question(course_id, category, body["id"])
    sha256 = body_sha256(body)
    same = select(QuestionVersion).where(QuestionVersion.question_id == question.id, QuestionVersion.sha256 == sha256)
    known = db.session.scalars(same).one_or_none()
    if known is not None:
        return known
    last = select(func.coalesce(func.max(QuestionVersion.number), 0)).where(QuestionVersion.question_id == question.id)
    version = QuestionVersion(
        question_id=question.id,
        number=db.session.scalars(last).one() + 1,
        type=body["type"],
        body=json.loads(json.dumps(body, default=str)),
        sha256=sha256,
    )
    db.session.add(version)
    db.session.flush()
    return version


def _question(course_id: int, category: str, key: str) -> Question:
    question = db.session.scalars(
        select(Question).where(Question.course_id == course_id, Question.key == key)
    ).one_or_none()
    if question is None:
        question = Question(course_id=course_id, key=key, category=category)
        db.session.add(question)
        db.session.flush()
    return question
