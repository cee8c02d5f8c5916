"""A page of the browser, and the looks in which each of its screens is taken."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page

from tools.shots.site import ROOT, SITE, Account

OUT = ROOT / "shots"
CHROMIUM = "/usr/bin/chromium"
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
SIZES = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 900}}


class Camera:
    """Walks as one person (or nobody) and takes pictures into shots/, one folder a look."""

    def __init__(self, browser: Browser, account: Account | None) -> None:
        self.context = browser.new_context(viewport=SIZES["phone"])  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        if account:
            self.sign_in(account["phone"], account["pin"])

    def sign_in(self, phone: str, pin: str) -> None:
        self.page.goto(f"{SITE}/dang-nhap")
        self.page.fill("input[name=phone]", phone)
        self.page.fill("input[name=pin]", pin)
        self.press("Vào học")

    def press(self, words: str) -> None:
        """Press the last button or link of the main part with these words."""
        self.page.locator("main").get_by_text(words, exact=True).last.click()
        self.page.wait_for_load_state()

    def go(self, path: str) -> None:
        self.page.goto(f"{SITE}{path}")

    def take(self, name: str, *, khmer: bool = True) -> None:
        """The screen in front: phone and desk, light and dark; and in Khmer where the page can be asked for again."""
        self._sizes(name, "vi")
        if khmer and self._speak("km"):
            self._sizes(name, "km")
            self._speak("vi")

    def _sizes(self, name: str, language: str) -> None:
        for size, viewport in SIZES.items():
            self.page.set_viewport_size(viewport)  # type: ignore[arg-type]
            for scheme in SCHEMES:
                self.page.emulate_media(color_scheme=scheme)
                self._picture(OUT / f"{size}-{language}-{scheme}" / f"{name}.png")

    def _picture(self, path: Path) -> None:
        self.page.evaluate("document.fonts.ready")
        self.page.screenshot(path=path, full_page=True, animations="disabled")

    def _speak(self, language: str) -> bool:
        button = self.page.locator(f"button[name=language][value={language}]")
        if not button.count():
            return False
        button.first.click()
        self.page.wait_for_load_state()
        return True

    def take_print(self, name: str) -> None:
        """The screen as a printer gets it."""
        pdf = OUT / "print" / f"{name}.pdf"
        self.page.pdf(path=pdf, prefer_css_page_size=True)
        pictures_of(pdf)

    def take_pdf(self, name: str, path: str) -> None:
        """A PDF of the site, as pictures of its pages."""
        pdf = OUT / "print" / f"{name}.pdf"
        pdf.write_bytes(self.context.request.get(f"{SITE}{path}").body())
        pictures_of(pdf)


def pictures_of(pdf: Path) -> None:
    subprocess.run(["pdftoppm", "-r", "70", "-png", pdf, pdf.with_suffix("")], check=True)


def folders() -> None:
    for look in ("vi-light", "vi-dark", "km-light", "km-dark"):
        for size in SIZES:
            (OUT / f"{size}-{look}").mkdir(parents=True, exist_ok=True)
    (OUT / "print").mkdir(exist_ok=True)
