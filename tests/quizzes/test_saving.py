"""A connection, a session, a script: what happens to the answer under the finger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lms.accounts import hashing
from lms.accounts.models import Account
from lms.db import db
from lms.people.scope import unscoped
from lms.quizzes.attempts import answers_of
from tests.certificates.people import Visitor
from tests.quizzes.learners import Learner, attempt_of, begin_in, hidden, items, right

JSON = {"Accept": "application/json"}
PIN = "482913"


@pytest.fixture
def with_pin(learner: Learner) -> Learner:
    with db.write() as session:
        query = unscoped(select(Account).where(Account.id == learner.account_id), "test")
        session.scalars(query).one().pin_hash = hashing.hash_secret(PIN)
    return learner


def test_the_script_is_told_when_it_was_saved(browser: Visitor) -> None:
    ticket = begin_in(browser)
    chosen = right(items(ticket)[0])
    with time_machine.travel(datetime.now(UTC), tick=False):
        told = browser.post(f"/lam-bai/{ticket}/1", {"choice": chosen}, headers=JSON).answer.get_json()
    assert told["closed"] is False
    assert len(told["saved"]) == 5
    assert answers_of(attempt_of(ticket)) == {1: chosen}
    nothing = browser.post(f"/lam-bai/{ticket}/1", {}, headers=JSON).answer.get_json()
    assert nothing == {"closed": False, "saved": ""}
    assert answers_of(attempt_of(ticket)) == {1: chosen}


@pytest.mark.parametrize("choice", [["zz"], ["a", "b"], ["\x00"], [""], ["a" * 10_000]])
def test_what_is_no_option_is_refused_and_changes_nothing(browser: Visitor, choice: list[str]) -> None:
    ticket = begin_in(browser)
    place = next(place for place, item in enumerate(items(ticket), 1) if item.type == "single")
    refused = browser.post(f"/lam-bai/{ticket}/{place}", {"choice": choice})
    assert refused.status == 400
    assert answers_of(attempt_of(ticket)) == {}
    for url in (f"/lam-bai/{ticket}/0", f"/lam-bai/{ticket}/11", "/lam-bai/khong-co/1"):
        assert browser.get(url).status == 404


@pytest.mark.both
def test_a_session_that_ends_in_the_middle_loses_no_answer(app: Flask, with_pin: Learner) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with time_machine.travel(datetime(2027, 3, 1, 7, 0, tzinfo=UTC), tick=False) as clock:
        browser = Visitor(app, with_pin.account_id)
        ticket = begin_in(browser)
        chosen = right(items(ticket)[0])
        clock.shift(timedelta(minutes=30))
        stopped = browser.post(f"/lam-bai/{ticket}/1", {"choice": chosen, "next": "1"})
        assert stopped.status == 401
        assert answers_of(attempt_of(ticket)) == {}
        assert hidden(stopped, "choice") == chosen[0]
        went_on = browser.post(f"/lam-bai/{ticket}/1", {"choice": chosen, "next": "1", "unlock_pin": PIN})
        assert went_on.location.endswith(f"/lam-bai/{ticket}/2")
        assert answers_of(attempt_of(ticket)) == {1: chosen}
        clock.shift(timedelta(minutes=30))
        assert browser.post(f"/lam-bai/{ticket}/1", {"choice": chosen}, headers=JSON).status == 401
