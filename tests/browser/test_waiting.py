"""The figure of a large area in a real browser: the page tells how far it is and becomes the answer by itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from lms.coverage import large, stored
from lms.jobs import queue, watched
from tests.browser.conftest import PIN
from tests.factories import Make

pytestmark = pytest.mark.browser
PHONE: Any = {"width": 360, "height": 740}


@pytest.fixture
def waiting(site: str, chromium: Browser, make: Make, monkeypatch: pytest.MonkeyPatch) -> Page:
    """A ward's manager, for whom two posts are already many, has asked for her figure."""
    monkeypatch.setattr(large, "LIMIT", 1)
    for name in ("Thạch Thị Đa", "Lê Văn An"):
        make.assignment(make.person(name), "CTV_DS", "vl/nguyet-hoa", date(2024, 1, 1))
    page = chromium.new_context(viewport=PHONE).new_page()
    page.goto(f"{site}/dang-nhap")
    page.fill("[name=phone]", "0912 345 678")
    page.fill("[name=pin]", PIN)
    page.click("main button[type=submit]")
    page.goto(f"{site}/ty-le")
    return page


def test_the_page_waits_tells_how_far_it_is_and_becomes_the_answer(waiting: Page) -> None:
    expect(waiting.locator("#dang-tinh")).to_have_text("Đang tính số liệu")
    expect(waiting.locator("#cho-chu")).to_have_text("Đang chờ đến lượt tính")
    found = Axe().run(waiting).response["violations"]
    assert [one["id"] for one in found] == []
    assert waiting.evaluate("document.documentElement.scrollWidth <= innerWidth")
    taken = watched.take(stored.KIND)
    assert taken is not None
    watched.tell(taken, 3, 34)
    expect(waiting.locator("#cho-chu")).to_have_text("Đã tính 3 trong 34 tỉnh, thành", timeout=15000)
    assert waiting.locator("#cho-tien progress").evaluate("bar => bar.value + '/' + bar.max") == "3/34"
    watched.put_back(taken)
    assert queue.queue().run(stored.KIND) == 1
    expect(waiting.locator("main")).to_contain_text("0 / 2 người", timeout=15000)
    expect(waiting.locator("#dang-tinh")).to_have_count(0)


def test_a_moment_without_network_is_waited_out(waiting: Page) -> None:
    waiting.context.set_offline(True)
    waiting.wait_for_timeout(2500)
    expect(waiting.locator("#dang-tinh")).to_be_visible()
    waiting.context.set_offline(False)
    assert queue.queue().run(stored.KIND) == 1
    expect(waiting.locator("main")).to_contain_text("0 / 2 người", timeout=15000)
