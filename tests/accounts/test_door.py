"""Many tries at once, one address with many numbers, and the price of an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from lms.accounts import door, hashing, rules
from lms.accounts.door import Known, TurnedAway
from lms.accounts.operations import tries
from lms.db import db
from lms.web.refusals import Refusal
from tests.accounts.conftest import E164, PIN, Accounts

pytestmark = pytest.mark.both
WRONG = "730461"


def at_once(app: Flask, times: int, deed: Callable[[], object]) -> None:
    def run() -> None:
        with app.app_context():
            deed()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()


@pytest.mark.attack("S32")
def test_tries_made_at_once_are_counted_one_by_one(
    app: Flask, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checked then counted, twenty tries in the same instant would all be checked."""
    accounts.staff()
    checked: list[str] = []
    real = hashing.matching

    def counted(secret: str, hashes: list[str | None]) -> list[int]:
        checked.append(secret)
        return real(secret, hashes)

    monkeypatch.setattr(hashing, "matching", counted)
    at_once(app, 20, lambda: door.check(door.claim_number(E164, "10.0.0.1"), WRONG))
    assert len(checked) <= rules.TRIES_BEFORE_LOCK
    assert isinstance(door.check(door.claim_number(E164, "10.0.0.1"), PIN), TurnedAway)


def test_one_address_that_tries_many_numbers_is_stopped(
    app: Flask, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "ADDRESS_TRIES", 5)
    account = accounts.staff()
    for last in range(5):
        door.check(door.claim_number(f"+8490000000{last}", "10.0.0.1"), WRONG)
    assert isinstance(door.check(door.claim_number(E164, "10.0.0.1"), PIN), TurnedAway)
    assert door.check(door.claim_number(E164, "10.0.0.2"), PIN) == Known(account)


@pytest.mark.attack("S32")
def test_a_hall_that_signs_in_rightly_is_never_stopped(
    app: Flask, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "ADDRESS_TRIES", 3)
    account = accounts.staff()
    for _ in range(10):
        assert door.check(door.claim_number(E164, "10.0.0.1"), PIN) == Known(account)


def test_a_card_is_not_stopped_by_its_address(app: Flask, accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    from lms.accounts import queries

    monkeypatch.setattr(rules, "ADDRESS_TRIES", 1)
    account = accounts.staff()
    card = accounts.card(account)
    door.check(door.claim_number("+84900000001", "10.0.0.1"), WRONG)
    assert isinstance(door.check(door.claim_number(E164, "10.0.0.1"), PIN), TurnedAway)
    holder = queries.holder_of_card(card.token)
    assert holder is not None
    assert door.check(door.claim_card(card.token, holder), PIN) == Known(account)


def test_hashing_holds_no_write_lock(app: Flask, accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's sign-in must not keep a class from saving its answers."""
    accounts.staff()
    writing: list[object] = []
    real = hashing.matching

    def watched(secret: str, hashes: list[str | None]) -> list[int]:
        writing.append(db.session.info.get("writing"))
        return real(secret, hashes)

    monkeypatch.setattr(hashing, "matching", watched)
    door.check(door.claim_number(E164, "10.0.0.1"), PIN)
    assert writing == [False]


@pytest.mark.attack("S31")
def test_known_and_unknown_numbers_cost_the_same(
    app: Flask, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work is counted, not the clock of a shared machine: four checks at one price, for whoever is named."""
    accounts.staff()
    hashing.matching(WRONG, [])  # the decoy is made once
    calls: list[str] = []
    real = hashing._is

    def counted(secret: str, stored: str) -> bool:
        calls.append(stored.rpartition("$")[0].rpartition("$")[0])  # the parameters, without salt and hash
        return real(secret, stored)

    monkeypatch.setattr(hashing, "_is", counted)
    for number in (E164, "+84900000009"):
        for secret in (WRONG, "48291304"):
            calls.clear()
            assert isinstance(door.check(door.claim_number(number, "10.0.0.1"), secret), TurnedAway)
            assert len(calls) == 4 and len(set(calls)) == 1


@pytest.mark.parametrize("deed", ["reset", "close"])
def test_a_visit_is_not_opened_if_the_account_changed_meanwhile(app: Flask, accounts: Accounts, deed: str) -> None:
    from lms.accounts import operations

    account = accounts.staff()
    assert door.check(door.claim_number(E164, "10.0.0.1"), PIN) == Known(account)
    with accounts.acting(), db.write():
        operations.reset_pin(account) if deed == "reset" else operations.close_account(account)
    with pytest.raises(Refusal):
        door.enter(account, "", None, None)


def test_a_success_that_clears_the_count_breaks_nobody_elses_try(app: Flask) -> None:
    """Two people of one number at the same moment: the row one waits for may be gone when it is theirs to take."""
    failed: list[BaseException] = []

    def try_and_succeed() -> None:
        try:
            for _ in range(15):
                with db.write():
                    tries.begin(tries.number_key(E164))
                with db.write():
                    tries.clear(tries.number_key(E164))
        except BaseException as error:
            failed.append(error)

    at_once(app, 8, try_and_succeed)
    assert failed == []


def test_many_who_are_right_at_once_all_come_in(app: Flask, accounts: Accounts) -> None:
    """A double tap on "Vào học", a hall behind one address: counting and forgiving must not wait for each other."""
    account = accounts.staff()
    answers: list[object] = []

    def enter() -> None:
        for _ in range(6):
            try:
                answers.append(door.check(door.claim_number(E164, "10.0.0.1"), PIN))
            except Exception as error:
                db.session.rollback()
                answers.append(error)

    at_once(app, 8, enter)
    assert [one for one in answers if isinstance(one, Exception)] == []
    assert Known(account) in answers
