"""POST /api/v1/submissions: strict about its shape, blind to scores, closed to other sites."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from flask import Flask

from lms.api.submissions import LONGEST_BODY, MOST_AT_ONCE
from lms.certificates.models import Achievement
from tests.certificates.people import Page, Visitor
from tests.quizzes.learners import Learner, attempt_of, begin, count, payload, submissions, wrong

URL = "/api/v1/submissions"
OURS = {"X-LHP": "1", "Content-Type": "application/json"}


def send(browser: Visitor, body: Any, **headers: str) -> Page:
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return browser.post(URL, data, headers=OURS | {name.replace("_", "-"): value for name, value in headers.items()})


def one(ticket: str, client_id: str = "", **more: Any) -> dict[str, Any]:
    return {"id": client_id or str(uuid.uuid4()), **json.loads(payload(ticket)), **more}


@pytest.mark.both
def test_accepted_known_conflict_and_quarantined(learner: Learner, browser: Visitor) -> None:
    ticket = begin(learner)
    sent = one(ticket, score=0, passed=False)
    first = send(browser, sent)
    told = first.answer.get_json()
    assert (first.status, told["state"], told["id"]) == (200, "accepted", sent["id"])
    again = send(browser, dict(reversed(sent.items())))
    assert (again.status, again.answer.get_json()) == (200, told)
    other = send(browser, sent | {"answers": []})
    assert (other.status, other.answer.get_json()["state"]) == (409, "conflict")
    late = send(browser, one(ticket))
    assert (late.status, late.answer.get_json()["state"]) == (202, "quarantined")
    assert [row.state for row in submissions()] == ["accepted", "conflict", "quarantined"]
    assert attempt_of(ticket).passed is True
    assert count(Achievement) == 1


@pytest.mark.both
def test_of_many_each_has_its_own_answer(learner: Learner, browser: Visitor) -> None:
    ticket = begin(learner)
    good, stray = one(ticket), one(ticket) | {"ticket": str(uuid.uuid4())}
    answer = send(browser, [stray, good])
    assert answer.status == 202
    assert [(told["id"], told["state"]) for told in answer.answer.get_json()] == [
        (stray["id"], "quarantined"),
        (good["id"], "accepted"),
    ]


def test_a_score_that_is_sent_is_kept_and_not_read(learner: Learner, browser: Visitor) -> None:
    ticket = begin(learner)
    sent = {"id": str(uuid.uuid4()), **json.loads(payload(ticket, wrong)), "score": 100, "passed": True}
    assert send(browser, sent).status == 200
    assert attempt_of(ticket).passed is False
    assert json.loads(submissions()[0].body) == sent


MALFORMED = [
    b"",
    b"\xff\xfe",
    b"[]",
    b"null",
    b'"text"',
    b"{",
    b"[" * 100_000,
    b'{"id": NaN}',
    b"1" * 5000,
    b'{"ticket": "t", "ticket": "t", "answers": [], "id": "26e8b8e6-3766-4179-947b-f04a1f04042a"}',
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
@pytest.mark.attack("S63")
def test_what_is_no_submission_is_refused_and_not_stored(browser: Visitor, body: bytes) -> None:
    answer = send(browser, body)
    assert answer.status == 400
    assert answer.answer.mimetype == "application/problem+json"
    assert submissions() == []


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": 5},
        {"id": "1"},
        {"id": str(uuid.uuid1())},
        {"id": "26E8B8E6-3766-4179-947B-F04A1F04042A"},
        {"ticket": None},
        {"ticket": ["t"]},
        {"answers": None},
        {"answers": {}},
        {"answers": [1]},
        {"answers": [{"item": "1", "answer": []}]},
        {"answers": [{"item": True, "answer": []}]},
        {"answers": [{"item": 1.0, "answer": []}]},
        {"answers": [{"item": 1, "answer": "a"}]},
        {"answers": [{"item": 1, "answer": [1]}]},
    ],
)
def test_wrong_types_are_refused(browser: Visitor, change: dict[str, Any]) -> None:
    good = {"id": str(uuid.uuid4()), "ticket": "t", "answers": []}
    assert send(browser, good | change).status == 400
    assert send(browser, [good, good | change]).status == 400
    assert submissions() == []


@pytest.mark.both
@pytest.mark.parametrize("ticket", ["\x00", "\ud800", "t" * 500, "'; DROP TABLE attempt; --"])
def test_a_ticket_that_is_none_waits_for_a_person(browser: Visitor, ticket: str) -> None:
    sent = {"id": str(uuid.uuid4()), "ticket": ticket, "answers": []}
    assert send(browser, sent).status == 202
    assert json.loads(submissions()[0].body) == sent


@pytest.mark.attack("S60")
def test_too_much_at_once_is_refused(browser: Visitor) -> None:
    good = {"id": str(uuid.uuid4()), "ticket": "t", "answers": []}
    assert send(browser, [good] * (MOST_AT_ONCE + 1)).status == 400
    assert send(browser, good | {"note": "x" * LONGEST_BODY}).status == 413
    assert submissions() == []


@pytest.mark.attack("S64")
def test_only_our_own_pages_can_send(app: Flask, learner: Learner, browser: Visitor) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    ticket = begin(learner)
    for headers in ({"X_LHP": "0"}, {"Origin": "https://xau.example"}, {"Sec_Fetch_Site": "cross-site"}):
        assert send(browser, one(ticket), **headers).status == 403
    assert Visitor(app).post(URL, json.dumps(one(ticket)), headers=OURS).status == 401
    assert submissions() == []
    assert send(browser, one(ticket), Origin="http://localhost", Sec_Fetch_Site="same-origin").status == 200
