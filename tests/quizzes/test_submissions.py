"""The inbox: what arrived is kept whole, counted once, and waits for a person where it cannot be counted."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import TooManyRequests

from lms.accounts.models import Account
from lms.certificates.models import Achievement, Certificate
from lms.db import db
from lms.people.models import IdentityCheck
from lms.people.scope import unscoped
from lms.quizzes import judging
from lms.quizzes import submissions as inbox
from lms.quizzes.attempts import save_answer
from lms.quizzes.models import AttemptStep, ItemResult, Submission
from tests.certificates.people import Visitor
from tests.factories import Make
from tests.quizzes.learners import (
    Learner,
    acting,
    attempt_of,
    begin,
    count,
    hand_in,
    items,
    new_learner,
    nothing_won,
    payload,
    right,
    submissions,
    wrong,
)

pytestmark = pytest.mark.both


STRAY = json.dumps({"ticket": str(uuid.UUID(int=4)), "answers": []})
"""What names a ticket of nobody."""


def broken(*args: object) -> None:
    raise ValueError("máy in hỏng")


def test_a_pass_brings_achievement_and_certificate_at_once(learner: Learner) -> None:
    ticket = begin(learner)
    receipt = hand_in(learner, payload(ticket))
    assert (receipt.state, receipt.ticket) == ("accepted", ticket)
    achievement = db.session.scalars(unscoped(select(Achievement), "test")).one()
    assert (achievement.person_id, achievement.source) == (learner.person_id, f"attempt:{ticket}")
    assert count(Certificate) == 1
    assert attempt_of(ticket).passed is True


def test_who_said_the_name_is_wrong_passes_and_the_paper_waits(edition: int, make: Make) -> None:
    waits = new_learner(make, identity="wrong")
    hand_in(waits, payload(begin(waits)))
    assert (count(Achievement), count(Certificate), count(IdentityCheck)) == (1, 0, 1)


@pytest.mark.attack("S24")
def test_the_same_again_gets_the_same_receipt(learner: Learner) -> None:
    body, client_id = payload(begin(learner)), str(uuid.uuid4())
    first, second = hand_in(learner, body, client_id), hand_in(learner, body, client_id)
    assert first == second
    assert (len(submissions()), count(Achievement), count(Certificate)) == (1, 1, 1)


@pytest.mark.attack("S24")
def test_other_content_under_one_id_is_kept_beside_it(learner: Learner) -> None:
    ticket, client_id = begin(learner), str(uuid.uuid4())
    good, other = payload(ticket), payload(ticket, wrong)
    states = [hand_in(learner, body, client_id).state for body in (good, other, other)]
    assert states == ["accepted", "conflict", "conflict"]
    assert [one.body for one in submissions()] == [good, other]
    assert attempt_of(ticket).passed is True


def test_what_raises_is_kept_and_can_be_judged_later(
    learner: Learner, trainer: Callable[[], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = begin(learner)
    body = payload(ticket)
    with monkeypatch.context() as patched:
        patched.setattr(judging, "judge", broken)
        receipt = hand_in(learner, body)
    kept = submissions()[0]
    assert (receipt.state, kept.body, kept.state) == ("quarantined", body, "quarantined")
    assert "máy in hỏng" in (kept.reason or "")
    assert count(AttemptStep) == 0
    assert attempt_of(ticket).closed_at is None

    office = trainer()
    listed = office.get("/bai-cho-xu-ly")
    assert receipt.code in listed.main
    assert "Huỳnh" not in office.get(f"/bai-cho-xu-ly/{receipt.code}").html
    assert ticket in office.get(f"/bai-cho-xu-ly/{receipt.code}").main
    assert office.post(f"/bai-cho-xu-ly/{receipt.code}", {"decision": "judge"}).location == "/bai-cho-xu-ly"
    judged = submissions()[0]
    assert (judged.state, judged.decision, judged.body) == ("accepted", "judged", body)
    assert (judged.decided_by or "").startswith("account:")
    assert judged.decided_at is not None
    assert attempt_of(ticket).passed is True
    assert (count(Achievement), count(Certificate)) == (1, 1)
    assert "Không có bài nào đang chờ" in office.get("/bai-cho-xu-ly").main


def test_a_certificate_that_fails_takes_the_whole_pass_back(
    learner: Learner, browser: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = begin(learner)
    with monkeypatch.context() as patched:
        patched.setattr("lms.certificates.operations.issue", broken)
        receipt = hand_in(learner, payload(ticket))
    assert receipt.state == "quarantined"
    assert nothing_won()
    assert (count(ItemResult), attempt_of(ticket).passed) == (0, None)
    waiting = browser.get(f"/ket-qua/{ticket}")
    assert "Đã nhận bài, chưa chấm được" in waiting.main
    assert receipt.code in waiting.main
    assert receipt.code in browser.get(f"/lam-bai/{ticket}/nop").main


def test_what_still_cannot_be_counted_is_kept_uncounted(learner: Learner, trainer: Callable[[], Visitor]) -> None:
    ticket = begin(learner)
    hand_in(learner, payload(ticket))
    late = hand_in(learner, payload(ticket, wrong))
    assert late.state == "quarantined"
    office = trainer()
    refused = office.post(f"/bai-cho-xu-ly/{late.code}", {"decision": "judge"})
    assert (refused.status, "đã nộp và chấm trước đó" in refused.main) == (409, True)
    assert submissions()[1].decision is None
    office.post(f"/bai-cho-xu-ly/{late.code}", {"decision": "keep"})
    kept = submissions()[1]
    assert (kept.decision, kept.state) == ("kept", "quarantined")
    assert office.post(f"/bai-cho-xu-ly/{late.code}", {"decision": "keep"}).status == 409
    assert count(Achievement) == 1


@pytest.mark.attack("S60")
def test_who_sends_without_end_what_cannot_be_counted_keeps_it_on_the_device(
    learner: Learner, make: Make, trainer: Callable[[], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not what can be counted, not what was sent already, not others, and only until some of it is decided."""
    monkeypatch.setattr(inbox, "MOST_UNDECIDED", 3)
    ids = [str(uuid.uuid4()) for _ in range(3)]
    kept = [hand_in(learner, STRAY, client_id) for client_id in ids]
    assert {receipt.state for receipt in kept} == {"quarantined"}
    with pytest.raises(TooManyRequests):
        hand_in(learner, STRAY)
    assert len(submissions()) == 3
    assert hand_in(learner, STRAY, ids[0]) == kept[0]
    assert hand_in(learner, payload(begin(learner))).state == "accepted"
    assert hand_in(new_learner(make), STRAY).state == "quarantined"
    trainer().post(f"/bai-cho-xu-ly/{kept[0].code}", {"decision": "keep"})
    assert hand_in(learner, STRAY).state == "quarantined"


