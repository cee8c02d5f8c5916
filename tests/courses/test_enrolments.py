"""Learning: done twice changes nothing, and a learner stays on the edition she began. On both databases."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.access import Viewer
from lms.courses import enrolments, operations, queries
from lms.courses.models import Course, Edition, Enrolment, LessonProgress
from lms.db import db
from lms.people.scope import unscoped
from lms.web.refusals import Refusal
from tests.courses.conftest import Files
from tests.courses.test_operations import changed, import_, publish

pytestmark = pytest.mark.both


def the_course() -> Course:
    return db.session.scalars(select(Course)).one()


def enrol(learner: Viewer) -> Enrolment:
    assert learner.person_id is not None
    with db.write():
        return enrolments.enrol(learner.person_id, the_course())


def count(model: type[Enrolment] | type[LessonProgress]) -> int:
    return db.session.scalar(unscoped(select(func.count()).select_from(model), "a test counts")) or 0


def lesson_id(edition: Edition, position: int) -> int:
    from lms.courses.snapshot import edition_view

    return edition_view(edition.id).lesson(position).id


def test_enrolling_twice_is_enrolling_once(published: Edition, learner: Viewer) -> None:
    first, second = enrol(learner), enrol(learner)
    assert first.id == second.id
    assert first.edition_id == published.id
    assert count(Enrolment) == 1


def test_a_course_without_an_edition_cannot_be_begun(gold: Files, app: Flask, learner: Viewer) -> None:
    import_(gold)
    with pytest.raises(Refusal, match="chưa phát hành"):
        enrol(learner)


def test_a_learner_under_way_stays_on_her_edition(gold: Files, published: Edition, learner: Viewer) -> None:
    enrol(learner)
    newer = publish(import_(changed(gold)))
    assert enrol(learner).edition_id == published.id
    place = queries.lesson_place(learner, "k1", 1, "vi")
    assert place is not None
    assert queries.lesson_page(place).title == "Ai phải báo tin?"
    enrolment = enrol(learner)
    with db.write():
        enrolments.mark_completed(enrolment, date(2026, 11, 24))
    assert enrol(learner).edition_id == newer.id


def test_finishing_a_lesson_twice_is_finishing_it_once(published: Edition, learner: Viewer) -> None:
    enrolment = enrol(learner)
    for _ in range(2):
        with db.write():
            enrolments.finish_lesson(enrolment, lesson_id(published, 1))
    assert count(LessonProgress) == 1


def test_two_taps_at_once_finish_a_lesson_once(app: Flask, published: Edition, learner: Viewer) -> None:
    enrolment = enrol(learner)
    wanted, enrolment_id = lesson_id(published, 1), enrolment.id
    start = threading.Barrier(2)
    failed: list[BaseException] = []

    def tap() -> None:
        with app.app_context():
            try:
                start.wait(10)
                with db.write() as session:
                    found = select(Enrolment).where(Enrolment.id == enrolment_id)
                    enrolments.finish_lesson(session.scalars(unscoped(found, "a test")).one(), wanted)
            except BaseException as error:
                failed.append(error)

    threads = [threading.Thread(target=tap) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    db.session.rollback()  # this thread still reads what was there before
    assert failed == []
    assert count(LessonProgress) == 1


def test_a_lesson_of_another_edition_is_no_lesson_of_hers(gold: Files, published: Edition, learner: Viewer) -> None:
    enrolment = enrol(learner)
    newer = publish(import_(changed(gold)))
    for act in (enrolments.finish_lesson, enrolments.open_lesson):
        with pytest.raises(ValueError, match="not in the edition"), db.write():
            act(enrolment, lesson_id(newer, 1))


def test_a_renewal_moves_the_day_of_completion_on_but_never_back(published: Edition, learner: Viewer) -> None:
    enrolment = enrol(learner)
    for day, wanted in (
        (date(2026, 3, 1), date(2026, 3, 1)),
        (date(2026, 2, 1), date(2026, 3, 1)),
        (date(2027, 2, 1), date(2027, 2, 1)),
    ):
        with db.write():
            enrolments.mark_completed(enrolment, day)
        assert enrolment.completed_on == wanted


def test_what_was_read_leaves_no_trace_in_the_audit(published: Edition, learner: Viewer) -> None:
    """No page-by-page tracking (domain.md §6): only that the course was begun and completed."""
    from lms.audit.models import AuditEntry

    enrolment = enrol(learner)
    with db.write():
        enrolments.finish_lesson(enrolment, lesson_id(published, 1))
        enrolments.open_lesson(enrolment, lesson_id(published, 2))
    about = select(AuditEntry.action).where(AuditEntry.subject == f"enrolment:{enrolment.id}")
    assert list(db.session.scalars(about)) == ["enrolment.started"]


def test_the_exports_of_the_operations_module_are_these_verbs() -> None:
    """The authoring and quizzes rooms may call everything from `operations`."""
    assert operations.enrol is enrolments.enrol
    assert operations.mark_completed is enrolments.mark_completed
