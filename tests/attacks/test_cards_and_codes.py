"""Secrets that are given out, and that none comes by itself: drawn at random, kept as hashes, dead in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts import door, queries, rules
from lms.accounts.door import TurnedAway
from lms.accounts.models import Account
from lms.accounts.operations import draw_secret, judge_pin, tries
from lms.db import Base, db
from lms.people.scope import unscoped
from tests.accounts.conftest import E164, PIN, Accounts, Browser
from tests.factories import Make

both = pytest.mark.both

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@both
@pytest.mark.attack("S33")
def test_cards_and_codes_are_drawn_at_random_and_long(app: Flask) -> None:
    drawn = [draw_secret() for _ in range(200)]
    assert len({one.token for one in drawn}) == len({one.first_code for one in drawn}) == 200
    assert all(len(one.token) * 6 >= 128 and len(one.first_code) == rules.CODE_LENGTH for one in drawn)
    assert {len({one.first_code[place] for one in drawn}) for place in range(rules.CODE_LENGTH)} == {10}


@both
@pytest.mark.attack("S33")
def test_no_secret_is_written_anywhere(app: Flask, accounts: Accounts, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong code, the right one, a PIN chosen, signed in by card: in no row, no log line, no address to go on to."""
    card, late = accounts.card(accounts.staff(pin=None)), "73046112"
    browser = Browser(app)
    pages = [browser.get(f"/the/{card.token}")]
    pages.append(browser.post(f"/the/{card.token}", {"secret": late}))
    pages.append(browser.post(f"/the/{card.token}", {"secret": card.first_code}))
    pages.append(browser.get("/ma-pin"))
    pages.append(browser.post("/ma-pin", {"new_pin": PIN, "again": PIN}))
    assert browser.get("/tai-khoan").status == 200
    written = [*rows(), *capsys.readouterr(), *(page.location for page in pages)]
    for secret in (card.token, card.first_code, card.shown_code, late, PIN):
        assert not [one[:80] for one in written if secret in one], secret
    assert {page.answer.headers["Referrer-Policy"] for page in pages} == {"same-origin"}


def rows() -> Iterator[str]:
    """Every row of every table, as text."""
    db.session.rollback()
    for table in Base.metadata.tables.values():
        for row in db.session.execute(unscoped(select(table), "test")):
            yield f"{table.name} {tuple(row)}"


@both
@pytest.mark.attack("S33")
def test_the_way_from_the_code_to_the_pin_cannot_be_kept_for_later(app: Flask, accounts: Accounts) -> None:
    """A cookie copied between the code and the PIN is worth nothing once the PIN is chosen, or another code given."""
    account = accounts.staff(pin=None)
    for end in ("chosen", "new code"):
        card = accounts.card(account)
        browser, thief = Browser(app), Browser(app)
        browser.sign_in(pin=card.first_code)
        with browser.client.session_transaction() as kept, thief.client.session_transaction() as stolen:
            stolen.update(dict(kept))
        if end == "chosen":
            browser.get("/ma-pin")
            assert browser.post("/ma-pin", {"new_pin": PIN, "again": PIN}).status == 303
        else:
            accounts.card(account)
        thief.get("/ma-pin")
        assert thief.post("/ma-pin", {"new_pin": "591824", "again": "591824"}).status == 410
        assert thief.get("/tai-khoan").status == 303


# ── no password that comes by itself ─────────────────────────────────────


@both
@pytest.mark.attack("S34")
def test_a_fresh_site_has_no_account_and_no_demo_of_one(app: Flask) -> None:
    assert db.session.scalar(unscoped(select(func.count()).select_from(Account), "test")) == 0
    assert "demo_accounts" not in app.extensions
    assert "Bản dùng thử" not in Browser(app).get("/dang-nhap").text


@both
@pytest.mark.attack("S34")
def test_a_person_of_the_register_has_no_password_to_guess(app: Flask, accounts: Accounts, make: Make) -> None:
    """Neither the number nor the birth is one: not before a card was made, not after it, not as the PIN chosen."""
    person = make.person(birth_date=date(1968, 6, 5), birth_precision="day", phone=E164)
    easy = ("345678", "912345", "050668", "680605", "196805", "06051968", "05061968", "12345678", "000000", "123456")
    account = None
    for state in ("in the register", "with a card"):
        for guess in easy:
            with db.write():
                tries.clear(tries.number_key(E164))
            assert isinstance(door.check(door.claim_number(E164, "10.0.0.1"), guess), TurnedAway), f"{guess} {state}"
        account = account or accounts.learner(person, pin=None)
    assert queries.account_of(account).pin_hash is None
    assert all(isinstance(judge_pin(account, guess, E164), str) for guess in easy)


@pytest.mark.attack("S34")
def test_without_the_rule_an_easy_pin_would_be_taken(
    app: Flask, accounts: Accounts, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = accounts.learner(make.person(phone=E164), pin=None)
    monkeypatch.setattr(rules, "pin_fault", lambda *given: None)
    assert not isinstance(judge_pin(account, "345678", E164), str)
