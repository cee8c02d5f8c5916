"""Who has finished the lessons of a course of the plan and not tried its quiz: a reminder is all they need."""

from __future__ import annotations

from sqlalchemy import func, select

from lms.courses.models import Course, Edition, Enrolment, Lesson, LessonProgress, Module
from lms.coverage.facts import Question
from lms.db import db
from lms.people.scope import unscoped
from lms.quizzes.models import Attempt


def finished_not_tried(question: Question, merged: dict[int, int]) -> set[int]:
    """Ids (of who they are after merges) of people who have seen every lesson of an edition and opened no attempt.

    As the courses stand now, whatever the day of the question: it is about whom to write to.
    """
    lessons = (
        select(Module.edition_id, func.count().label("many"))
        .join(Lesson, Lesson.module_id == Module.id)
        .group_by(Module.edition_id)
        .subquery()
    )
    done = select(LessonProgress.enrolment_id, func.count().label("many")).group_by(LessonProgress.enrolment_id)
    seen = done.subquery()
    query = (
        select(Enrolment.person_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .join(lessons, lessons.c.edition_id == Edition.id)
        .join(seen, seen.c.enrolment_id == Enrolment.id)
        .where(
            Course.code.in_(question.requirement.courses),
            Enrolment.completed_on.is_(None),
            seen.c.many >= lessons.c.many,
            ~select(Attempt.id).where(Attempt.enrolment_id == Enrolment.id).exists(),
        )
    )
    found = db.session.scalars(unscoped(query, "joined to posts that passed visible()"))
    return {merged.get(person, person) for person in found}
