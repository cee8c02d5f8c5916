"""A form token that is too old: what was typed is offered again, but only to the browser's own page of this site."""

from __future__ import annotations

import io

import pytest

from tests.accounts.conftest import PHONE, PIN, Accounts, Browser

pytestmark = pytest.mark.both
OURS = {"Sec-Fetch-Site": "same-origin"}
STALE = "IjAxMjM0NTY3ODkwYWJjZGVmIg.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"
TYPED = [("ten", "Điều <b>hai"), ("phan", "1"), ("phan", "2")]


@pytest.fixture
def stale(browser: Browser, accounts: Accounts) -> Browser:
    """Signed in, with a page whose token is of an earlier visit."""
    accounts.staff("Trần Văn Mẫu")
    browser.sign_in()
    browser.token = STALE
    return browser


@pytest.mark.parametrize("headers", [OURS, {"Origin": "http://localhost"}], ids=["fetch metadata", "origin"])
def test_what_was_typed_is_sent_by_one_more_press(stale: Browser, headers: dict[str, str]) -> None:
    page = stale.post("/thu?x=1", TYPED, headers=headers)
    assert page.status == 400 and "Gửi lại" in page.text
    assert "Trần Văn Mẫu" in page.text, "the header says who is signed in"
    assert "Điều <b>hai" not in page.answer.get_data(as_text=True), "as text, never as markup"
    carried = [pair for pair in page.hidden if pair[0] not in ("csrf_token", "next")]  # "next": of the foot's languages
    assert carried == TYPED
    assert stale.token != STALE
    sent = stale.post("/thu?x=1", carried, headers=headers)
    assert sent.status == 200 and str(sorted([*TYPED, ("csrf_token", stale.token)])) in sent.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "null"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://evil.example", "Referer": "http://localhost/thu"},
    ],
)
def test_the_form_of_another_site_is_not_offered(stale: Browser, headers: dict[str, str]) -> None:
    page = stale.post("/thu", TYPED, headers=headers)
    assert page.status == 400 and "Gửi lại" not in page.text
    assert "Điều" not in page.text and "Chưa nhận được lần bấm vừa rồi" in page.text
    assert "Trần Văn Mẫu" in page.text


def test_a_file_cannot_be_kept_and_the_page_says_so(stale: Browser) -> None:
    page = stale.post("/thu", {"ten": "x", "file": (io.BytesIO(b"1"), "ds.csv")}, headers=OURS)
    assert page.status == 400 and "Gửi lại" not in page.text
    assert "Tệp vừa chọn không giữ lại được" in page.text and 'href="/thu"' in page.text


def test_a_pin_is_never_written_into_the_page(browser: Browser, accounts: Accounts) -> None:
    accounts.staff()
    browser.token = STALE
    page = browser.post("/dang-nhap", {"phone": PHONE, "pin": PIN}, headers=OURS)
    assert page.status == 400 and PIN not in page.text and 'href="/dang-nhap"' in page.text


def test_a_page_that_can_only_be_sent_to_leads_home(stale: Browser) -> None:
    page = stale.post("/chi-gui", {"secret": "12345678"}, headers=OURS)
    assert 'class="action" href="/"' in page.text


def test_scripts_get_a_status(stale: Browser) -> None:
    answer = stale.post("/thu", TYPED, headers=OURS | {"Accept": "application/json"})
    assert answer.status == 400 and answer.answer.mimetype == "application/problem+json"
