"""Visits: ended elsewhere, locked, expired; and that nothing typed is lost by it."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lms.accounts import operations
from lms.accounts.models import SignInSession
from lms.db import db, utc_now
from tests.accounts.conftest import PHONE, PIN, Accounts, Browser
from tests.factories import Make

pytestmark = pytest.mark.both
OTHER_PHONE, OTHER_PIN = "0987 654 321", "591824"


@pytest.fixture
def learner(accounts: Accounts, make: Make) -> int:
    return accounts.learner(make.person("Huỳnh Thị Út"))


def other(accounts: Accounts, make: Make) -> int:
    return accounts.learner(make.person("Kim Thị Sa Rinh"), OTHER_PHONE, OTHER_PIN)


# ── ended ────────────────────────────────────────────────────────────────


@pytest.mark.attack("S35")
def test_ending_one_device_leaves_the_others(site: Flask, accounts: Accounts, learner: int) -> None:
    phone, tablet = Browser(site), Browser(site, "Mozilla/5.0 (iPad) Safari/604")
    phone.sign_in()
    tablet.sign_in()
    page = phone.get("/tai-khoan")
    assert "iPad, Safari" in page.text and "máy này" in page.text
    tablet_id = db.session.scalars(select(SignInSession.id).where(SignInSession.device.like("iPad%"))).one()
    assert phone.post(f"/tai-khoan/may/{tablet_id}").status == 303
    assert tablet.get("/chi-doc").status == 401
    assert phone.get("/chi-doc").status == 200


def test_nobody_ends_somebody_elses_device(site: Flask, accounts: Accounts, learner: int, make: Make) -> None:
    other(accounts, make)
    mine, theirs = Browser(site), Browser(site)
    mine.sign_in()
    theirs.sign_in(OTHER_PHONE, OTHER_PIN)
    ids = db.session.scalars(select(SignInSession.id).order_by(SignInSession.id)).all()
    mine.get("/tai-khoan")
    assert mine.post(f"/tai-khoan/may/{ids[1]}").status == 404
    assert theirs.get("/chi-doc").status == 200


@pytest.mark.attack("S30")
def test_sign_out_everywhere_works_at_once(site: Flask, accounts: Accounts, learner: int) -> None:
    browsers = [Browser(site) for _ in range(3)]
    for browser in browsers:
        browser.sign_in()
    browsers[0].get("/tai-khoan")
    assert browsers[0].post("/tai-khoan/dang-xuat-moi-noi").location == "/dang-nhap"
    assert [browser.get("/chi-doc").status for browser in browsers] == [303, 401, 401]


@pytest.mark.attack("S30")
def test_changing_the_pin_signs_out_the_other_devices(site: Flask, accounts: Accounts, learner: int) -> None:
    here, there = Browser(site), Browser(site)
    here.sign_in()
    there.sign_in()
    here.get("/ma-pin")
    assert here.post("/ma-pin", {"current_pin": "000000", "new_pin": OTHER_PIN, "again": OTHER_PIN}).status == 422
    done = here.post("/ma-pin", {"current_pin": PIN, "new_pin": OTHER_PIN, "again": OTHER_PIN})
    assert done.location == "/tai-khoan"
    assert (here.get("/chi-doc").status, there.get("/chi-doc").status) == (200, 401)
    assert Browser(site).sign_in().status == 401
    assert Browser(site).sign_in(pin=OTHER_PIN).status == 303


@pytest.mark.parametrize("deed", ["reset", "close", "grant"])
@pytest.mark.attack("S30")
def test_an_old_cookie_is_dead_after_reset_closing_and_a_change_of_rights(
    browser: Browser, accounts: Accounts, learner: int, deed: str
) -> None:
    browser.sign_in()
    if deed == "reset":
        accounts.reset(learner)
    elif deed == "close":
        with accounts.acting(), db.write():
            operations.close_account(learner)
    else:
        accounts.grant(learner, "trainer")
    assert browser.get("/chi-doc").status == 401


@pytest.mark.attack("S55")
def test_a_forged_token_opens_nothing(browser: Browser, accounts: Accounts, learner: int) -> None:
    with browser.client.session_transaction() as visit:
        visit.update({"_user_id": "guessed", "used_at": int(utc_now().timestamp())})
    assert browser.get("/chi-doc").status == 303


# ── how long ─────────────────────────────────────────────────────────────


def test_office_visits_last_twelve_hours_without_a_lock(browser: Browser, accounts: Accounts) -> None:
    accounts.grant(accounts.staff(), "trainer")
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        clock.shift(timedelta(hours=11, minutes=59))
        assert browser.get("/chi-doc").status == 200
        clock.shift(timedelta(minutes=1))
        assert browser.get("/chi-doc").status == 401


@pytest.mark.attack("S35")
def test_a_learners_device_stays_ninety_days_and_locks_after_five_minutes(browser: Browser, learner: int) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        clock.shift(timedelta(minutes=5))
        assert browser.get("/chi-doc").status == 200
        clock.shift(timedelta(minutes=5, seconds=1))
        locked = browser.get("/chi-doc?trang=2")
        assert locked.status == 401 and "Nhập mã PIN để tiếp tục" in locked.text
        assert 'name="unlock_phone"' not in locked.text
        assert "Huỳnh T. Ú." in locked.text and "Huỳnh Thị Út" not in locked.text
        clock.shift(timedelta(days=89))
        again = browser.post("/chi-doc?trang=2", [*locked.hidden, ("unlock_pin", PIN)])
        assert (again.status, again.location) == (303, "/chi-doc?trang=2")
        assert browser.get("/chi-doc").status == 200
        clock.shift(timedelta(days=1))
        assert 'name="unlock_phone"' in browser.get("/chi-doc").text


def test_who_reads_slowly_is_not_locked_out_in_the_middle_of_a_page(browser: Browser, learner: int) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        for _ in range(3):
            clock.shift(timedelta(minutes=4))
            assert browser.get("/con-day").status == 204
        clock.shift(timedelta(minutes=4))
        assert browser.get("/chi-doc").status == 200
        clock.shift(timedelta(minutes=6))
        assert browser.get("/con-day").status == 401
        assert browser.get("/chi-doc").status == 401, "asking does not open what has locked"


def test_a_wrong_pin_at_the_lock_is_told_and_ten_lock_it(browser: Browser, accounts: Accounts, learner: int) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        clock.shift(timedelta(minutes=6))
        page = browser.get("/chi-doc")
        for _ in range(10):
            page = browser.post("/chi-doc", [*page.hidden, ("unlock_pin", OTHER_PIN)])
        assert page.status == 401 and "tạm khóa" in page.text
        page = browser.post("/chi-doc", [*page.hidden, ("unlock_pin", PIN)])
        assert page.status == 401 and "tạm khóa" in page.text
        assert Browser(browser.client.application).sign_in().status == 303  # the number itself is not locked


@pytest.mark.attack("S32")
def test_a_stranger_at_the_number_does_not_lock_a_known_device(site: Flask, accounts: Accounts, learner: int) -> None:
    mine, stranger = Browser(site), Browser(site)
    with time_machine.travel(utc_now(), tick=False) as clock:
        mine.sign_in()
        for _ in range(10):
            stranger.sign_in(pin=OTHER_PIN)
        clock.shift(timedelta(minutes=6))
        page = mine.get("/chi-doc")
        assert mine.post("/chi-doc", [*page.hidden, ("unlock_pin", PIN)]).status == 303


def test_a_locked_device_is_nobody_on_public_pages_and_may_leave(browser: Browser, learner: int) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        clock.shift(timedelta(minutes=6))
        assert "Huỳnh Thị Út" not in browser.get("/quyen-rieng-tu").text
        locked = browser.get("/dang-nhap?next=/chi-doc")
        assert locked.status == 401 and 'name="phone"' not in locked.text
        assert browser.post("/dang-nhap?next=/chi-doc", [*locked.hidden, ("unlock_pin", PIN)]).location == "/chi-doc"
        clock.shift(timedelta(minutes=6))
        browser.get("/dang-nhap?khac=1")
        assert browser.post("/dang-xuat").status == 303
        assert browser.get("/chi-doc").status == 303


@pytest.mark.parametrize("office", [False, True])
def test_leaving_quickly_locks_this_device_at_once(
    site: Flask, browser: Browser, accounts: Accounts, learner: int, office: bool
) -> None:
    """Whoever presses "back" afterwards meets the PIN, not the page that was left; another device stays open."""
    if office:
        accounts.grant(learner, "trainer")
    other = Browser(site)
    browser.sign_in()
    other.sign_in()
    assert browser.get("/thoat-nhanh").status == 303
    locked = browser.get("/chi-doc")
    assert locked.status == 401 and "Huỳnh Thị Út" not in locked.text
    assert other.get("/chi-doc").status == 200
    assert browser.post("/chi-doc", [*locked.hidden, ("unlock_pin", PIN)]).location == "/chi-doc"
    assert browser.get("/chi-doc").status == 200


def test_last_seen_is_written_every_five_minutes_at_most(browser: Browser, learner: int) -> None:
    def seen() -> object:
        db.session.rollback()
        return db.session.scalars(select(SignInSession.last_seen)).one()

    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        at_first = seen()
        clock.shift(timedelta(minutes=4))
        browser.get("/chi-doc")
        assert seen() == at_first
        clock.shift(timedelta(minutes=1))
        browser.get("/chi-doc")
        assert seen() == utc_now()


# ── nothing typed is lost ────────────────────────────────────────────────

WORK = [("bai", "Ghi chú \"của\" tôi <b> & 'nó'"), ("chon", "a"), ("chon", "b"), ("trong", "")]


def echoed(account: int) -> str:
    return f"account:{account} "


@pytest.mark.attack("S43")
def test_a_program_that_sends_a_pin_is_no_locked_page(browser: Browser, learner: int) -> None:
    """The API answers in its own words, and opens no device."""
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        clock.shift(timedelta(minutes=6))
        answer = browser.post("/api/v1/submissions", [("unlock_pin", PIN)], headers={"X-LHP": "1"}).answer
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
        assert browser.get("/chi-doc").status == 401


def test_work_posted_to_a_locked_device_goes_on_after_the_pin(browser: Browser, learner: int) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        browser.get("/tai-khoan")
        clock.shift(timedelta(minutes=6))
        stopped = browser.post("/thu?muc=3", WORK)
        assert stopped.status == 401 and "vẫn còn đây" in stopped.text
        assert 'action="/thu?muc=3"' in stopped.text
        wrong = browser.post("/thu?muc=3", [*stopped.hidden, ("unlock_pin", OTHER_PIN)])
        assert wrong.status == 401 and "chưa đúng" in wrong.text
        done = browser.post("/thu?muc=3", [*wrong.hidden, ("unlock_pin", PIN)])
    assert done.status == 200
    assert done.text.startswith(echoed(learner))
    assert all(repr(pair) in done.text for pair in WORK)
    assert "unlock" not in done.text


@pytest.mark.parametrize("how", ["elsewhere", "expired"])
def test_work_posted_when_the_visit_is_over_goes_on_after_phone_and_pin(
    browser: Browser, accounts: Accounts, learner: int, how: str
) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        browser.get("/tai-khoan")
        if how == "elsewhere":
            with accounts.acting(), db.write():
                operations.end_all_sessions(learner)
        else:
            clock.shift(timedelta(days=90))
        stopped = browser.post("/thu", WORK)
        assert stopped.status == 401 and 'name="unlock_phone"' in stopped.text
        with browser.client.session_transaction() as visit:
            old_token = visit["_user_id"]
        done = browser.post("/thu", [*stopped.hidden, ("unlock_phone", PHONE), ("unlock_pin", PIN)])
        assert done.status == 200 and all(repr(pair) in done.text for pair in WORK)
        with browser.client.session_transaction() as visit:
            assert visit["_user_id"] != old_token
        assert browser.get("/chi-doc").status == 200


def test_another_account_does_not_send_the_first_ones_work(
    browser: Browser, accounts: Accounts, learner: int, make: Make
) -> None:
    second = other(accounts, make)
    browser.sign_in()
    browser.get("/tai-khoan")
    with accounts.acting(), db.write():
        operations.end_all_sessions(learner)
    stopped = browser.post("/thu", WORK)
    answer = browser.post("/thu", [*stopped.hidden, ("unlock_phone", OTHER_PHONE), ("unlock_pin", OTHER_PIN)])
    assert answer.status == 409 and "tài khoản khác" in answer.text and "Ghi chú" not in answer.text
    assert browser.get("/chi-doc").text == f"account:{second}"


def test_another_accounts_pin_does_not_unlock_a_device(
    browser: Browser, accounts: Accounts, learner: int, make: Make
) -> None:
    accounts.learner(make.person(), PHONE, OTHER_PIN)  # the same number, another PIN
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        browser.get("/tai-khoan")
        clock.shift(timedelta(minutes=6))
        stopped = browser.post("/thu", WORK)
        assert browser.post("/thu", [*stopped.hidden, ("unlock_pin", OTHER_PIN)]).status == 401


def test_carrying_on_needs_the_form_token(browser: Browser, learner: int) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        clock.shift(timedelta(minutes=6))
        browser.token = "forged"
        assert browser.post("/thu", [*WORK, ("unlock_pin", PIN)]).status == 400
        browser.token = "forged"
        assert browser.post("/chi-doc", [("unlock_pin", PIN), ("unlock_then", "/chi-doc")]).status == 400


def test_pages_open_in_other_tabs_still_send_after_the_same_person_is_back(
    browser: Browser, accounts: Accounts, learner: int
) -> None:
    browser.sign_in()
    browser.get("/tai-khoan")
    other_tab = browser.token
    with accounts.acting(), db.write():
        operations.end_all_sessions(learner)
    page = browser.get("/chi-doc")
    browser.post("/chi-doc", [*page.hidden, ("unlock_phone", PHONE), ("unlock_pin", PIN)])
    browser.token = other_tab
    assert browser.post("/thu", WORK).status == 200


def test_a_file_is_not_carried_and_the_page_says_so(browser: Browser, learner: int) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        browser.get("/tai-khoan")
        clock.shift(timedelta(minutes=6))
        stopped = browser.post("/thu", [("tep", (io.BytesIO(b"abc"), "ds.xlsx")), ("ghi", "x")])
        assert stopped.status == 401 and "chọn lại tệp" in stopped.text and 'value="x"' not in stopped.text
        assert browser.post("/thu", [*stopped.hidden, ("unlock_pin", PIN)]).location == "/thu"


def test_pins_are_never_written_into_the_page(browser: Browser, learner: int) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        browser.get("/ma-pin")
        clock.shift(timedelta(minutes=6))
        stopped = browser.post("/tai-khoan/so-dien-thoai", {"phone": OTHER_PHONE, "current_pin": PIN})
        assert stopped.status == 401 and PIN not in stopped.text and "không được giữ lại" in stopped.text
        again = browser.post("/tai-khoan/so-dien-thoai", [*stopped.hidden, ("unlock_pin", PIN)])
        assert again.location == "/tai-khoan/so-dien-thoai"


def test_a_page_that_only_receives_leads_home_when_nothing_can_be_carried(browser: Browser, learner: int) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        browser.get("/tai-khoan")
        clock.shift(timedelta(minutes=6))
        stopped = browser.post("/chi-gui", [("tep", (io.BytesIO(b"abc"), "ds.xlsx"))])
        assert browser.post("/chi-gui", [*stopped.hidden, ("unlock_pin", PIN)]).location == "/"


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_unlocking_never_leads_away(browser: Browser, learner: int, then: str) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        browser.get("/tai-khoan")
        clock.shift(timedelta(minutes=6))
        browser.get("/chi-doc")
        assert browser.post("/chi-doc", [("unlock_pin", PIN), ("unlock_then", then)]).location == "/"


def test_a_second_tab_that_unlocked_already_just_sends(browser: Browser, learner: int) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in()
        browser.get("/tai-khoan")
        clock.shift(timedelta(minutes=6))
        stopped = browser.post("/thu", WORK)
        page = browser.get("/chi-doc")
        browser.post("/chi-doc", [*page.hidden, ("unlock_pin", PIN)])
        sent = browser.post("/thu", [*stopped.hidden, ("unlock_pin", PIN)])
        assert sent.status == 200 and "unlock" not in sent.text


# ── the guard ────────────────────────────────────────────────────────────


def test_a_route_without_a_declared_right_is_refused_to_everybody(browser: Browser, accounts: Accounts) -> None:
    accounts.grant(accounts.staff(), "administrator")
    assert browser.get("/quen").status == 403
    browser.sign_in()
    assert browser.get("/quen").status == 403


def test_scripts_get_a_status_instead_of_a_page(browser: Browser, learner: int) -> None:
    asked = browser.get("/chi-doc", headers={"Accept": "application/json"})
    assert asked.status == 401 and "unlock" not in asked.text


def test_a_missing_capability_is_403_and_nobody_is_sent_to_sign_in(browser: Browser, learner: int) -> None:
    assert browser.get("/quan-tri/tai-khoan").location.startswith("/dang-nhap?next=")
    browser.sign_in()
    assert browser.get("/quan-tri/tai-khoan").status == 403
    assert browser.get("/khong-co-trang-nay").status == 404


def test_a_lesson_costs_one_statement_to_know_who_asks(browser: Browser, accounts: Accounts) -> None:
    from sqlalchemy import event

    accounts.grant(accounts.staff(), "trainer")
    browser.sign_in()
    seen: list[str] = []
    with browser.client.application.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda c, cur, statement, *rest: seen.append(statement))
    browser.get("/chi-doc")
    assert len([statement for statement in seen if statement.startswith("SELECT")]) == 1
