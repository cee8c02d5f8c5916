"""The verbs of learning. Each may be done twice (a double tap, two phones): the second changes nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from lms.audit.operations import record
from lms.courses.models import Course, Edition, Enrolment, Lesson, LessonProgress, Module
from lms.db import db, insert_if_missing, utc_now
from lms.people.scope import unscoped
from lms.text.dates import local_today
from lms.web.refusals import Refusal


def enrol(person_id: int, course: Course) -> Enrolment:
    """The person's enrolment: the one under way, on whatever edition; else one on the newest edition.

    `Refusal` if the course has no published edition.
    """
    under_way = _enrolments(person_id, course, Enrolment.completed_on.is_(None))
    if under_way is not None:
        return under_way
    newest = select(Edition.id).where(Edition.course_id == course.id, Edition.number.is_not(None))
    edition_id = db.session.scalar(newest.order_by(Edition.number.desc()).limit(1))
    if edition_id is None:
        raise Refusal(_("Khóa học này chưa phát hành, nên chưa học được."))
    began = local_today(utc_now())
    new = insert_if_missing(Enrolment, person_id=person_id, edition_id=edition_id, started_on=began)
    enrolment = _enrolments(person_id, course, Enrolment.edition_id == edition_id)
    if enrolment is None:
        raise LookupError("an enrolment that was just written is not there")
    if new:
        record("enrolment.started", f"enrolment:{enrolment.id}", edition=edition_id)
    return enrolment


def open_lesson(enrolment: Enrolment, lesson_id: int) -> None:
    """Set the point to resume at. ValueError for a lesson that is not in the enrolment's edition."""
    _require_own(enrolment, lesson_id)
    enrolment.resume_lesson_id = lesson_id


def finish_lesson(enrolment: Enrolment, lesson_id: int) -> None:
    """The lesson is finished, or passed by: it looks the same, so nobody can see who skipped which screen."""
    _require_own(enrolment, lesson_id)
    insert_if_missing(LessonProgress, enrolment_id=enrolment.id, lesson_id=lesson_id)


def mark_completed(enrolment: Enrolment, on: date) -> None:
    """The course is passed; a later pass of the same edition (a renewal) moves the day on, never back."""
    if enrolment.completed_on is None or enrolment.completed_on < on:
        enrolment.completed_on = on
        record("enrolment.completed", f"enrolment:{enrolment.id}", on=on.isoformat())


def _enrolments(person_id: int, course: Course, condition: Any) -> Enrolment | None:
    wanted = (
        select(Enrolment)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .where(Enrolment.person_id == person_id, Edition.course_id == course.id, condition)
        .order_by(Enrolment.id.desc())
        .limit(1)
    )
    return db.session.scalars(unscoped(wanted, "the enrolment a verb is about to act on")).one_or_none()


def _require_own(enrolment: Enrolment, lesson_id: int) -> None:
    edition_id = select(Module.edition_id).join(Lesson, Lesson.module_id == Module.id).where(Lesson.id == lesson_id)
    if db.session.scalar(edition_id) != enrolment.edition_id:
        raise ValueError(f"lesson {lesson_id} is not in the edition of enrolment {enrolment.id}")
