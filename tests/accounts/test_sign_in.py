"""Coming in by number, PIN, card and first code, and what a guesser meets."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.models import SignInSession, SignInTries
from lms.db import db, utc_now
from tests.accounts.conftest import PHONE, PIN, Accounts, Browser, Page
from tests.factories import Make

pytestmark = pytest.mark.both
WRONG = "730461"
OTHER_PIN = "591824"


def signed_in(browser: Browser) -> bool:
    return browser.get("/chi-doc").status == 200


def test_phone_and_pin_lead_to_the_page_wanted(browser: Browser, accounts: Accounts) -> None:
    account = accounts.staff()
    wanted = browser.get("/chi-doc?x=1")
    assert (wanted.status, wanted.location) == (303, "/dang-nhap?next=/chi-doc?x%3D1")
    came = browser.sign_in(url=wanted.location)
    assert (came.status, came.location) == (303, "/chi-doc?x=1")
    assert browser.get("/chi-doc").text == f"account:{account}"


@pytest.mark.parametrize("typed", ["0912345678", "0912.345.678", "+84 912 345 678", "84912345678"])
def test_the_number_may_be_spaced_as_people_do(browser: Browser, accounts: Accounts, typed: str) -> None:
    accounts.staff()
    assert browser.sign_in(typed).status == 303


@pytest.mark.parametrize(
    "evil", ["//evil.example", "/\\evil.example", "https://evil.example", "/%2f/evil", "/a/../..//b", "javascript:1"]
)
def test_next_never_leaves_the_site(browser: Browser, accounts: Accounts, evil: str) -> None:
    accounts.staff()
    browser.get("/dang-nhap")
    came = browser.post("/dang-nhap", {"phone": PHONE, "pin": PIN}, query_string={"next": evil})
    assert came.location == "/"


@pytest.mark.attack("S32")
def test_ten_wrong_pins_lock_the_number_even_for_the_right_one(browser: Browser, accounts: Accounts) -> None:
    accounts.staff()
    accounts.staff("Lê Thị Khác", "0987 654 321", OTHER_PIN)
    with time_machine.travel(utc_now(), tick=False) as clock:
        for _ in range(10):
            clock.shift(timedelta(minutes=1, seconds=1))
            answer = browser.sign_in(pin=WRONG)
        assert "tạm khóa" in answer.text and "15 phút" in answer.text
        right = browser.sign_in()
        assert right.status == 429 and "tạm khóa" in right.text
        assert Browser(browser.client.application).sign_in("0987 654 321", OTHER_PIN).status == 303
        clock.shift(timedelta(minutes=14))
        assert browser.sign_in().status == 429
        clock.shift(timedelta(minutes=1, seconds=1))
        assert browser.sign_in().status == 303


def test_ten_quick_wrong_pins_lock_too(browser: Browser, accounts: Accounts) -> None:
    accounts.staff()
    for _ in range(10):
        browser.sign_in(pin=WRONG)
    assert "tạm khóa" in browser.sign_in().text
    assert not signed_in(browser)


def test_a_failed_try_is_committed(browser: Browser, accounts: Accounts) -> None:
    browser.sign_in(pin=WRONG)
    assert db.session.scalars(select(SignInTries.wrong).where(SignInTries.key.like("number:%"))).all() == [1]


def test_success_forgets_the_wrong_tries(browser: Browser, accounts: Accounts) -> None:
    accounts.staff()
    browser.sign_in(pin=WRONG)
    browser.sign_in()
    assert db.session.scalars(select(SignInTries.wrong).where(SignInTries.key.like("number:%"))).all() == []


@pytest.mark.attack("S31")
def test_unknown_and_known_numbers_get_the_same_answer(site: Flask, accounts: Accounts) -> None:
    """Status, length and words, from the first try to the lock; times are equal by `hashing.matching`."""
    accounts.staff(phone="0987 654 321")
    known, unknown = Browser(site), Browser(site)
    with time_machine.travel(utc_now(), tick=False):
        for _ in range(11):
            one = _plain(known.sign_in("0987 654 321", WRONG), "0987 654 321")
            other = _plain(unknown.sign_in("0987 654 322", WRONG), "0987 654 322")
            assert one == other


def _plain(page: Page, phone: str) -> tuple[int, str]:
    tokens = re.compile(r'name="csrf_token" value="[^"]+"')
    return page.status, tokens.sub("", page.text.replace(phone, "…"))


def test_a_number_that_is_none_is_told_without_costing_a_try(browser: Browser) -> None:
    answer = browser.sign_in("0912 345 67")
    assert answer.status == 422 and "9 chữ số" in answer.text
    assert db.session.scalar(select(func.count()).select_from(SignInTries)) == 0


def test_the_pin_is_never_written_back(browser: Browser, accounts: Accounts) -> None:
    accounts.staff()
    assert WRONG not in browser.sign_in(pin=WRONG).text


def test_four_accounts_on_one_number_are_told_apart_by_pin(site: Flask, accounts: Accounts) -> None:
    pins = ["482913", "591824", "730461", "260857"]
    made = [accounts.staff(f"Người Mẫu {place}", PHONE, pin) for place, pin in enumerate(pins)]
    for account, pin in zip(made, pins, strict=True):
        browser = Browser(site)
        browser.sign_in(pin=pin)
        assert browser.get("/chi-doc").text == f"account:{account}"


def test_a_card_asks_for_the_pin_only_and_shows_a_masked_name(browser: Browser, accounts: Accounts) -> None:
    account = accounts.staff("Huỳnh Thị Út")
    card = accounts.card(account)
    page = browser.get(f"/the/{card.token}")
    assert "Huỳnh T. Ú." in page.text and "Huỳnh Thị Út" not in page.text
    assert 'name="phone"' not in page.text
    assert browser.post(f"/the/{card.token}", {"secret": PIN}).status == 303
    assert signed_in(browser)


@pytest.mark.attack("S32")
def test_a_locked_number_still_opens_by_card(browser: Browser, accounts: Accounts) -> None:
    """A stranger who knows the number can lock it, but not its owner's card."""
    card = accounts.card(accounts.staff())
    for _ in range(10):
        browser.sign_in(pin=WRONG)
    browser.get(f"/the/{card.token}")
    assert browser.post(f"/the/{card.token}", {"secret": PIN}).status == 303


