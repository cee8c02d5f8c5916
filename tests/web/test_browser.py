"""The shell in a real browser: accessible, inside its screen, without a request outside, quick to leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, Route, ViewportSize

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 360, "height": 740}
LAPTOP: ViewportSize = {"width": 1280, "height": 900}
PAGES = [
    "/huong-dan",
    "/quyen-rieng-tu",
    "/mau/?ai=learner",
    "/mau/?phong=office&ai=officer",
    "/mau/loi/500",
    "/mau/tu-choi",
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def shown(app: Flask, site: str) -> str:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return site


def violations(page: Page) -> list[tuple[str, str]]:
    found: list[dict[str, Any]] = Axe().run(page, options=RULES).response["violations"]
    return [(item["id"], item["nodes"][0]["html"]) for item in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_pages_are_accessible_and_stay_inside(chromium: Browser, shown: str, size: ViewportSize, scheme: Any) -> None:
    page = chromium.new_context(viewport=size, color_scheme=scheme).new_page()
    outside: list[str] = []
    page.on(
        "request", lambda request: None if request.url.startswith((shown, "data:")) else outside.append(request.url)
    )
    for path in PAGES:
        page.goto(shown + path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert outside == []
    page.context.close()


def test_axe_would_find_something(chromium: Browser, shown: str) -> None:
    """The control: the same check on a page that was made worse."""
    page = chromium.new_page()
    page.goto(shown + "/mau/")
    page.evaluate("document.querySelector('label[for=phone]').remove()")
    assert "label" in [name for name, _ in violations(page)]
    page.close()


def test_text_at_twice_the_size_stays_inside_the_phone(launch: Callable[..., Browser], shown: str) -> None:
    page = launch("--blink-settings=defaultFontSize=32").new_context(viewport=PHONE).new_page()
    for path in PAGES:
        page.goto(shown + path)
        assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 36
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_first_visit_makes_six_requests_and_no_script_blocks(chromium: Browser, shown: str) -> None:
    page = chromium.new_context(viewport=PHONE).new_page()
    asked: list[str] = []
    page.on("request", lambda request: None if request.url.startswith("data:") else asked.append(request.url))
    page.goto(shown + "/huong-dan")
    page.wait_for_load_state("networkidle")
    assert len(asked) <= 6, asked
    assert page.locator("script:not([defer])").count() == 0
    page.context.close()


def test_columns_of_figures_align(chromium: Browser, shown: str) -> None:
    page = chromium.new_context(viewport=LAPTOP).new_page()
    page.goto(shown + "/mau/?phong=office")
    page.evaluate("document.fonts.ready")
    widths = page.evaluate(
        """() => ["11/11/2026", "24/10/2026", "08/03/2026"].map(day => {
            const cell = document.querySelector("table.heat td");
            const span = cell.appendChild(document.createElement("i"));
            span.textContent = day;
            return Math.round(span.getBoundingClientRect().width * 10);
        })"""
    )
    assert len(set(widths)) == 1
    page.context.close()


def answer_outside(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html; charset=utf-8", body="<title>Thời tiết</title>")


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_leaving_goes_to_a_neutral_site_at_once(chromium: Browser, app: Flask, site: str, javascript: bool) -> None:
    context = chromium.new_context(viewport=PHONE, java_script_enabled=javascript)
    page = context.new_page()
    referrers: list[str | None] = []
    neutral = app.extensions["settings"].exit_url
    page.route(neutral, lambda route: (referrers.append(route.request.headers.get("referer")), answer_outside(route)))
    page.goto(site + "/huong-dan")
    page.goto(site + "/quyen-rieng-tu")
    page.click("a.exit")
    page.wait_for_url(neutral)
    assert page.title() == "Thời tiết"
    assert referrers == [None]
    page.go_back()
    # The page that was left is gone from the history where a script could replace it.
    assert page.url == site + ("/huong-dan" if javascript else "/quyen-rieng-tu")
    context.close()


def test_leaving_forgets_what_the_tab_held(chromium: Browser, app: Flask, site: str) -> None:
    page = chromium.new_context(viewport=PHONE).new_page()
    page.route(app.extensions["settings"].exit_url, answer_outside)
    page.goto(site + "/huong-dan")
    page.evaluate("sessionStorage.setItem('draft', 'x'); window.name = 'x'")
    page.click("a.exit")
    page.wait_for_url(app.extensions["settings"].exit_url)
    page.goto(site + "/huong-dan")
    assert page.evaluate("[sessionStorage.length, window.name]") == [0, ""]
    page.context.close()


def test_the_exit_is_two_stops_away_and_the_summary_has_the_focus(chromium: Browser, shown: str) -> None:
    page = chromium.new_context(viewport=PHONE).new_page()
    page.goto(shown + "/huong-dan")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "exit"
    page.goto(shown + "/mau/")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    page.context.close()


def test_the_language_switch_works_without_script(chromium: Browser, shown: str) -> None:
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(shown + "/quyen-rieng-tu")
    page.click("button[value=km]")
    assert page.url == shown + "/quyen-rieng-tu"
    assert page.get_attribute("html", "lang") == "km"
    assert page.locator(".draft").count() == 1
    context.close()
