"""The chain, whole, in a real browser: list → card → lessons → quiz → certificate → the figure moves by one person."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from pdfminer.high_level import extract_text
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy import select

from lms.access import SYSTEM
from lms.coverage.answers import answer, as_json, question
from lms.db import db
from lms.people.scope import unscoped
from lms.quizzes.attempts import items_of
from lms.quizzes.models import Attempt
from tests.browser.conftest import PIN
from tests.people.lists import person, xlsx

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PHONE, DESK = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=900)
NAME = "Nguyễn Thị Hồng Ánh"
LIST = [person(NAME, 1971, "Khóm 13"), person("Thạch Sa Mẫu", 1968, "Khóm 13", "HGV", sex="Nam")]


class Watched:
    """A page whose every screen is checked: nothing wider than the window, no violation that axe can find.

    `also`: another size in which each screen is checked.
    """

    def __init__(self, page: Page, scripts: bool = True, also: ViewportSize | None = None) -> None:
        self.page, self.scripts, self.also = page, scripts, also
        self.seen: set[str] = set()

    def go(self, url: str) -> None:
        self.page.goto(url)
        self.look()

    def press(self, words: str) -> None:
        """Press the button or follow the link in the main part with these words."""
        self.page.locator("main").get_by_text(words, exact=True).last.click()
        self.page.wait_for_load_state()
        self.look()

    def look(self) -> None:
        screen = re.sub(r"[0-9a-f-]{36}|\d+", "…", self.page.url)
        if not self.scripts or screen in self.seen:
            return
        self.seen.add(screen)
        self._check()
        if self.also:
            self.page.set_viewport_size(self.also)
            self._check()
            self.page.set_viewport_size(PHONE)

    def _check(self) -> None:
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), self.page.url
        found = Axe().run(self.page).response["violations"]
        assert not found, [(self.page.url, one["id"], one["nodes"][0]["html"]) for one in found]


def coverage() -> tuple[int, int]:
    db.session.rollback()
    total = as_json(answer(SYSTEM, question(), by=()))["total"]
    return total["trained"], total["counted"]


def import_list(office: Watched, site: str) -> None:
    office.go(f"{site}/danh-sach/moi")
    file = {"name": "DS khom 13.xlsx", "mimeType": "application/octet-stream", "buffer": xlsx(LIST)}
    office.page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]
    office.page.fill("input[name=list_date]", date.today().strftime("%d/%m/%Y"))
    office.press("Tải lên và xem lại")
    office.press("Sang bước ghi vào sổ")
    office.press("Ghi vào sổ")


def print_card(office: Watched, site: str) -> tuple[str, str]:
    """The card's address, read from its QR as a phone would, and its first code."""
    office.go(f"{site}/the-dang-nhap")
    office.page.get_by_label(NAME).check()
    office.press("Xem lại rồi in")
    office.press("Làm thẻ để in")
    picture = Image.open(io.BytesIO(office.page.locator(".login-card img").screenshot()))
    code = office.page.locator(".login-card .code").inner_text()
    return zxingcpp.read_barcodes(picture)[0].text, re.sub(r"\D", "", code)


def choose_pin(learner: Watched, card: str, code: str) -> None:
    learner.go(card)
    learner.page.fill("input[name=secret]", code)
    learner.press("Vào học")
    learner.page.fill("input[name=new_pin]", "706152")
    learner.page.fill("input[name=again]", "706152")
    learner.press("Lưu mã PIN")


def study(learner: Watched, site: str) -> None:
    learner.go(f"{site}/khoa-hoc/k1")
    learner.press("Bắt đầu học")
    learner.press("Vào bài 1")
    for _ in range(18):
        learner.press("Tiếp theo")
    learner.press("Xong phần này")


def sit_quiz(learner: Watched, site: str) -> str:
    """Confirm the name, answer everything right, hand in; returns the receipt."""
    learner.go(f"{site}/khoa-hoc/k1/kiem-tra")
    if "/xac-nhan-thong-tin" in learner.page.url:
        learner.press("Đúng rồi")
    learner.press("Bắt đầu làm bài")
    if "/xac-nhan-thong-tin" in learner.page.url:
        learner.press("Đúng rồi")
        learner.press("Bắt đầu làm bài")
    db.session.rollback()
    attempt = db.session.scalars(unscoped(select(Attempt), "the one attempt of this test")).one()
    items = items_of(attempt)
    for item in items:
        if learner.page.get_by_text("Xem câu hỏi", exact=True).count():
            learner.press("Xem câu hỏi")
        for right in sorted(item.right):
            learner.page.locator(f"label.option:has(input[value='{right}']) span").click()
        learner.press("Câu tiếp theo" if item is not items[-1] else "Xem lại rồi nộp")
    learner.press("Nộp bài")
    assert "Anh/Chị đã đạt" in learner.page.locator("main").inner_text()
    return learner.page.locator(".receipt .code").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_list_to_the_figure(app: Flask, site: str, chromium: Browser, scripts: bool) -> None:
    desk = chromium.new_context(viewport=PHONE, device_scale_factor=3, java_script_enabled=scripts)
    office = Watched(desk.new_page(), scripts, also=DESK)
    office.go(f"{site}/dang-nhap")
    office.page.fill("input[name=phone]", "0912 345 678")
    office.page.fill("input[name=pin]", PIN)
    office.press("Vào học")
    import_list(office, site)
    assert coverage() == (0, 2)
    card, code = print_card(office, site)

    phone = chromium.new_context(viewport=PHONE, java_script_enabled=scripts)
    learner = Watched(phone.new_page(), scripts)
    choose_pin(learner, card, code)
    study(learner, site)
    receipt = sit_quiz(learner, site)
    learner.page.go_back()
    learner.page.reload()
    assert receipt in learner.page.locator("main").inner_text(), "back after handing in leads to the result"

    learner.go(f"{site}/ho-so")
    link = learner.page.get_by_text("Tải tệp PDF").get_attribute("href")
    pdf = phone.request.get(f"{site}{link}").body()
    assert NAME in extract_text(io.BytesIO(pdf))
    checked = chromium.new_context(viewport=PHONE).new_page()
    checked.goto(f"{site}/c/{str(link).rsplit('/', 1)[1].removesuffix('.pdf')}")
    assert "còn hạn" in checked.locator("main").inner_text().lower()

    assert coverage() == (1, 2)
    office.go(f"{site}/ty-le")
    assert "1 / 2" in office.page.locator(".stat").inner_text()
    office.go(f"{site}/ty-le/nguoi?tt=trained")
    trained = office.page.locator("main").inner_text()
    assert NAME in trained and "Thạch Sa Mẫu" not in trained