@pytest.mark.attack("S32")
def test_a_card_locks_on_its_own(browser: Browser, accounts: Accounts) -> None:
    card = accounts.card(accounts.staff())
    browser.get(f"/the/{card.token}")
    for _ in range(10):
        browser.post(f"/the/{card.token}", {"secret": WRONG})
    assert browser.post(f"/the/{card.token}", {"secret": PIN}).status == 429
    assert browser.sign_in().status == 303


def test_an_unknown_card_says_what_to_do(browser: Browser) -> None:
    page = browser.get("/the/khong-co-the-nay")
    assert page.status == 404 and "không còn dùng được" in page.text


@pytest.mark.attack("S33")
def test_a_new_card_kills_the_old_one_and_its_code(browser: Browser, accounts: Accounts) -> None:
    account = accounts.staff(pin=None)
    old = accounts.card(account)
    new = accounts.card(account)
    assert browser.get(f"/the/{old.token}").status == 404
    assert browser.sign_in(pin=old.first_code).status == 401
    assert browser.sign_in(pin=new.first_code).location.startswith("/ma-pin")


@pytest.mark.attack("S33")
def test_only_hashes_are_kept(accounts: Accounts, app: Flask) -> None:
    account = accounts.staff()
    card = accounts.card(account)
    row = accounts.of(account)
    stored = f"{row.pin_hash} {row.card_hash} {row.first_code_hash}"
    assert not any(secret in stored for secret in (PIN, card.token, card.first_code))


def choose(browser: Browser, new_pin: str, again: str = "") -> Page:
    browser.get("/ma-pin")
    return browser.post("/ma-pin", {"new_pin": new_pin, "again": again or new_pin})


