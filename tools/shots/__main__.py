"""`python -m tools.shots [WORD …]`: all pictures, or only screens and walks whose name contains one of the words."""

from __future__ import annotations

import sys

from playwright.sync_api import sync_playwright

from tools.shots.camera import CHROMIUM, Camera, folders
from tools.shots.screens import SCREENS
from tools.shots.site import demo_site
from tools.shots.walks import WALKS, account


def main(words: list[str]) -> None:
    def wanted(name: str) -> bool:
        return not words or any(word in name for word in words)

    folders()
    with demo_site() as accounts, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for who, screens in SCREENS.items():
            chosen = {name: path for name, path in screens.items() if wanted(name)}
            if not chosen:
                continue
            camera = Camera(browser, account(accounts, who) if who else None)
            for name, path in chosen.items():
                camera.go(path)
                camera.take(name)
                print(name, flush=True)
        for name, walk in WALKS.items():
            if wanted(name):
                walk(browser, accounts)
                print(f"walk: {name}", flush=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
