"""The editor in a real browser: phone and checks follow what is typed, and an ended session is told in words."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from lms.accounts import hashing
from lms.courses.models import Course
from lms.courses.operations import start_draft
from lms.db import db
from tests.browser.conftest import PIN
from tests.factories import Make

pytestmark = pytest.mark.browser
FOLDER = "01-bao-luc-gia-dinh-la-gi"


def test_the_phone_follows_and_an_ended_session_is_told(site: str, chromium: Browser, make: Make) -> None:
    hashed = hashing.hash_secret(PIN)
    make.account("Lâm Thị Mẫu", capability="trainer", unit="vl/nguyet-hoa", pin_hash=hashed, phone="+84987654321")
    with db.write() as session:
        start_draft(session.query(Course).one())
    page = chromium.new_page()
    page.goto(f"{site}/dang-nhap")
    page.fill("[name=phone]", "0987 654 321")
    page.fill("[name=pin]", PIN)
    page.click("main button[type=submit]")
    page.goto(f"{site}/soan-bai/k1/bai/modules/{FOLDER}/lesson-02.vi.md")
    phone = page.frame_locator("iframe[name=phone]")
    page.fill("[name=body]", "Một câu **mới**.\n\n::: khung-la\n:::\n")
    expect(phone.locator("strong", has_text="mới")).to_be_visible(timeout=15000)
    expect(page.locator("#found")).to_contain_text("Không có khung tên “khung-la”")
    page.fill("[name=minutes]", "lâu")
    page.click("text=Lưu bản nháp")
    expect(page.locator("h2", has_text=re.compile("Chưa gửi được"))).to_be_visible()
    expect(phone.locator("strong", has_text="mới")).to_be_visible(timeout=15000)
    page.context.clear_cookies()
    page.click("text=Xem thử")
    expect(page.locator("#ended")).to_contain_text("Phiên làm việc đã kết thúc")
    expect(phone.locator("strong", has_text="mới")).to_be_visible(timeout=15000)
    expect(page.locator("[name=body]")).to_have_value(re.compile("Một câu"))
