"""What the first pages cost a phone: bytes over the wire and requests, by a real browser with an empty cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.figures import Figure, at_most
from benchmarks.sites import learners, site
from tests.faults.site import Site

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PHONE = {"width": 360, "height": 740}
FIRST, SECOND = "/dang-nhap", "/khoa-hoc/k1"
BLOCKING = "[...document.scripts].filter(one => one.src && !one.defer && !one.async && one.type !== 'module').length"


@dataclass
class Wire:
    """What crossed the wire: bytes of heads and bodies as they were sent, and of how many requests."""

    size: int = 0
    asked: list[str] = field(default_factory=list)


def run(*, full: bool) -> Iterator[Figure]:
    """The sign-in page with an empty cache, then a learner's course and a lesson with what the first page left."""
    if not CHROMIUM.exists():
        raise RuntimeError("Chromium is not installed (apt-get install chromium)")
    with site("sqlite", workers=1) as one:
        cookie = learners(one.app, 1)[0].cookie
        one.serve()
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
            yield from _visits(chromium, one, cookie)


def _visits(chromium: Browser, one: Site, cookie: str) -> Iterator[Figure]:
    context = chromium.new_context(viewport=PHONE, base_url=f"http://127.0.0.1:{one.port}")
    page = context.new_page()
    wire = _visit(page, FIRST)
    yield at_most("first page", round(wire.size / 1000, 1), "kB", 60, FIRST)
    yield at_most("first page", len(wire.asked), "requests", 6)
    yield at_most("scripts that keep it from being drawn", page.evaluate(BLOCKING), "scripts", 0)
    _sign_in(context, one, cookie)
    for path in (SECOND, f"{SECOND}/bai/1"):
        wire = _visit(page, path)
        yield at_most("a further page", round(wire.size / 1000, 1), "kB", 20, f"{path}, {len(wire.asked)} requests")
    context.close()


def _visit(page: Page, path: str) -> Wire:
    found, session = Wire(), page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.requestWillBeSent", lambda sent: found.asked.append(sent["request"]["url"]))
    session.on("Network.loadingFinished", lambda done: _add(found, done))
    answer = page.goto(path, wait_until="networkidle")
    if answer is None or answer.status != 200 or not page.url.endswith(path):
        raise RuntimeError(f"{path} led to {page.url}")
    session.detach()
    return found


def _add(found: Wire, done: dict[str, Any]) -> None:
    found.size += int(done["encodedDataLength"])


def _sign_in(context: BrowserContext, one: Site, cookie: str) -> None:
    name, _, value = cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{one.port}"}])
