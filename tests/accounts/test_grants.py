"""Rights: by capability, unit subtree and line; given by administrators, never beyond their own area."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from werkzeug.exceptions import Forbidden, NotFound

from lms.access import GrantValue, Viewer
from lms.accounts import operations, queries
from lms.accounts.operations import rights
from lms.db import db, utc_now
from lms.web.refusals import Refusal
from tests.accounts.conftest import Accounts, Browser
from tests.factories import Make

pytestmark = pytest.mark.both
HERE, ELSEWHERE = "vl/nguyet-hoa", "vl/hoa-thuan"


def administrator(make: Make, unit: str | None = None, line: str | None = None) -> Viewer:
    return Viewer(account_id=9001, grants=(GrantValue("administrator", make.unit_id(unit) if unit else None, line),))


def give(accounts: Accounts, who: Viewer, account: int, capability: str, unit_id: int | None, line: str | None) -> int:
    with accounts.acting(who), db.write():
        return operations.grant(account, capability, unit_id, line).id


def test_a_viewer_holds_exactly_what_was_given(accounts: Accounts, make: Make) -> None:
    account = accounts.staff()
    here = make.unit_id(HERE)
    accounts.grant(account, "manager", here, "justice")
    accounts.grant(account, "trainer")
    viewer = queries.make_viewer(accounts.of(account))
    assert viewer.grants_for("manager") == (GrantValue("manager", here, "justice"),)
    assert viewer.can("trainer") and not viewer.can("administrator", "inspector", "learner")


def test_a_right_given_for_later_does_not_hold_yet(accounts: Accounts) -> None:
    account = accounts.staff()
    start = utc_now()
    with time_machine.travel(start, tick=False) as clock:
        with accounts.acting(), db.write():
            operations.grant(account, "trainer", valid_from=(start + timedelta(days=2)).date())
        assert not queries.make_viewer(accounts.of(account)).can("trainer")
        clock.shift(timedelta(days=3))
        assert queries.make_viewer(accounts.of(account)).can("trainer")


@pytest.mark.attack("S30")
def test_a_right_taken_back_is_gone_with_the_next_request(browser: Browser, accounts: Accounts) -> None:
    account = accounts.staff()
    accounts.grant(accounts.staff("Chị Khác", "0987 654 321"), "administrator")
    grant = accounts.grant(account, "administrator")
    browser.sign_in()
    assert browser.get("/quan-tri/tai-khoan").status == 200
    with accounts.acting(), db.write():
        operations.revoke_grant(grant)
    assert browser.get("/quan-tri/tai-khoan").status == 401
    browser.sign_in()
    assert browser.get("/quan-tri/tai-khoan").status == 403


def test_the_same_right_twice_is_one(accounts: Accounts, make: Make) -> None:
    account = accounts.staff()
    first = accounts.grant(account, "manager", make.unit_id(HERE))
    assert accounts.grant(account, "manager", make.unit_id(HERE)) == first
    assert accounts.grant(account, "manager", make.unit_id(HERE), "health") != first


@pytest.mark.parametrize("capability", ["manager", "trainer", "organiser", "inspector", "learner"])
def test_only_administrators_give_rights(accounts: Accounts, make: Make, capability: str) -> None:
    account = accounts.staff()
    with pytest.raises(Forbidden):
        give(accounts, Viewer(account_id=9001, grants=(GrantValue(capability),)), account, "trainer", None, None)


@pytest.mark.parametrize(
    ("own_unit", "own_line", "unit", "line", "allowed"),
    [
        (None, None, None, None, True),
        (None, None, HERE, "health", True),
        (HERE, None, HERE, None, True),
        (HERE, None, HERE, "health", True),
        (HERE, None, ELSEWHERE, None, False),
        (HERE, None, None, None, False),
        (HERE, None, "vl", None, False),
        (None, "health", None, "health", True),
        (None, "health", HERE, "health", True),
        (None, "health", HERE, "justice", False),
        (None, "health", HERE, None, False),
        (None, "health", None, None, False),
        (HERE, "health", HERE, None, False),
    ],
)
@pytest.mark.attack("S41")
def test_nobody_gives_more_than_they_have(
    accounts: Accounts,
    make: Make,
    own_unit: str | None,
    own_line: str | None,
    unit: str | None,
    line: str | None,
    allowed: bool,
) -> None:
    account = accounts.staff()
    who = administrator(make, own_unit, own_line)
    unit_id = make.unit_id(unit) if unit else None
    if allowed:
        assert give(accounts, who, account, "manager", unit_id, line)
        return
    with pytest.raises(Forbidden):
        give(accounts, who, account, "manager", unit_id, line)


def test_a_right_beyond_ones_area_cannot_be_taken_back_either(accounts: Accounts, make: Make) -> None:
    grant = accounts.grant(accounts.staff(), "manager", make.unit_id(ELSEWHERE))
    with pytest.raises(Forbidden), accounts.acting(administrator(make, HERE)), db.write():
        operations.revoke_grant(grant)


def test_an_administrator_of_a_ward_serves_no_account_with_wider_rights(accounts: Accounts, make: Make) -> None:
    account = accounts.staff()
    accounts.grant(account, "manager", make.unit_id(HERE))
    who = administrator(make, HERE)
    assert rights.administers(who, accounts.of(account))
    accounts.grant(account, "inspector")
    assert not rights.administers(who, accounts.of(account))
    with pytest.raises(NotFound), accounts.acting(who), db.write():
        operations.reset_pin(account)


def test_an_unknown_unit_or_account_is_not_found(accounts: Accounts) -> None:
    account = accounts.staff()
    for account_id, unit_id in ((account, 424242), (424242, None)):
        with pytest.raises(NotFound):
            accounts.grant(account_id, "trainer", unit_id)


@pytest.mark.attack("S21")
def test_two_administrators_cannot_take_each_other_s_right_at_once(app: Flask, accounts: Accounts, engine: str) -> None:
    """Each sees the other still there: without taking turns the house would stand without anybody."""
    first, second = accounts.staff("Trần Thị Một"), accounts.staff("Trần Thị Hai", "0987 654 321")
    grants = {who: accounts.grant(who, "administrator") for who in (first, second)}
    start, root = Barrier(2), GrantValue("administrator")

    def take(pair: tuple[int, int]) -> bool:
        me, other = pair
        with app.app_context(), accounts.acting(Viewer(account_id=me, grants=(root,))):
            try:
                with db.write():
                    if engine == "postgresql":  # SQLite has one writer at a time
                        start.wait(timeout=20)
                    operations.revoke_grant(grants[other])
            except Refusal:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, [(first, second), (second, first)])) == [False, True]


def test_an_administrator_from_next_month_is_none_today(accounts: Accounts) -> None:
    first, second = accounts.staff("Trần Thị Một"), accounts.staff("Trần Thị Hai", "0987 654 321")
    last = accounts.grant(first, "administrator")
    with accounts.acting(), db.write():
        operations.grant(second, "administrator", valid_from=(utc_now() + timedelta(days=40)).date())
    with pytest.raises(Refusal), accounts.acting(), db.write():
        operations.revoke_grant(last)
