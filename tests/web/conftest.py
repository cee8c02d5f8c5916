"""A running site and a real Chromium for the tests of this room that need them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the application, served by a thread of this process."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def launch(site: str) -> Iterator[Callable[..., Browser]]:
    """Starts Chromium with extra switches. All are stopped before the application's context is left: Flask cannot
    close it beside Playwright's event loop."""
    if not CHROMIUM.exists():
        pytest.skip("LEFT OUT: Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:

        def start(*switches: str) -> Browser:
            return playwright.chromium.launch(
                executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", *switches]
            )

        yield start


@pytest.fixture
def chromium(launch: Callable[..., Browser]) -> Browser:
    return launch()