@pytest.mark.attack("S34")
def test_the_first_code_opens_the_choice_of_a_pin_and_nothing_else(browser: Browser, accounts: Accounts) -> None:
    account = accounts.staff(pin=None)
    card = accounts.card(account)
    browser.get(f"/the/{card.token}")
    came = browser.post(f"/the/{card.token}", {"secret": card.shown_code})
    assert came.location == "/ma-pin"
    assert not signed_in(browser)
    assert choose(browser, PIN).status == 303
    assert signed_in(browser)
    assert accounts.of(account).first_code_hash is None


@pytest.mark.attack("S33")
def test_the_first_code_works_once(site: Flask, accounts: Accounts) -> None:
    code = accounts.card(accounts.staff(pin=None)).first_code
    first, second = Browser(site), Browser(site)
    assert first.sign_in(pin=code).status == second.sign_in(pin=code).status == 303
    assert choose(first, PIN).status == 303
    late = choose(second, OTHER_PIN)
    assert late.status == 410 and "đã dùng rồi" in late.text
    assert Browser(site).sign_in(pin=code).status == 401
    assert Browser(site).sign_in(pin=OTHER_PIN).status == 401
    assert Browser(site).sign_in(pin=PIN).status == 303


@pytest.mark.attack("S34")
def test_the_first_code_lives_thirty_days(site: Flask, accounts: Accounts) -> None:
    start = utc_now()
    with time_machine.travel(start, tick=False) as clock:
        code = accounts.card(accounts.staff(pin=None)).first_code
        clock.shift(timedelta(days=30, seconds=-1))
        assert Browser(site).sign_in(pin=code).status == 303
        clock.shift(timedelta(seconds=1))
        assert Browser(site).sign_in(pin=code).status == 401


def test_the_choice_must_be_made_within_half_an_hour(browser: Browser, accounts: Accounts) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        browser.sign_in(pin=accounts.card(accounts.staff(pin=None)).first_code)
        clock.shift(timedelta(minutes=31))
        assert browser.get("/ma-pin").location.startswith("/dang-nhap")


@pytest.mark.parametrize(
    ("pin", "words"),
    [
        ("123456", "dễ đoán"),
        ("345678", "dễ đoán"),
        ("234567", "dễ đoán"),
        ("912345", "số điện thoại"),
        ("196847", "năm sinh"),
    ],
)
@pytest.mark.attack("S34")
def test_an_easy_pin_is_refused_with_the_reason(
    browser: Browser, accounts: Accounts, make: Make, pin: str, words: str
) -> None:
    person = make.person(birth_date=date(1968, 1, 1), birth_precision="year")
    browser.sign_in(pin=accounts.card(accounts.learner(person, pin=None)).first_code)
    answer = choose(browser, pin)
    assert answer.status == 422 and words in answer.text


def test_two_different_entries_are_refused(browser: Browser, accounts: Accounts) -> None:
    browser.sign_in(pin=accounts.card(accounts.staff(pin=None)).first_code)
    assert "Hai lần nhập chưa giống nhau" in choose(browser, PIN, OTHER_PIN).text


def test_another_accounts_pin_is_refused_in_the_words_of_an_easy_one(site: Flask, accounts: Accounts) -> None:
    accounts.staff("Chị Một", PHONE, PIN)
    browser = Browser(site)
    browser.sign_in(pin=accounts.card(accounts.staff("Chị Hai", PHONE, None)).first_code)
    taken, easy = choose(browser, PIN), choose(browser, "123123")
    assert taken.status == easy.status == 422
    assert "dễ đoán" in taken.text and "dễ đoán" in easy.text


