"""Going on without what comes before: a certificate by address, by API, twice, or by somebody who has left."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.accounts import operations as accounts
from lms.accounts.operations import visits
from lms.certificates.models import Achievement, Certificate
from lms.courses.models import Edition, Enrolment, LessonProgress
from lms.db import db
from lms.people.scope import unscoped
from lms.quizzes import attempts
from lms.quizzes.decisions import judge_again
from lms.quizzes.models import Attempt
from tests.accounts.conftest import Accounts
from tests.certificates.people import HERE, Page, Visitor
from tests.factories import Make
from tests.quizzes.learners import (
    Learner,
    begin,
    begin_in,
    count,
    new_learner,
    nothing_won,
    payload,
    submissions,
)

both = pytest.mark.both
OURS = {"X-LHP": "1", "Content-Type": "application/json"}
QUIZ = "/khoa-hoc/k1/kiem-tra"


@pytest.fixture
def course(app: Flask, make: Make) -> int:
    app.config["WTF_CSRF_ENABLED"] = False
    return make.edition()


def send(browser: Visitor, body: str | dict[str, Any]) -> Page:
    sent = body if isinstance(body, dict) else json.loads(body)
    return browser.post("/api/v1/submissions", json.dumps({"id": str(uuid.uuid4())} | sent), headers=OURS)


def unenrolled(app: Flask, make: Make) -> Visitor:
    return Visitor(app, make.account(person_id=make.person("Huỳnh Thị Út")))


@both
@pytest.mark.attack("S66")
def test_who_never_began_the_course_gets_no_quiz(app: Flask, make: Make, course: int) -> None:
    """Neither by the address of its start, of its lessons, nor by a ticket made up for the API."""
    browser = unenrolled(app, make)
    assert browser.post(QUIZ).status in (404, 409)
    assert browser.post("/khoa-hoc/k1/bai/1/xong").location == "/khoa-hoc/k1"
    assert send(browser, {"ticket": str(uuid.uuid4()), "answers": []}).status == 202
    assert (count(Attempt), count(Enrolment), count(LessonProgress)) == (0, 0, 0) and nothing_won()


@both
@pytest.mark.attack("S66")
def test_every_lesson_comes_before_the_quiz_by_whatever_address(app: Flask, make: Make, course: int) -> None:
    """Said again and again, with fields of a later step, and for lessons that there are not."""
    learner = new_learner(make, lessons=1)
    browser = Visitor(app, learner.account_id)
    for data in ({}, {"finished": "1"}, {"lessons": "done", "force": "1", "passed": "1"}):
        assert browser.post(QUIZ, data).status == 409
    for n in (0, 3, 99, 2**62):
        assert browser.post(f"/khoa-hoc/k1/bai/{n}/xong").status == 404
    assert browser.get("/khoa-hoc/k1/bai/2/xong").status == 405
    assert browser.post(QUIZ).status == 409
    assert (count(Attempt), count(LessonProgress)) == (0, 1) and nothing_won()
    browser.post("/khoa-hoc/k1/bai/2/xong")
    assert browser.post(QUIZ).status == 303, "the other way round: with the last lesson it opens"


@pytest.mark.attack("S66")
@pytest.mark.parametrize("guard", ["_refuse_unfinished", "_refuse_too_early"])
def test_without_the_checks_the_step_could_be_skipped(
    app: Flask, make: Make, course: int, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    missing = {"lessons": 1} if guard == "_refuse_unfinished" else {"identity": None}
    browser = Visitor(app, new_learner(make, **missing).account_id)  # type: ignore[arg-type]
    assert browser.post(QUIZ).status == 409
    monkeypatch.setattr(attempts, guard, lambda *given: None)
    assert browser.post(QUIZ).status == 303


@both
@pytest.mark.attack("S66")
def test_a_pass_that_stands_is_not_won_again(app: Flask, make: Make, course: int) -> None:
    """The book of certificates must not be filled by one learner: not by starting anew, nor by handing in again."""
    learner = new_learner(make)
    browser = Visitor(app, learner.account_id)
    ticket = begin_in(browser)
    whole = payload(ticket)
    assert send(browser, whole).status == 200
    for _ in range(3):
        assert browser.post(QUIZ).status == 409
        assert send(browser, whole).status == 202
        assert (
            browser.post(f"/lam-bai/{ticket}/nop", {"client_id": str(uuid.uuid4()), "unanswered": "99"}).status == 303
        )
        assert browser.post(f"/lam-bai/{ticket}/1", {"choice": "a"}).status == 303
    assert (count(Attempt), count(Achievement), count(Certificate)) == (1, 1, 1)


@both
@pytest.mark.attack("S66")
def test_no_address_of_a_learner_makes_a_certificate(app: Flask, make: Make, course: int) -> None:
    """Every route that changes something, with the names of what one would like to have."""
    learner = new_learner(make)
    browser = Visitor(app, learner.account_id)
    ticket = begin_in(browser)
    wishes = {
        "passed": "1",
        "score": "100",
        "course": "k1",
        "code": "k1",
        "certificate": "1",
        "completed_on": "2026-11-24",
    }
    left_out = {"accounts.sign_out", "accounts.end_everywhere", "quizzes.hand_in"}
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and rule.endpoint not in left_out:
            with app.test_request_context():
                values = {name: {"ticket": ticket, "code": "k1"}.get(name, 1) for name in rule.arguments}
                url = app.url_map.bind("localhost").build(rule.endpoint, values)
            assert browser.post(url, wishes).status < 500, url
    assert nothing_won()


# ── somebody who has left ────────────────────────────────────────────────


def close(learner: Learner) -> None:
    with Accounts.acting(), db.write():
        accounts.close_account(learner.account_id)


@both
@pytest.mark.attack("S66")
def test_late_work_of_a_closed_account_is_kept_and_not_counted(app: Flask, make: Make, course: int) -> None:
    """She finished on the bus, and left her post before the phone found a line: nothing is lost, a person decides."""
    learner = new_learner(make)
    browser = Visitor(app, learner.account_id)
    late = {"id": str(uuid.uuid4())} | json.loads(payload(begin(learner)))
    close(learner)
    for _ in range(2):
        told = send(browser, late)
        assert (told.status, told.answer.get_json()["state"]) == (202, "quarantined")
    (kept,) = submissions()
    assert (kept.state, kept.reason, kept.account_id) == ("quarantined", "account-closed", learner.account_id)
    assert nothing_won()
    office = Visitor(app, make.account("Người Mẫu", capability="trainer", unit=HERE))
    assert kept.receipt in office.get("/bai-cho-xu-ly").main, "it is seen by who may decide"
    act_as(SYSTEM)
    with db.write():
        judge_again(kept.receipt)
    assert (count(Achievement), count(Certificate)) == (1, 1)


@both
@pytest.mark.attack("S66")
def test_late_work_on_an_edition_that_was_replaced_counts_for_that_edition(app: Flask, make: Make, course: int) -> None:
    """She began under the first edition; the second, with another lesson, came out while her phone had no line: what
    she hands in is judged as what she was given, and the paper says which edition it was."""
    learner = new_learner(make)
    late = payload(begin(learner))
    newer = make.edition(lessons=3)
    assert send(Visitor(app, learner.account_id), late).status == 200
    (won,) = db.session.scalars(unscoped(select(Achievement), "test")).all()
    first, second = (db.session.get_one(Edition, one).content_hash for one in (course, newer))
    assert str(first) in won.edition and str(second) not in won.edition


@pytest.mark.attack("S66")
def test_a_closed_account_enters_nowhere_else(app: Flask, make: Make, course: int) -> None:
    """Nor does a visit that merely ended: whoever signed out signs in again, and the phone keeps what it has."""
    learner, other = new_learner(make), new_learner(make)
    browser, ended = Visitor(app, learner.account_id), Visitor(app, other.account_id)
    whole = payload(begin(other))
    close(learner)
    with db.write():
        visits.end_sessions_of(other.account_id)
    assert [browser.get(path).status for path in ("/viec-cua-toi", "/tai-khoan", QUIZ)] == [401] * 3
    assert browser.get("/api/v1/courses/k1/package").status == 401
    refused = send(ended, whole)
    assert refused.status == 401 and refused.answer.mimetype == "application/problem+json"
    assert submissions() == []
    assert send(Visitor(app, other.account_id), whole).status == 200
    with Accounts.acting(), db.write():
        accounts.reopen_account(learner.account_id)
    assert send(browser, whole).status == 401, "the sign-in of before stays dead"


@both
@pytest.mark.attack("S66")
def test_what_was_read_stays_on_the_edition_it_was_read_in(app: Flask, make: Make, course: int) -> None:
    """A newer edition with another lesson and quiz: the steps done in the old one open nothing in the new."""
    learner = new_learner(make)
    browser = Visitor(app, learner.account_id)
    with db.write() as session:
        session.execute(text("UPDATE enrolment SET completed_on = '2025-01-01'"))
    make.edition(lessons=3)
    browser.post("/khoa-hoc/k1", {})
    assert browser.post(QUIZ).status == 409
    assert count(Attempt) == 0 and nothing_won()
