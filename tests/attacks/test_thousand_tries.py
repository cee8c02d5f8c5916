"""What a thousand tries are worth: at one account, at a thousand, from many addresses, on a shared number."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from lms.accounts import door, hashing, rules
from lms.accounts.door import Known, TurnedAway
from lms.db import utc_now
from tests.accounts.conftest import E164, PHONE, PIN, Accounts
from tests.certificates.people import Visitor

WRONG = "730461"
TRIES = {"sqlite": 1000, "postgresql": 250}  # the same code decides; PostgreSQL is there for its locks
both = pytest.mark.both

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The secrets that were compared with a hash; all others were turned away unread."""
    seen: list[str] = []
    real = hashing.matching

    def counted(secret: str, hashes: list[str | None]) -> list[int]:
        seen.append(secret)
        return real(secret, hashes)

    monkeypatch.setattr(hashing, "matching", counted)
    return seen


def knock(secret: str = WRONG, number: str = E164, address: str = "10.0.0.1") -> Known | TurnedAway:
    return door.check(door.claim_number(number, address), secret)


@both
@pytest.mark.attack("S32")
def test_of_a_thousand_tries_at_one_account_ten_are_looked_at(
    app: Flask, accounts: Accounts, looked_at: list[str], engine: str
) -> None:
    """From a thousand addresses, in a quarter of an hour, PINs and first codes together: one count for the number."""
    accounts.card(accounts.staff())
    with time_machine.travel(utc_now(), tick=False) as clock:
        for place in range(TRIES[engine]):
            secret = f"{place:06d}" if place % 2 else f"{place:08d}"
            knock(secret, address=f"10.0.{place // 250}.{place % 250}")
            clock.shift(timedelta(seconds=890 / TRIES[engine]))
    assert 0 < len(looked_at) <= 10


@pytest.mark.attack("S32")
def test_without_counting_all_thousand_would_be(
    app: Flask, accounts: Accounts, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.staff()
    monkeypatch.setattr(rules, "begin_try", lambda tries, now: rules.Verdict(tries))
    for place in range(100):
        knock(f"{place:06d}", address=f"10.0.0.{place}")
    assert len(looked_at) == 100


@both
@pytest.mark.attack("S32")
def test_one_try_at_each_of_a_thousand_accounts_stops_at_two_hundred(
    app: Flask, looked_at: list[str], engine: str
) -> None:
    for place in range(TRIES[engine]):
        knock(number=f"+8491{place:07d}")
    assert len(looked_at) == rules.ADDRESS_TRIES
    assert isinstance(knock(number="+84987654321", address="10.0.0.2"), TurnedAway)
    assert len(looked_at) == rules.ADDRESS_TRIES + 1, "another address is not stopped"


@both
@pytest.mark.attack("S32")
def test_a_line_with_many_ipv6_addresses_is_one_address(
    app: Flask, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has one line has 2 ** 64 addresses: counted one by one, none of them would ever be stopped."""
    monkeypatch.setattr(rules, "ADDRESS_TRIES", 5)
    for place in range(40):
        knock(number=f"+8491{place:07d}", address=f"2001:db8:1:2::{place + 1:x}")
    assert len(looked_at) == 5
    knock(number="+84987654321", address="2001:db8:1:3::1")
    assert len(looked_at) == 6


@both
@pytest.mark.attack("S32")
def test_on_a_shared_number_ones_own_success_buys_no_tries_at_the_others(
    app: Flask, accounts: Accounts, looked_at: list[str]
) -> None:
    """Two people of one house sign in by one number: who knows one PIN must not guess the other without end."""
    mine, hers = "482913", "591824"
    me = accounts.staff("Anh Chồng", PHONE, mine)
    accounts.staff("Chị Vợ", PHONE, hers)
    guesses = [f"{300000 + 7919 * n % 600000:06d}" for n in range(60)]
    right = 0
    with time_machine.travel(utc_now(), tick=False) as clock:
        for place, guess in enumerate(guesses):
            knock(guess, address=f"10.0.0.{place}")
            if place % 4 == 3:
                right += knock(mine, address=f"10.0.0.{place}") == Known(me)
            clock.shift(timedelta(seconds=4))
    tried = [one for one in looked_at if one != mine]
    assert len(tried) <= 10
    assert right, "signing in rightly still works in between"


@both
@pytest.mark.attack("S32")
def test_who_shares_a_number_and_mistypes_now_and_then_still_comes_in(app: Flask, accounts: Accounts) -> None:
    """The other way round: the count of a shared number is forgotten after a quiet day, and a lock ends."""
    me = accounts.staff("Anh Chồng", PHONE, PIN)
    accounts.staff("Chị Vợ", PHONE, "591824")
    with time_machine.travel(utc_now(), tick=False) as clock:
        for _day in range(30):
            knock()
            clock.shift(timedelta(seconds=1))
            assert knock(PIN) == Known(me)
            clock.shift(timedelta(hours=25))


@both
@pytest.mark.attack("S32")
def test_a_forwarded_address_is_believed_only_of_the_own_proxy(
    app: Flask, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "ADDRESS_TRIES", 5)
    app.config["WTF_CSRF_ENABLED"] = False
    visitor = Visitor(app)
    for place in range(20):
        visitor.post(
            "/dang-nhap",
            {"phone": f"091{place:07d}", "pin": WRONG},
            headers={"X-Forwarded-For": f"198.51.100.{place}", "Forwarded": f"for=198.51.100.{place}"},
        )
    assert len(looked_at) == 5
