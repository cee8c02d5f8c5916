"""What becomes of accounts that lost their last right or were closed: whoever administered them still does."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound

from lms.access import GrantValue, Viewer
from lms.accounts import operations
from lms.accounts.operations import rights
from lms.db import db
from tests.accounts.conftest import PHONE, Accounts, Browser
from tests.accounts.test_cards import ELSEWHERE, HERE, collaborator
from tests.factories import Make

pytestmark = pytest.mark.both
OTHER = "0987 654 321"


def administrator(make: Make, unit: str) -> Viewer:
    return Viewer(account_id=9001, grants=(GrantValue("administrator", make.unit_id(unit)),))


@pytest.fixture
def ward(site: Flask, accounts: Accounts, make: Make) -> Browser:
    """A signed-in administrator of one ward."""
    accounts.grant(accounts.staff("Trần Thị Trị", OTHER), "administrator", make.unit_id(HERE))
    browser = Browser(site)
    browser.sign_in(OTHER)
    return browser


def test_a_closed_account_is_found_again_and_opened_again(
    ward: Browser, site: Flask, accounts: Accounts, make: Make
) -> None:
    account = accounts.staff("Sơn Thị Soạn")
    accounts.grant(account, "trainer", make.unit_id(HERE))
    url = f"/quan-tri/tai-khoan/{account}"
    ward.get(url)
    closed = ward.post(f"{url}/dong")
    assert closed.location == url
    page = ward.get(url)
    assert page.status == 200 and "Tài khoản đã đóng ngày" in page.text and "Đã đóng tài khoản." in page.text
    assert "Sơn Thị Soạn" in ward.get("/quan-tri/tai-khoan?chi=dong").text
    assert "Sơn Thị Soạn" in ward.get("/quan-tri/tai-khoan").text
    assert "Sơn Thị Soạn" not in ward.get("/quan-tri/tai-khoan?chi=dong&tim=khac").text
    assert ward.post(f"{url}/mo-lai").location == url
    opened = ward.get(url).text
    assert "Đã mở lại tài khoản" in opened and "In thẻ đăng nhập" in opened
    assert Browser(site).sign_in().status == 401, "the old PIN is gone"
    right = {"capability": "trainer", "unit": str(make.unit_id(HERE)), "line": ""}
    assert ward.post(f"{url}/quyen", right).status == 303
    assert "Người soạn bài" in ward.get(url).text


def test_after_the_last_right_is_taken_another_can_be_given(ward: Browser, accounts: Accounts, make: Make) -> None:
    account = accounts.staff()
    grant = accounts.grant(account, "trainer", make.unit_id(HERE))
    url = f"/quan-tri/tai-khoan/{account}"
    ward.get(url)
    assert ward.post(f"/quan-tri/quyen/{grant}/thu-hoi").location == url
    page = ward.get(url)
    assert page.status == 200 and "Người này phải đăng nhập lại" in page.text
    right = {"capability": "manager", "unit": str(make.unit_id(HERE)), "line": ""}
    assert ward.post(f"{url}/quyen", right).status == 303
    assert "Người quản lý danh sách" in ward.get(url).text


def test_the_administrator_of_another_ward_gets_nothing_from_it(ward: Browser, accounts: Accounts, make: Make) -> None:
    account = accounts.staff("Sơn Thị Xa")
    accounts.grant(account, "trainer", make.unit_id(ELSEWHERE))
    with accounts.acting(), db.write():
        operations.close_account(account)
    url = f"/quan-tri/tai-khoan/{account}"
    assert "Sơn Thị Xa" not in ward.get("/quan-tri/tai-khoan?chi=dong").text
    assert ward.get(url).status == 404
    right = {"capability": "trainer", "unit": str(make.unit_id(HERE)), "line": ""}
    for deed, form in (("mo-lai", {}), ("quyen", right), ("dong", {}), ("the", {}), ("ma-pin", {})):
        assert ward.post(f"{url}/{deed}", form).status == 404, deed
    assert accounts.of(account).closed_at is not None


def test_the_last_rights_decide_not_any_of_long_ago(accounts: Accounts, make: Make) -> None:
    """Once a trainer here, then a manager elsewhere and closed: it is elsewhere's account, and not this ward's."""
    account = accounts.staff()
    old = accounts.grant(account, "trainer", make.unit_id(HERE))
    accounts.grant(account, "manager", make.unit_id(ELSEWHERE))
    here, there = administrator(make, HERE), administrator(make, ELSEWHERE)
    with accounts.acting(), db.write():
        operations.revoke_grant(old)
    with accounts.acting(), db.write():
        operations.close_account(account)
    assert rights.administers(there, accounts.of(account))
    assert not rights.administers(here, accounts.of(account))


def test_rights_beyond_the_ward_at_the_close_keep_the_ward_out(accounts: Accounts, make: Make) -> None:
    account = accounts.staff()
    accounts.grant(account, "trainer", make.unit_id(HERE))
    accounts.grant(account, "manager", make.unit_id(ELSEWHERE))
    with accounts.acting(), db.write():
        operations.close_account(account)
    assert not rights.administers(administrator(make, HERE), accounts.of(account))
    with pytest.raises(NotFound), accounts.acting(administrator(make, HERE)), db.write():
        operations.reopen_account(account)
    assert rights.administers(administrator(make, "vl"), accounts.of(account))


def test_an_account_that_never_had_a_right_is_nobodys_of_a_ward(accounts: Accounts, make: Make) -> None:
    assert not rights.administers(administrator(make, HERE), accounts.of(accounts.staff()))


def test_an_account_opened_again_leaves_a_number_that_is_full_by_now(accounts: Accounts) -> None:
    account = accounts.staff()
    with accounts.acting(), db.write():
        operations.close_account(account)
    for pin in ("591824", "730461", "260857", "640275"):
        accounts.staff("Người Mẫu", PHONE, pin)
    with accounts.acting(), db.write():
        operations.reopen_account(account)
    assert accounts.of(account).phone is None and accounts.of(account).closed_at is None


def test_two_people_of_one_name_are_told_apart(ward: Browser, accounts: Accounts, make: Make) -> None:
    for born in (1971, 1988):
        person = make.person("Kim Thị Thanh", birth_date=date(born, 1, 1), birth_precision="year")
        make.assignment(person, "CTV_DS", HERE, date(2025, 1, 1))
        accounts.learner(person, None, None)
    accounts.learner(collaborator(make, "Kim Thị Thanh", ELSEWHERE), None, None)
    found = ward.get("/quan-tri/tai-khoan", query_string={"tim": "kim thi thanh"}).text
    assert "1971" in found and "1988" in found and found.count("Phường Nguyệt Hóa") == 2
    assert found.count(">Kim Thị Thanh<") == 2
