"""A corrected number of the register is offered to the account; who gets the old SIM reaches nobody's account."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from tests.accounts.conftest import E164, PIN, Accounts, Browser
from tests.factories import Make

pytestmark = pytest.mark.both
HERE, ELSEWHERE = "vl/nguyet-hoa", "vl/hoa-thuan"
OLD, NEW, NEW_E164 = "0933 111 222", "0944 555 666", "+84944555666"


@pytest.fixture
def desk(browser: Browser, accounts: Accounts, make: Make) -> Browser:
    """A signed-in manager of one ward."""
    accounts.grant(accounts.staff("Lâm Thị Quản"), "manager", make.unit_id(HERE))
    browser.sign_in()
    return browser


@pytest.fixture
def ut(make: Make) -> int:
    person = make.person("Huỳnh Thị Út", phone="+84933111222")
    make.assignment(person, "CTV_DS", HERE, date(2025, 1, 1))
    return person


def correct(desk: Browser, person: int, phone: str) -> str:
    desk.get(f"/nguoi/{person}/sua")
    form = {"full_name": "Huỳnh Thị Út", "sex": "nu", "phone": phone}
    return desk.post(f"/nguoi/{person}/sua", form).location


def url(person: int) -> str:
    return f"/the-dang-nhap/{person}/so-dien-thoai"


def test_the_correction_offers_it_and_the_old_number_leads_nowhere(
    site: Flask, desk: Browser, accounts: Accounts, ut: int
) -> None:
    account = accounts.learner(ut, OLD, "706152")
    phone = Browser(site)
    assert phone.sign_in(OLD, "706152").status == 303
    assert correct(desk, ut, NEW) == url(ut)
    offered = desk.get(url(ut)).text.replace("\xa0", " ")
    assert OLD in offered and NEW in offered
    assert accounts.of(account).phone == "+84933111222", "offered, not done"
    assert "Số đăng nhập khác số trong sổ" in desk.get("/the-dang-nhap").text
    assert desk.post(url(ut)).location == f"/quan-tri/tai-khoan/{account}"
    assert accounts.of(account).phone == NEW_E164
    assert phone.get("/tai-khoan").status == 401, "the phone with the old number is signed out"
    assert Browser(site).sign_in(OLD, "706152").status == 401
    assert Browser(site).sign_in(NEW, "706152").status == 303
    assert "Số đăng nhập khác số trong sổ" not in desk.get("/the-dang-nhap").text


def test_nothing_to_move_leads_back_to_the_person(desk: Browser, accounts: Accounts, ut: int) -> None:
    assert correct(desk, ut, NEW) == url(ut)
    assert desk.get(url(ut)).location == f"/nguoi/{ut}", "no account"
    accounts.learner(ut, NEW, "706152")
    assert desk.get(url(ut)).location == f"/nguoi/{ut}", "the same number"
    assert correct(desk, ut, NEW) == f"/nguoi/{ut}", "nothing was changed"


def test_on_a_number_that_others_use_the_pin_goes(
    site: Flask, desk: Browser, accounts: Accounts, ut: int, make: Make
) -> None:
    """The office cannot know whether the other one has the same PIN: a new card decides."""
    other = make.person("Thạch Sa Mẫu")
    make.assignment(other, "CTV_DS", HERE, date(2025, 1, 1))
    accounts.learner(other, NEW, "706152")
    account = accounts.learner(ut, OLD, "706152")
    correct(desk, ut, NEW)
    desk.get(url(ut))
    desk.post(url(ut))
    assert accounts.of(account).pin_hash is None
    phone = Browser(site)
    phone.sign_in(NEW, "706152")
    assert "Thạch Sa Mẫu" in phone.get("/tai-khoan").text


def test_who_may_not(site: Flask, accounts: Accounts, ut: int, make: Make) -> None:
    account = accounts.learner(ut, "0977 888 999", "706152")
    accounts.grant(accounts.staff("Người Nơi Khác"), "manager", make.unit_id(ELSEWHERE))
    elsewhere = Browser(site)
    elsewhere.sign_in()
    me = Browser(site)
    me.sign_in("0977 888 999", "706152")
    for nobody, status in ((elsewhere, 404), (me, 403)):
        assert nobody.get(url(ut)).status == status
        assert nobody.post(url(ut)).status == status
    assert accounts.of(account).phone == "+84977888999"


def test_an_official_s_number_is_moved_by_an_administrator_alone(
    desk: Browser, accounts: Accounts, ut: int, make: Make
) -> None:
    account = accounts.learner(ut, OLD, "706152")
    accounts.grant(account, "organiser", make.unit_id(HERE))
    correct(desk, ut, NEW)
    assert desk.get(url(ut)).location == f"/nguoi/{ut}"
    desk.post(url(ut))
    assert accounts.of(account).phone == "+84933111222"


def test_one_s_own_number_wants_the_pin(site: Flask, accounts: Accounts, browser: Browser) -> None:
    account = accounts.staff()
    browser.sign_in()
    browser.get("/tai-khoan/so-dien-thoai")
    assert browser.post("/tai-khoan/so-dien-thoai", {"phone": NEW, "current_pin": "111222"}).status == 422
    assert accounts.of(account).phone == E164
    assert browser.post("/tai-khoan/so-dien-thoai", {"phone": NEW, "current_pin": PIN}).status == 303
    assert accounts.of(account).phone == NEW_E164
    assert browser.get("/tai-khoan").status == 200, "this device stays"
    assert Browser(site).sign_in().status == 401
