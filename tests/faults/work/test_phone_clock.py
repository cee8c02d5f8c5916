"""A phone's clock is a claim (safety.md F9): kept as it was sent, and without any say in what the server notes."""

from __future__ import annotations

import contextvars
import json
import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.certificates.models import Achievement, Certificate
from lms.db import at_time, db, utc_now
from lms.people.scope import unscoped
from lms.text.dates import local_today
from tests.certificates.people import Visitor
from tests.factories import Make
from tests.quizzes.learners import attempt_of, begin, hand_in, new_learner, payload, submissions

pytestmark = pytest.mark.both
NOW = datetime.now(UTC)


def moment(**shift: float) -> str:
    return (NOW + timedelta(**shift)).isoformat()


def zone(hours: int) -> str:
    return NOW.astimezone(timezone(timedelta(hours=hours))).isoformat()


CLAIMS: dict[str, dict[str, Any]] = {
    "ten years back": {"finished_at": moment(days=-3650), "completed_on": moment(days=-3650)[:10]},
    "a day back": {"finished_at": moment(days=-1), "started_at": moment(days=-1, hours=-1)},
    "a day ahead": {"finished_at": moment(days=1), "received_at": moment(days=1)},
    "three years ahead": {"finished_at": moment(days=1095), "closed_at": moment(days=1095)},
    "ends before it begins": {"started_at": moment(), "finished_at": moment(hours=-5)},
    "jumps during the quiz": {"steps": [{"item": 1, "at": moment(days=day)} for day in (0, 400, -400)]},
    "fourteen hours east": {"finished_at": zone(14), "tz": "Pacific/Kiritimati"},
    "twelve hours west": {"finished_at": zone(-12), "tz": "Etc/GMT+12"},
    "29 February": {"finished_at": "2027-02-29T10:00:00+07:00", "completed_on": "2028-02-29"},
    "after 2038": {"finished_at": 2147483648, "started_at": "2038-01-19T03:14:08Z"},
    "the first second": {"finished_at": 0, "started_at": -1},
    "no time at all": {"finished_at": "hôm qua", "started_at": None, "recorded_at": 1e308},
}


def send(app: Flask, account_id: int, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Through the door that phones use."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = Visitor(app, account_id).client
    post = contextvars.Context().run
    answer = post(client.post, "/api/v1/submissions", json=body, headers={"X-LHP": "1"})
    db.session.rollback()
    return answer.status_code, answer.get_json()


@pytest.mark.attack("S25")
def test_no_claim_moves_what_the_server_notes(app: Flask, make: Make) -> None:
    make.edition()
    for what, claim in CLAIMS.items():
        learner = new_learner(make)
        before = utc_now()
        ticket = begin(learner)
        body = json.loads(payload(ticket)) | {"id": str(uuid.uuid4())} | claim
        status, told = send(app, learner.account_id, body)
        after, attempt, kept = utc_now(), attempt_of(ticket), submissions()[-1]
        assert (status, told["state"], attempt.passed) == (200, "accepted", True), what
        assert attempt.closed_at is not None
        assert before <= attempt.started_at <= kept.received_at <= attempt.closed_at <= after, what
        assert json.loads(kept.body) == body, "the claim is kept"
        won = select(Achievement).where(Achievement.person_id == learner.person_id)
        achieved = db.session.scalars(unscoped(won, "test")).one()
        assert achieved.completed_on in {local_today(before), local_today(after)}, what
        assert before <= achieved.recorded_at <= after, what
    cards = db.session.execute(unscoped(select(Certificate.completed_on, Certificate.issued_on), "test")).all()
    assert len(cards) == len(CLAIMS) and {row.issued_on - row.completed_on for row in cards} <= {timedelta(0)}


def test_the_servers_clock_does(make: Make) -> None:
    """The control: what no phone moves is moved by the server's own time."""
    make.edition()
    learner = new_learner(make)
    later = utc_now() + timedelta(days=2)
    with at_time(later):
        assert hand_in(learner, payload(begin(learner))).state == "accepted"
    achieved = db.session.scalars(unscoped(select(Achievement), "test")).one()
    assert achieved.completed_on == local_today(later)