@pytest.mark.attack("S32")
def test_choosing_cannot_be_used_to_guess_the_others_pin(site: Flask, accounts: Accounts) -> None:
    accounts.staff("Chị Một", PHONE, PIN)
    browser = Browser(site)
    accounts.staff("Chị Hai", PHONE, OTHER_PIN)
    browser.sign_in(pin=OTHER_PIN)
    current = OTHER_PIN
    for guess in ("260857", "260875", "260758", "260785", "260578", "260587", "280657", "280675", "280756", "280765"):
        browser.get("/ma-pin")
        browser.post("/ma-pin", {"current_pin": current, "new_pin": guess, "again": guess})
        current = guess if browser.get("/tai-khoan").status == 200 else current
    browser.get("/ma-pin")
    answer = browser.post("/ma-pin", {"current_pin": current, "new_pin": PIN, "again": PIN})
    assert "thử nhiều mã" in answer.text or "chưa đúng" in answer.text


@pytest.mark.attack("S30")
def test_signing_in_changes_the_token_and_forgets_what_was_there(browser: Browser, accounts: Accounts) -> None:
    """No fixation: neither the sign-in nor the form token of before is worth anything after."""
    accounts.staff()
    browser.get("/dang-nhap")
    planted = browser.token
    with browser.client.session_transaction() as before:
        before["_user_id"] = "planted-by-somebody"
    browser.sign_in()
    with browser.client.session_transaction() as after:
        assert after["_user_id"] != "planted-by-somebody"
    browser.token = planted
    assert browser.post("/tai-khoan/dang-xuat-moi-noi").status == 400
    assert signed_in(browser)


def test_signing_in_again_ends_the_visit_before(browser: Browser, accounts: Accounts) -> None:
    accounts.staff()
    accounts.staff("Chị Hai", "0987 654 321", OTHER_PIN)
    browser.sign_in()
    browser.sign_in("0987 654 321", OTHER_PIN)
    running = select(func.count()).select_from(SignInSession).where(SignInSession.ended_at.is_(None))
    assert db.session.scalar(running) == 1


@pytest.mark.attack("S30")
def test_signing_out_kills_the_visit_on_the_server(site: Flask, accounts: Accounts) -> None:
    accounts.staff()
    browser, thief = Browser(site), Browser(site)
    browser.sign_in()
    with browser.client.session_transaction() as kept:
        copy = dict(kept)
    browser.get("/tai-khoan")
    assert browser.post("/dang-xuat").location == "/dang-nhap"
    with thief.client.session_transaction() as stolen:
        stolen.update(copy)
    assert not signed_in(browser) and not signed_in(thief)


def test_every_post_needs_its_token(browser: Browser, accounts: Accounts) -> None:
    accounts.staff()
    browser.token = ""
    assert browser.post("/dang-nhap", {"phone": PHONE, "pin": PIN}).status == 400


def test_the_cookie_is_closed_to_scripts_and_other_sites(browser: Browser, accounts: Accounts) -> None:
    accounts.staff()
    cookie = browser.sign_in().answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_a_closed_account_does_not_open(browser: Browser, accounts: Accounts) -> None:
    from lms.accounts import operations

    account = accounts.staff()
    with accounts.acting(), db.write():
        operations.close_account(account)
    assert browser.sign_in().status == 401


def test_the_language_chosen_before_is_remembered(browser: Browser, accounts: Accounts) -> None:
    account = accounts.staff()
    with browser.client.session_transaction() as visit:
        visit["language"] = "km"
    browser.sign_in()
    assert accounts.of(account).language == "km"


def test_the_demo_lists_whom_one_may_be(site: Flask, accounts: Accounts) -> None:
    browser = Browser(site)
    assert "Bản dùng thử" not in browser.get("/dang-nhap").text
    one = {"who": "Chị Mẫu", "area": "Phường Mẫu", "capability": "manager", "phone": PHONE, "pin": PIN}
    site.extensions["demo_accounts"] = [one]
    page = browser.get("/dang-nhap").text
    assert "Chị Mẫu" in page and "Người quản lý danh sách, Phường Mẫu" in page and PIN in page
    [link] = re.findall(r'href="(/dang-nhap\?dien-thoai=[^"]+)"', page)
    assert f'value="{PHONE}"' in browser.get(link).text
