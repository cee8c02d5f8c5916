"""S20: however many try at once, nobody gets beyond the attempt limit, and what was surplus is kept, not counted."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lms.db import db
from lms.quizzes.models import Attempt
from tests.certificates.people import Visitor
from tests.factories import Make
from tests.long import LONG
from tests.quizzes.learners import Learner, attempt_of, begin, count, hand_in, new_learner, payload, submissions, wrong

pytestmark = [pytest.mark.both, pytest.mark.attack("S20"), pytest.mark.timeout(1800 if LONG else 120)]
THREADS, LIMIT = 20, 4
# 20 as the plan says in the long run; 8 hold four rounds below the limit and four beyond it.
ROUNDS = 20 if LONG else 8
OURS = {"X-LHP": "1"}


def browsers(app: Flask, learner: Learner) -> list[FlaskClient]:
    """Twenty open pages of one signed-in device."""
    app.config["WTF_CSRF_ENABLED"] = False
    first = Visitor(app, learner.account_id).client
    cookie = first.get_cookie(app.config["SESSION_COOKIE_NAME"], domain="localhost")
    assert cookie is not None
    clients = [app.test_client() for _ in range(THREADS)]
    for client in clients:
        client.set_cookie(cookie.key, cookie.value, domain="localhost")
    return clients


def at_once(clients: list[FlaskClient], send: Any) -> list[Any]:
    """What `send(client, number)` got from each, all sent at one moment."""
    gate = Barrier(len(clients))

    def run(number: int) -> Any:
        gate.wait(timeout=30)
        return send(clients[number], number)

    db.session.rollback()
    with ThreadPoolExecutor(len(clients)) as pool:
        return list(pool.map(run, range(len(clients))))


def start(client: FlaskClient, _number: int) -> tuple[int, str]:
    answer = client.post("/khoa-hoc/k1/kiem-tra")
    return answer.status_code, answer.headers.get("Location", "")


def test_twenty_starts_round_after_round(app: Flask, make: Make) -> None:
    """By the form: while attempts are left all twenty come to the same one, afterwards all twenty are refused."""
    make.edition(quiz={"max_attempts": LIMIT, "wait_minutes": 0})
    learner = new_learner(make)
    clients = browsers(app, learner)
    for number in range(1, ROUNDS + 1):
        answers = at_once(clients, start)
        assert count(Attempt) == min(number, LIMIT)
        if number > LIMIT:
            assert Counter(status for status, _to in answers) == {409: THREADS}
            continue
        ((status, to),) = set(answers)
        assert status == 303
        hand_in(learner, payload(to.rsplit("/", 1)[1], wrong))


def test_twenty_devices_hand_in_the_last_attempt(app: Flask, make: Make) -> None:
    """By sync: one is counted; nineteen are kept whole, each with its receipt, and none of them is an attempt."""
    make.edition(quiz={"max_attempts": 1, "wait_minutes": 0})
    learner = new_learner(make)
    ticket = begin(learner)
    bodies = [{"id": str(uuid.uuid4()), **json.loads(payload(ticket, wrong))} for _ in range(THREADS)]

    def sync(client: FlaskClient, number: int) -> tuple[int, str]:
        answer = client.post("/api/v1/submissions", json=bodies[number], headers=OURS)
        return answer.status_code, answer.get_json()["receipt"]

    answers = at_once(browsers(app, learner), sync)
    assert Counter(status for status, _receipt in answers) == {200: 1, 202: THREADS - 1}
    kept = submissions()
    assert {row.receipt for row in kept} == {receipt for _status, receipt in answers}
    assert sorted(json.loads(row.body)["id"] for row in kept) == sorted(body["id"] for body in bodies)
    assert {row.reason for row in kept if row.state == "quarantined"} == {"closed-before"}
    assert (count(Attempt), attempt_of(ticket).passed) == (1, False)


def test_starting_and_handing_in_at_once_stays_within_the_limit(app: Flask, make: Make) -> None:
    """Ten hand in while ten start: whoever is let in gets one of the attempts that there are."""
    make.edition(quiz={"max_attempts": 2, "wait_minutes": 0})
    learner = new_learner(make)
    ticket = begin(learner)
    body = json.loads(payload(ticket, wrong))

    def press(client: FlaskClient, number: int) -> int:
        if number % 2:
            return start(client, number)[0]
        sent = {"id": str(uuid.uuid4()), **body}
        return client.post("/api/v1/submissions", json=sent, headers=OURS).status_code

    answers = at_once(browsers(app, learner), press)
    assert set(answers) <= {200, 202, 303}
    assert count(Attempt) <= 2
    assert Counter(answers)[200] == 1


ROW = (
    "INSERT INTO {table} (id, ticket, person_id, enrolment_id, quiz_id, number, allowed, items, started_at{more})"
    " SELECT {id}, 'ticket-{id}', person_id, enrolment_id, quiz_id, {number}, allowed, items, started_at{values}"
    " FROM attempt WHERE id = {first}"
)
CLOSED = {"more": ", closed_at, passed", "values": ", started_at, passed"}
OPEN = {"more": "", "values": ""}


@pytest.mark.parametrize(
    ("number", "how"),
    [(1, CLOSED), (2, CLOSED), (2, OPEN)],
    ids=["counted by two at once as the first", "one beyond the limit", "one more left open"],
)
def test_check_then_insert_is_stopped_by_the_database_alone(
    app: Flask, make: Make, number: int, how: dict[str, str]
) -> None:
    """What two requests would write that both counted before either wrote. In a table without our constraints, the
    negative control, the very same row goes in: without them the limit would be a hope."""
    make.edition(quiz={"max_attempts": 1, "wait_minutes": 0})
    learner = new_learner(make)
    ticket = begin(learner)
    hand_in(learner, payload(ticket, wrong))
    first = attempt_of(ticket).id
    values = {"id": first + 1, "first": first, "number": number} | how
    with pytest.raises(DBAPIError), db.write():
        db.session.execute(text(ROW.format(table="attempt", **values)))
    assert count(Attempt) == 1
    with db.write():
        db.session.execute(text("CREATE TABLE unguarded AS SELECT * FROM attempt"))
        db.session.execute(text(ROW.format(table="unguarded", **values)))
        assert db.session.scalar(text("SELECT count(*) FROM unguarded")) == 2
