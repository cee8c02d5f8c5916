"""Whether a number, a card or a code is anybody's: the same answer in the same time, for known and unknown."""

from __future__ import annotations

import statistics
import time

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask

from lms.accounts import hashing
from lms.accounts.operations import close_account
from lms.db import db, utc_now
from tests.accounts.conftest import PIN, Accounts, Browser, Page
from tests.certificates.people import Visitor
from tests.factories import Make

WRONG = "730461"
TIMES, NEAR = 200, 0.010  # tries each; seconds; two medians may differ so far, or within the noise
both = pytest.mark.both

pytestmark = pytest.mark.usefixtures("cheap_hashes")


def plain(page: Page, typed: str) -> tuple[int, str]:
    """What a guesser can tell apart: status and words, without what was typed and the form's token."""
    words = page.text.replace(typed, "…")
    return page.status, "".join(line for line in words.splitlines() if "csrf_token" not in line)


@both
@pytest.mark.attack("S31")
def test_a_first_code_tells_nobody_whose_number_is_known(app: Flask, accounts: Accounts) -> None:
    """Somebody who waits to choose a PIN, somebody who is closed, and nobody: from the first code tried to the lock."""
    accounts.card(accounts.staff("Chị Chờ", "0987 654 321", None))
    closed = accounts.staff("Chị Nghỉ", "0987 654 322")
    with accounts.acting(), db.write():
        close_account(closed)
    numbers = ("0987 654 321", "0987 654 322", "0987 654 323")
    browsers = [Browser(app) for _number in numbers]
    with time_machine.travel(utc_now(), tick=False):
        for _try in range(11):
            answers = {plain(one.sign_in(n, "73046112"), n) for one, n in zip(browsers, numbers, strict=True)}
            assert len(answers) == 1


@both
@pytest.mark.attack("S31")
def test_a_dead_card_is_a_card_that_never_was(app: Flask, accounts: Accounts) -> None:
    account = accounts.staff()
    old = accounts.card(account).token
    accounts.card(account)
    browser = Browser(app)
    never = "A" * len(old)
    assert plain(browser.get(f"/the/{old}"), old) == plain(browser.get(f"/the/{never}"), never)


def seconds_of(app: Flask, number: str, secret: str, place: int) -> float:
    app.config["WTF_CSRF_ENABLED"] = False
    visitor = Visitor(app)
    began = time.perf_counter()
    answer = visitor.post(
        "/dang-nhap",
        {"phone": number, "pin": secret},
        environ_overrides={"REMOTE_ADDR": f"10.1.{place // 250}.{place % 250}"},
    )
    assert answer.status == 401
    return time.perf_counter() - began


def timed(app: Flask, make: Make, times: int) -> tuple[list[float], list[float]]:
    """Seconds of a wrong PIN at numbers that are known, and at others, asked in turn."""
    stored = hashing.hash_secret(PIN)
    known, unknown = [], []
    for place in range(times):
        make.account(phone=f"+8491{place:07d}", pin_hash=stored)
        known.append(seconds_of(app, f"091{place:07d}", WRONG, 2 * place))
        unknown.append(seconds_of(app, f"098{place:07d}", WRONG, 2 * place + 1))
    return known, unknown


@pytest.mark.attack("S31")
def test_known_and_unknown_numbers_take_the_same_time(app: Flask, make: Make) -> None:
    """Two hundred tries each. Hashes are cheap here, so that what is left of the way shows; their number is equal by
    tests/accounts/test_door.py."""
    known, unknown = timed(app, make, TIMES)
    lower, _middle, upper = statistics.quantiles(known, n=4)
    assert abs(statistics.median(known) - statistics.median(unknown)) <= max(NEAR, upper - lower)


@pytest.mark.attack("S31")
def test_without_the_decoy_time_would_tell(app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control, at the price that is really paid."""

    def naive(secret: str, hashes: list[str | None]) -> list[int]:
        return [place for place, stored in enumerate(hashes) if stored and hashing._is(secret, stored)]

    monkeypatch.setattr(hashing, "_hasher", PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1))
    monkeypatch.setattr(hashing, "matching", naive)
    known, unknown = map(statistics.median, timed(app, make, 7))
    assert known - unknown > NEAR
