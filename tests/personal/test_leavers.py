"""Who has left, and who only seems to: whoever learns or signs in is still here."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.courses.models import Enrolment, LessonProgress
from lms.db import db, utc_now
from lms.operate.retention.leavers import leavers
from lms.people.scope import unscoped
from lms.quizzes.attempts import save_answer
from lms.quizzes.models import Attempt
from tests.factories import Make
from tests.personal.lives import Life, Ward
from tests.quizzes.learners import acting, hand_in, items, right

pytestmark = pytest.mark.both
ASKED = date(2021, 5, 1)


def test_who_counts_as_having_left(app: Flask, make: Make) -> None:
    ward, end = Ward(make, 5), date(2020, 3, 31)
    left = ward.live(date(2019, 1, 1), end)
    runs = ward.live(date(2019, 1, 1), None)
    office = ward.live(date(2019, 1, 1), end, "office")
    learns = ward.live(date(2020, 3, 1), end, "report", "report", "win")  # won after the post had ended
    root, merged = ward.live(date(2019, 1, 1), None), ward.live(date(2019, 1, 1), end)
    ward.merge(merged, root, date(2020, 6, 1))
    assert leavers("contact", date(2021, 3, 30)) == set()
    assert leavers("contact", date(2021, 3, 31)) == {left.learner.person_id}
    assert leavers("contact", date(2021, 6, 30)) == {left.learner.person_id, learns.learner.person_id}
    ids = {one.learner.person_id for one in (runs, office, root, merged)}
    assert leavers("person", date(2090, 1, 1)).isdisjoint(ids)


def _failed(life: Life, ward: Ward) -> None:
    ward.let(life, "fail")


def _visited(life: Life, ward: Ward) -> None:
    ward.let(life, "visit")


def _went_on(life: Life, ward: Ward) -> None:
    """One more answer in an attempt that was begun long ago."""
    with acting(life.learner) as viewer:
        ticket = db.session.scalars(unscoped(select(Attempt.ticket), "test")).one()
        save_answer(viewer, ticket, 2, right(items(ticket)[1]))


def _read_a_lesson(life: Life, ward: Ward) -> None:
    """A lesson of the edition that was begun long ago."""
    enrolment = select(Enrolment.id).where(Enrolment.person_id == life.learner.person_id)
    with db.write() as session:
        enrolment_id = session.scalars(unscoped(enrolment, "test")).one()
        one = select(LessonProgress.lesson_id).where(LessonProgress.enrolment_id == enrolment_id).limit(1)
        last = update(LessonProgress).where(LessonProgress.enrolment_id == enrolment_id)
        session.execute(last.where(LessonProgress.lesson_id == one.scalar_subquery()).values(completed_at=utc_now()))


def _sent_late_work(life: Life, ward: Ward) -> None:
    """Answers to an attempt that there is not: kept, not counted."""
    body = json.dumps({"ticket": "0" * 36, "answers": []})
    assert hand_in(life.learner, body).state == "quarantined"


@pytest.mark.parametrize("did", [_failed, _went_on, _read_a_lesson, _sent_late_work, _visited])
def test_who_learns_or_signs_in_is_still_here(app: Flask, make: Make, did: Callable[[Life, Ward], None]) -> None:
    ward, began, ended = Ward(make, 11), date(2019, 1, 1), date(2020, 3, 31)
    idle = ward.live(began, ended).learner.person_id
    life = ward.live(began, ended, *(["begin"] if did is _went_on else []))
    both = {idle, life.learner.person_id}
    assert leavers("contact", ASKED) == both
    with ward.on(ASKED - timedelta(days=1)):
        did(life, ward)
    assert leavers("contact", ASKED) == {idle}
    assert leavers("contact", date(2022, 4, 29)) == {idle}
    assert leavers("contact", date(2022, 4, 30)) == both, "twelve months after that, to the day"
