"""A form that makes a card or a code works once: sent again, it makes nothing and kills nothing."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.accounts.conftest import PHONE, Accounts, Browser
from tests.accounts.test_cards import collaborator, desk, press, root, secrets_of, seen_by
from tests.factories import Make

pytestmark = pytest.mark.both
__all__ = ["desk", "root"]
URL = "/the-dang-nhap/in"


def test_reloading_the_printed_page_makes_no_second_card(root: Browser, accounts: Accounts) -> None:
    account = accounts.staff(pin=None)
    form = {"seen": seen_by(root, account, "the")}
    [token], [_code] = secrets_of(root.post(f"/quan-tri/tai-khoan/{account}/the", form).text)
    again = root.post(f"/quan-tri/tai-khoan/{account}/the", form)
    assert again.status == 409 and "Thẻ này đã làm rồi" in again.text and not secrets_of(again.text)[1]
    assert root.get(f"/the/{token}").status == 200, "the card in somebody's hand still works"
    [new], [_code] = secrets_of(press(root, account, "the").text)
    assert (root.get(f"/the/{token}").status, root.get(f"/the/{new}").status) == (404, 200)


def test_reloading_a_print_run_makes_no_second_cards(desk: Browser, make: Make) -> None:
    people = [collaborator(make, "Thạch Sa Rươl"), collaborator(make, "Kim Thị Thanh")]
    asked = desk.get(URL, query_string=[("nguoi", str(one)) for one in people])
    form = [*(pair for pair in asked.hidden if pair[0] != "csrf_token"), ("ask_phone", "0903 111 222")]
    tokens, codes = secrets_of(desk.post(URL, form).text)
    assert len(codes) == 2
    again = desk.post(URL, form)
    assert again.status == 409 and "Thẻ này đã làm rồi" in again.text
    assert [desk.get(f"/the/{token}").status for token in tokens] == [200, 200]


def test_a_run_with_one_card_made_meanwhile_leaves_the_others_alone(
    desk: Browser, accounts: Accounts, make: Make
) -> None:
    first, second = collaborator(make, "Thạch Sa Rươl"), collaborator(make, "Kim Thị Thanh")
    asked = desk.get(URL, query_string=[("nguoi", str(one)) for one in (first, second)])
    form = [*(pair for pair in asked.hidden if pair[0] != "csrf_token"), ("ask_phone", "0903 111 222")]
    account = accounts.learner(second, None, None)
    made_meanwhile = accounts.card(account).token
    assert desk.post(URL, form).status == 409
    assert desk.get(f"/the/{made_meanwhile}").status == 200
    page = desk.get("/the-dang-nhap").text
    assert page.count("Đã in, chưa vào") == 1 and page.count("Chưa có thẻ") == 1


def test_reloading_the_page_of_a_new_code_gives_no_second(root: Browser, site: Flask, accounts: Accounts) -> None:
    account = accounts.staff()
    form = {"seen": seen_by(root, account, "ma-pin")}
    assert root.post(f"/quan-tri/tai-khoan/{account}/ma-pin", form).status == 200
    accounts.pin(account, "591824")
    again = root.post(f"/quan-tri/tai-khoan/{account}/ma-pin", form)
    assert again.status == 409 and "Mã mới đã cấp rồi" in again.text
    assert Browser(site).sign_in(PHONE, "591824").status == 303, "the PIN chosen meanwhile stays"


@pytest.mark.parametrize("form", [{}, {"seen": ""}, {"seen": "0123456789abcdef"}])
def test_a_form_that_names_no_card_of_the_account_makes_none(
    root: Browser, accounts: Accounts, form: dict[str, str]
) -> None:
    account = accounts.staff()
    root.get("/quan-tri/tai-khoan")
    for deed in ("the", "ma-pin"):
        assert root.post(f"/quan-tri/tai-khoan/{account}/{deed}", form).status == 409
    assert accounts.of(account).card_hash is None and accounts.of(account).pin_hash


def test_who_has_no_card_yet_gets_the_button_openly(root: Browser, accounts: Accounts) -> None:
    account = accounts.staff(pin=None)
    page = root.get(f"/quan-tri/tai-khoan/{account}").text
    assert "In thẻ đăng nhập" in page and "Mất thẻ" not in page
    press(root, account, "the")
    page = root.get(f"/quan-tri/tai-khoan/{account}").text
    assert "In thẻ đăng nhập" not in page and "Mất thẻ" in page


def test_the_card_of_the_office_says_whom_to_call(root: Browser, accounts: Accounts) -> None:
    card = press(root, accounts.staff(), "the").text
    assert "Cần hỏi: gọi 0987 654 321" in card
    assert "data-print" in card and "js/print.js" in card
