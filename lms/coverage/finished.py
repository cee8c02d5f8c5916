"""Who has finished the lessons of a course of the plan and not tried its quiz: a reminder is all they need."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, func, select

from lms.chunks import chunks
from lms.courses.models import Course, Edition, Enrolment, Lesson, LessonProgress, Module
from lms.coverage.facts import Question, records_of
from lms.db import db
from lms.people.scope import unscoped
from lms.quizzes.models import Attempt


def finished_not_tried(question: Question, people: Collection[int], merged: Mapping[int, int]) -> set[int]:
    """Those of the people who have seen every lesson of an edition and opened no attempt.

    As the courses stand now, whatever the day of the question: it is about whom to write to. `merged`: as `merges()`
    gives it for these people. Read from each person's own rows: a country's progress is a hundred million of them.
    """
    whole = _lessons(question.requirement.courses)
    finished: set[int] = set()
    for some in chunks(records_of(people, merged)):
        rows = db.session.execute(unscoped(_open(some, whole), "people whose posts passed visible()"))
        finished |= {merged.get(record, record) for record, edition, seen in rows if seen >= whole[edition]}
    return finished


def _lessons(courses: Collection[str]) -> dict[int, int]:
    """edition → how many lessons it has."""
    query = (
        select(Module.edition_id, func.count())
        .join(Lesson, Lesson.module_id == Module.id)
        .join(Edition, Edition.id == Module.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(Course.code.in_(courses))
        .group_by(Module.edition_id)
    )
    return dict(db.session.execute(query).all())


def _open(records: Collection[int], editions: Collection[int]) -> Select[Any]:
    """(person, edition, lessons seen) of what is begun and not completed, without an attempt."""
    seen = select(func.count()).where(LessonProgress.enrolment_id == Enrolment.id).correlate(Enrolment)
    return select(Enrolment.person_id, Enrolment.edition_id, seen.scalar_subquery()).where(
        Enrolment.person_id.in_(records),
        Enrolment.edition_id.in_(list(editions)),
        Enrolment.completed_on.is_(None),
        ~select(Attempt.id).where(Attempt.enrolment_id == Enrolment.id).exists(),
    )
