"""Whether a number, a card or a code is anybody's: the same answer for the same work, for known and unknown."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import event

from lms.accounts import hashing
from lms.accounts.operations import close_account
from lms.db import db, utc_now
from tests.accounts.conftest import PIN, Accounts, Browser, Page
from tests.certificates.people import Visitor
from tests.factories import Make

WRONG = "730461"
NEAR = 0.010  # seconds: what may not be told apart (safety.md S31)
NUMBERS = ("0912 345 671", "0912 345 672", "0912 345 673")
UNKNOWN = ("0982 345 671", "0982 345 672")
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


class Work:
    """What one try at the door costs: (kind of hash check…, statement…), without what they are about."""

    def __init__(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app, self.done = app, []  # type: ignore[var-annotated]
        real = hashing._is

        def checked(secret: str, stored: str) -> bool:
            self.done.append(stored.rpartition("$")[0].rpartition("$")[0])  # the price, without salt and hash
            return real(secret, stored)

        monkeypatch.setattr(hashing, "_is", checked)
        event.listen(db.engine, "before_cursor_execute", self._asked)

    def _asked(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self.done.append(statement)

    def of(self, number: str, secret: str, place: int) -> tuple[str, ...]:
        self.done.clear()
        here = {"REMOTE_ADDR": f"10.1.0.{place}"}
        answer = Visitor(self.app).post("/dang-nhap", {"phone": number, "pin": secret}, environ_overrides=here)
        assert answer.status == 401
        return tuple(self.done)


@pytest.fixture
def work(app: Flask, accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Somebody with a PIN, somebody who waits to choose one, two who share a number; the decoy is made."""
    app.config["WTF_CSRF_ENABLED"] = False
    accounts.staff("Chị Có", NUMBERS[0])
    accounts.card(accounts.staff("Chị Chờ", NUMBERS[1], None))
    for name, pin in (("Chị Chung", PIN), ("Anh Chung", "593024")):
        accounts.staff(name, NUMBERS[2], pin)
    hashing.matching(WRONG, [])
    made = Work(app, monkeypatch)
    yield made
    event.remove(db.engine, "before_cursor_execute", made._asked)


def works(work: Work, secret: str) -> set[tuple[str, ...]]:
    work.of(UNKNOWN[0], secret, 0)  # whatever is compiled or looked up once
    return {work.of(number, secret, place) for place, number in enumerate((*NUMBERS, *UNKNOWN), 1)}


@both
@pytest.mark.attack("S31")
@pytest.mark.parametrize("secret", [WRONG, "73046112"])
def test_a_try_at_a_known_number_is_the_same_work_as_at_an_unknown_one(work: Work, secret: str) -> None:
    """The same statements in the same order and as many checks at the same price, whatever the clock of a shared
    machine says: for a number of one account, of two, of one without a PIN, and of nobody."""
    (same,) = works(work, secret)
    assert len([one for one in same if one.startswith("$argon2id$")]) == 4
    assert len(same) > 8


@pytest.mark.attack("S31")
def test_without_the_decoy_the_work_would_tell(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: only what is stored is checked."""
    monkeypatch.setattr(hashing, "matching", naive)
    assert len(works(work, WRONG)) == 3, "nobody, one, two on a number"


def naive(secret: str, hashes: list[str | None]) -> list[int]:
    return [place for place, stored in enumerate(hashes) if stored and hashing._is(secret, stored)]


@pytest.mark.attack("S31")
def test_without_the_decoy_time_would_tell(app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Why the work above must be the same: one check at the price that is really paid is seen by any clock."""
    app.config["WTF_CSRF_ENABLED"] = False
    monkeypatch.setattr(hashing, "_hasher", PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1))
    monkeypatch.setattr(hashing, "matching", naive)
    stored = hashing.hash_secret(PIN)
    known, unknown = [], []
    for place in range(7):
        make.account(phone=f"+8491{place:07d}", pin_hash=stored)
        known.append(seconds_of(app, f"091{place:07d}", 2 * place))
        unknown.append(seconds_of(app, f"098{place:07d}", 2 * place + 1))
    assert statistics.median(known) - statistics.median(unknown) > NEAR


def seconds_of(app: Flask, number: str, place: int) -> float:
    visitor, here = Visitor(app), {"REMOTE_ADDR": f"10.1.0.{place}"}
    began = time.perf_counter()
    assert visitor.post("/dang-nhap", {"phone": number, "pin": WRONG}, environ_overrides=here).status == 401
    return time.perf_counter() - began