def test_a_learner_decides_nothing(learner: Learner, browser: Visitor) -> None:
    ticket = begin(learner)
    late = [hand_in(learner, payload(ticket)), hand_in(learner, payload(ticket, wrong))][1]
    for answer in (
        browser.get("/bai-cho-xu-ly"),
        browser.get(f"/bai-cho-xu-ly/{late.code}"),
        browser.post(f"/bai-cho-xu-ly/{late.code}", {"decision": "judge"}),
    ):
        assert answer.status == 403


@pytest.mark.attack("S23")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ticket": "4f8f5b7e-3d0e-4b11-9f0a-0a0f4a5f2c11"}, "not-own-ticket"),
        ({"ticket": 7}, "no-ticket"),
        ({"answers": {"item": 1}}, "answers-shape"),
        ({"answers": [{"item": True, "answer": ["a"]}]}, "answers-shape"),
        ({"answers": [{"item": 99, "answer": ["a"]}]}, "not-of-item"),
        ({"answers": [{"item": -1, "answer": ["a"]}]}, "not-of-item"),
        ({"answers": [{"item": 1, "answer": ["zz"]}]}, "not-of-item"),
        ({"answers": [{"item": 1, "answer": [["a"]]}]}, "not-of-item"),
    ],
)
def test_tampered_work_is_kept_and_not_counted(learner: Learner, change: dict[str, object], reason: str) -> None:
    ticket = begin(learner)
    receipt = hand_in(learner, json.dumps({"ticket": ticket, "answers": []} | change))
    assert (receipt.state, submissions()[0].reason) == ("quarantined", reason)
    assert attempt_of(ticket).closed_at is None
    assert count(AttemptStep) == 0


@pytest.mark.attack("S24")
def test_nobody_hands_in_for_another(learner: Learner, make: Make) -> None:
    ticket = begin(learner)
    other = new_learner(make)
    assert hand_in(other, payload(ticket)).state == "quarantined"
    assert attempt_of(ticket).closed_at is None
    assert nothing_won()


@pytest.mark.attack("S22")
def test_a_score_from_a_phone_is_never_read(learner: Learner) -> None:
    ticket = begin(learner)
    claims = {"passed": True, "points": 10, "score": 100, "person_id": 1, "number": 1, "closed_at": "2020-01-01"}
    hand_in(learner, payload(ticket, wrong, **claims))
    attempt = attempt_of(ticket)
    assert (attempt.passed, nothing_won()) == (False, True)
    assert attempt.closed_at is not None
    assert attempt.closed_at.year > 2020


def test_no_answer_is_taken_after_the_end(learner: Learner) -> None:
    ticket = begin(learner)
    hand_in(learner, payload(ticket, wrong))
    with pytest.raises(Exception, match="đã nộp rồi"), acting(learner) as viewer:
        save_answer(viewer, ticket, 1, right(items(ticket)[0]))
    assert attempt_of(ticket).passed is False


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE attempt_step SET item = 2",
        "DELETE FROM attempt_step",
        "UPDATE item_result SET points = 99",
        "UPDATE attempt SET points = 99",
        "DELETE FROM attempt",
        "UPDATE submission SET body = '{}'",
        "DELETE FROM submission",
        "INSERT INTO attempt_step (attempt_id, seq, item, answer, recorded_at) "
        "SELECT id, 99, 1, '[]', closed_at FROM attempt",
    ],
)
def test_the_database_itself_keeps_what_was_answered(learner: Learner, statement: str) -> None:
    hand_in(learner, payload(begin(learner)))
    with pytest.raises(DBAPIError), db.write() as session:
        session.execute(text(statement))


def test_a_changed_mind_is_a_further_step(learner: Learner) -> None:
    ticket = begin(learner)
    first = items(ticket)[0]
    for answer in (wrong(first), wrong(first), right(first)):
        with acting(learner) as viewer:
            save_answer(viewer, ticket, 1, answer)
    steps = db.session.scalars(select(AttemptStep).order_by(AttemptStep.seq)).all()
    assert [step.answer for step in steps] == [wrong(first), right(first)]


def test_whose_account_it_was_stays_known(learner: Learner) -> None:
    hand_in(learner, payload(begin(learner)))
    sender = select(Account.person_id).join(Submission, Submission.account_id == Account.id)
    assert db.session.scalar(unscoped(sender, "test")) == learner.person_id
