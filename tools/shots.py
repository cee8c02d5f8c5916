"""Pictures of every screen of the demo: phone and desktop, Vietnamese and Khmer, light and dark, into shots/.

tools/shots.py [WORD …]     only screens whose name contains one of the words
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "shots"
INSTANCE = Path(os.environ.get("LMS_SHOTS_INSTANCE", Path(tempfile.gettempdir()) / "lms-shots"))
PORT = 8033
SITE = f"http://127.0.0.1:{PORT}"
CHROMIUM = "/usr/bin/chromium"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
LOOKS = (("phone", PHONE, "vi", "light"), ("phone-dark", PHONE, "vi", "dark"), ("phone-km", PHONE, "km", "light"))
OFFICE_LOOKS = (("desk", DESK, "vi", "light"), ("desk-dark", DESK, "vi", "dark"), ("phone", PHONE, "vi", "light"))


@dataclass(frozen=True)
class Screen:
    """A screen of the demo: its name, path, and who looks (None: nobody signed in)."""

    name: str
    path: str
    who: str | None = None
    office: bool = False


SCREENS = (
    Screen("sign-in", "/dang-nhap"),
    Screen("check", "/c"),
    Screen("check-unknown", "/c/0000-0000-0000-0000"),
    Screen("guide", "/huong-dan"),
    Screen("privacy", "/quyen-rieng-tu"),
    Screen("home", "/viec-cua-toi", "learner"),
    Screen("course", "/khoa-hoc/k1", "learner"),
    Screen("lesson", "/khoa-hoc/k1/bai/3", "learner"),
    Screen("quiz-intro", "/khoa-hoc/k1/kiem-tra", "learner"),
    Screen("records", "/ho-so", "learner"),
    Screen("identity", "/xac-nhan-thong-tin", "learner"),
    Screen("account", "/tai-khoan", "learner"),
    Screen("coverage", "/ty-le", "manager", True),
    Screen("coverage-people", "/ty-le/nguoi?state=missing", "manager", True),
    Screen("people", "/nguoi", "manager", True),
    Screen("imports", "/danh-sach", "manager", True),
    Screen("new-import", "/danh-sach/moi", "manager", True),
    Screen("confirm-list", "/danh-sach/xac-nhan", "manager", True),
    Screen("cards", "/the-dang-nhap", "manager", True),
    Screen("units", "/dia-ban", "manager", True),
    Screen("register", "/so-cap-giay", "manager", True),
    Screen("authoring", "/soan-bai", "trainer", True),
    Screen("outline", "/soan-bai/k1", "trainer", True),
    Screen("statistics", "/soan-bai/k1/thong-ke", "trainer", True),
    Screen("accounts", "/quan-tri/tai-khoan", "administrator", True),
)


@contextmanager
def demo_site() -> Iterator[list[dict[str, str]]]:
    """The demo on its own port and folder; gives its accounts."""
    environment = os.environ | {"LMS_INSTANCE_DIR": str(INSTANCE)}
    made = subprocess.run(
        [sys.executable, "-m", "lms.cli", "demo", "--no-serve", "--json", "--port", str(PORT)],
        env=environment, check=True, stdout=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-m", "lms.cli", "demo", "--port", str(PORT)],
        env=environment, stdout=subprocess.DEVNULL, cwd=ROOT,
    )  # fmt: skip
    try:
        _wait()
        yield json.loads(made.stdout)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait() -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{SITE}/healthz", timeout=2)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("the demo did not start")


def signed_in_state(browser: Browser, account: dict[str, str]) -> object:
    """Cookies of a demo account, got through the sign-in page like anybody."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{SITE}/dang-nhap")
    page.fill("input[name=phone]", account["phone"])
    page.fill("input[name=pin]", account["pin"])
    page.click("main button.action")
    page.wait_for_load_state()
    state = context.storage_state()
    context.close()
    return state


def shoot(browser: Browser, screen: Screen, state: object) -> None:
    for look, size, language, scheme in OFFICE_LOOKS if screen.office else LOOKS:
        context = browser.new_context(viewport=size, color_scheme=scheme, storage_state=state)  # type: ignore[arg-type]
        page = context.new_page()
        _open(page, screen.path, language)
        page.screenshot(path=OUT / f"{screen.name}-{look}.png", full_page=True)
        context.close()


def _open(page: Page, path: str, language: str) -> None:
    page.goto(f"{SITE}{path}")
    if language != "vi":
        button = page.locator(f"button[value={language}]")
        if button.count():
            button.first.click()
            page.wait_for_load_state()
    page.evaluate("document.fonts.ready")


def main(words: list[str]) -> None:
    OUT.mkdir(exist_ok=True)
    with demo_site() as accounts, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        states: dict[str | None, object] = {None: None}
        for screen in SCREENS:
            if words and not any(word in screen.name for word in words):
                continue
            if screen.who not in states:
                account = next(one for one in accounts if one["capability"] == screen.who and one["main"])
                states[screen.who] = signed_in_state(browser, account)
            shoot(browser, screen, states[screen.who])
            print(screen.name)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
