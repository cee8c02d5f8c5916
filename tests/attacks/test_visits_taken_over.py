"""A cookie in other hands: planted, copied, or kept after the sign-in it stood for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lms.accounts import operations
from lms.accounts.models import Grant, SignInSession
from lms.accounts.operations import visits
from lms.accounts.operations.pins import proof_of
from lms.db import db, utc_now
from tests.accounts.conftest import Accounts, Browser
from tests.factories import Make

both = pytest.mark.both
PAGE = "/tai-khoan"
IN, OUT = (200,), (303, 401)

pytestmark = pytest.mark.usefixtures("cheap_hashes")


def copied(app: Flask, browser: Browser) -> Browser:
    """Another client with the same cookies."""
    thief = Browser(app, "curl")
    with browser.client.session_transaction() as kept, thief.client.session_transaction() as stolen:
        stolen.update(dict(kept))
    return thief


# ── the end of a sign-in ─────────────────────────────────────────────────

Deed = Callable[[Accounts, int], Any]
ENDS: dict[str, Deed] = {
    "PIN reset at the desk": lambda accounts, account: accounts.reset(account),
    "account closed": lambda accounts, account: _done(operations.close_account, account),
    "closed and opened again": lambda accounts, account: (
        _done(operations.close_account, account),
        _done(operations.reopen_account, account),
    ),
    "a right given": lambda accounts, account: accounts.grant(account, "trainer"),
    "a right taken": lambda accounts, account: _done(operations.revoke_grant, _grant_of(account)),
    "another area": lambda accounts, account: accounts.grant(account, "manager", Make().unit_id("vl/hoa-thuan")),
    "another number": lambda accounts, account: _done(operations.change_phone, account, "0987 654 321"),
    "a PIN chosen by card": lambda accounts, account: _chosen_by_card(accounts, account),
    "signed out by an administrator": lambda accounts, account: _done(operations.end_all_sessions, account),
    "everybody signed out": lambda accounts, account: _done(operations.end_every_session),
}


def _done(deed: Callable[..., Any], *given: Any) -> None:
    with Accounts.acting(), db.write():
        deed(*given)


def _grant_of(account: int) -> int:
    return db.session.scalars(select(Grant.id).where(Grant.account_id == account)).one()


def _chosen_by_card(accounts: Accounts, account: int) -> None:
    card, ready = accounts.card(account), operations.judge_pin(account, "591824", accounts.of(account).phone)
    _done(operations.choose_first_pin, account, proof_of(card.code_hash), ready)


@both
@pytest.mark.attack("S30")
@pytest.mark.parametrize("end", ENDS)
def test_a_cookie_from_before_is_dead_with_the_next_request(app: Flask, accounts: Accounts, end: str) -> None:
    account = accounts.staff()
    accounts.grant(account, "inspector")
    browser = Browser(app)
    browser.sign_in()
    thief = copied(app, browser)
    assert thief.get(PAGE).status in IN
    ENDS[end](accounts, account)
    assert browser.get(PAGE).status in OUT and thief.get(PAGE).status in OUT
    assert thief.get("/ho-so", headers={"Accept": "application/json"}).status == 401


@pytest.mark.attack("S30")
def test_without_ending_the_row_a_cookie_would_live_on(
    app: Flask, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = accounts.staff()
    browser = Browser(app)
    browser.sign_in()
    monkeypatch.setattr(visits, "end_sessions_of", lambda *given: 0)
    accounts.reset(account)
    assert browser.get(PAGE).status in IN


@both
@pytest.mark.attack("S30")
def test_a_cookie_planted_before_the_sign_in_is_worth_nothing_after(app: Flask, accounts: Accounts) -> None:
    """The attacker's own, signed in as somebody else, put into her browser: her sign-in ends that visit too."""
    accounts.staff()
    accounts.staff("Kẻ Khác", "0987 654 321", "591824")
    attacker, hers = Browser(app), Browser(app)
    attacker.sign_in("0987 654 321", "591824")
    attacker.get(PAGE)
    planted = copied(app, attacker)
    hers.client, hers.token = planted.client, attacker.token
    assert hers.sign_in().status == 303
    assert "Kẻ Khác" not in hers.get(PAGE).text and hers.get(PAGE).status in IN
    assert attacker.get(PAGE).status in OUT


# ── a device that was lost ───────────────────────────────────────────────


@both
@pytest.mark.attack("S35")
def test_one_device_revoked_dies_with_all_its_copies_and_the_others_live(
    app: Flask, accounts: Accounts, make: Make
) -> None:
    accounts.learner(make.person("Huỳnh Thị Út"))
    phone, lost = Browser(app), Browser(app, "Mozilla/5.0 (iPad) Safari/604")
    phone.sign_in()
    lost.sign_in()
    thief = copied(app, lost)
    assert thief.get(PAGE).status in IN
    row = db.session.scalars(select(SignInSession.id).where(SignInSession.device.like("iPad%"))).one()
    phone.get(PAGE)
    assert phone.post(f"{PAGE}/may/{row}").status == 303
    assert thief.get(PAGE).status in OUT and lost.get(PAGE).status in OUT
    assert thief.post("/viec-cua-toi").status in (400, 401, 405)
    assert phone.get(PAGE).status in IN


@both
@pytest.mark.attack("S35")
def test_a_copied_cookie_locks_by_itself_after_five_minutes(app: Flask, accounts: Accounts, make: Make) -> None:
    """Her going on does not keep the copy open: when it was last used stands in each copy for itself."""
    accounts.learner(make.person("Huỳnh Thị Út"))
    with time_machine.travel(utc_now(), tick=False) as clock:
        hers = Browser(app)
        hers.sign_in()
        thief = copied(app, hers)
        for _ in range(2):
            clock.shift(timedelta(minutes=4))
            assert hers.get(PAGE).status in IN
        locked = thief.get(PAGE)
        assert locked.status == 401 and "Huỳnh Thị Út" not in locked.text
        assert thief.post(PAGE, [*locked.hidden, ("unlock_pin", "730461")]).status == 401


@both
@pytest.mark.attack("S35")
def test_what_stands_in_the_database_is_no_cookie(app: Flask, accounts: Accounts) -> None:
    """Who reads the table of sign-ins, in a backup for instance, cannot sign in with it, not even with the key."""
    accounts.staff()
    browser, thief = Browser(app), Browser(app)
    browser.sign_in()
    stored = db.session.scalars(select(SignInSession.token_hash)).one()
    with browser.client.session_transaction() as kept, thief.client.session_transaction() as made:
        made.update(dict(kept) | {"_user_id": stored})
    assert browser.get(PAGE).status in IN and thief.get(PAGE).status in OUT
