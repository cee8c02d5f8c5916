"""What a hostile reader tried: to see the key early, to get past the limit, to slip something into an edition."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.courses.models import Edition, EditionFile, Lesson, Module
from lms.db import db
from lms.quizzes.models import EditionItem, QuestionVersion
from tests.certificates.people import Visitor
from tests.editions import CANARY
from tests.factories import Make
from tests.quizzes.learners import Learner, attempt_of, begin, begin_in, hand_in, new_learner, payload, wrong

pytestmark = pytest.mark.both
MOVES = {
    "module": "UPDATE module SET edition_id = :published WHERE edition_id = :draft",
    "file": "UPDATE edition_file SET edition_id = :published, path = 'x/' || path WHERE edition_id = :draft",
    "item": "UPDATE edition_item SET edition_id = :published WHERE edition_id = :draft",
    "lesson": "UPDATE lesson SET module_id = (SELECT min(id) FROM module WHERE edition_id = :published), "
    "position = position + 50 WHERE module_id IN (SELECT id FROM module WHERE edition_id = :draft)",
}


def copied(row: Any, *besides: str, **changed: Any) -> Any:
    """A new row like `row`, but for its id, what is left out and what is changed."""
    left_out = {"id", *besides, *changed}
    kept = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in left_out}
    return type(row)(**kept, **changed)


def first(model: Any, condition: Any) -> Any:
    return db.session.scalars(select(model).where(condition)).first()


def add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def draft_like(published: int) -> int:
    """A draft with one module, lesson, file and item, copied from the published edition."""
    with db.write():
        edition = db.session.get_one(Edition, published)
        draft = add(copied(edition, "number", "content_hash", "published_at", "published_by"))
        module = first(Module, Module.edition_id == published)
        own = add(copied(module, edition_id=draft.id, position=77))
        add(copied(first(Lesson, Lesson.module_id == module.id), module_id=own.id))
        add(copied(first(EditionFile, EditionFile.edition_id == published), edition_id=draft.id))
        item = first(EditionItem, EditionItem.edition_id == published)
        version = db.session.get_one(QuestionVersion, item.question_version_id)
        other = add(copied(version, number=99, sha256="f" * 64))
        add(copied(item, edition_id=draft.id, question_version_id=other.id))
        return int(draft.id)


@pytest.mark.parametrize("move", MOVES)
def test_nothing_is_moved_into_a_published_edition(app: Flask, make: Make, move: str) -> None:
    published = make.edition()
    ids = {"published": published, "draft": draft_like(published)}
    with pytest.raises(DBAPIError, match="published"), db.write():
        db.session.execute(text(MOVES[move]), ids)


@pytest.mark.attack("S20")
def test_the_limit_is_the_quizs_whatever_the_row_says(app: Flask, make: Make) -> None:
    make.edition(quiz={"max_attempts": 1, "wait_minutes": 0})
    learner = new_learner(make)
    hand_in(learner, payload(begin(learner), wrong))
    second = text(
        "INSERT INTO attempt (ticket, person_id, enrolment_id, quiz_id, number, allowed, items, started_at)"
        " SELECT 'another', person_id, enrolment_id, quiz_id, 2, NULL, items, started_at FROM attempt"
    )
    with pytest.raises(DBAPIError, match="limit"), db.write():
        db.session.execute(second)


def signed_in(app: Flask, learner: Learner) -> Visitor:
    app.config["WTF_CSRF_ENABLED"] = False
    return Visitor(app, learner.account_id)


@pytest.mark.attack("S19")
def test_an_old_result_keeps_its_answers_while_a_new_attempt_is_open(app: Flask, learner: Learner) -> None:
    ticket = begin(learner)
    hand_in(learner, payload(ticket, wrong))
    assert CANARY in signed_in(app, learner).get(f"/ket-qua/{ticket}").html
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        browser = signed_in(app, learner)
        second = begin_in(browser)
        page = browser.get(f"/ket-qua/{ticket}")
        assert CANARY not in page.html
        assert f'href="/lam-bai/{second}"' in page.html
        hand_in(learner, payload(second, wrong))
        assert CANARY in browser.get(f"/ket-qua/{ticket}").html


@pytest.mark.attack("S19")
def test_practice_waits_for_an_attempt_of_an_older_edition_too(app: Flask, make: Make, learner: Learner) -> None:
    with time_machine.travel(datetime(2026, 1, 10, 3, tzinfo=UTC)):
        hand_in(learner, payload(begin(learner)))
    with time_machine.travel(datetime(2027, 2, 10, 3, tzinfo=UTC)):
        browser = signed_in(app, learner)
        ticket = begin_in(browser)
        assert attempt_of(ticket).closed_at is None
        make.edition(lessons=3)
        browser.post("/khoa-hoc/k1", {})
        assert CANARY not in browser.get("/khoa-hoc/k1/bai/1/luyen-tap?cau=1&chon=b").html
