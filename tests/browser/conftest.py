"""A site served for real, with the published course, and a real Chromium."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.accounts import hashing
from lms.authoring.operations import import_folder, read_folder
from lms.db import db
from tests.factories import Make

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).resolve().parents[2]
PIN = "482913"


def first_part() -> dict[str, bytes]:
    """K1 as far as its first module (19 lessons): nobody in a test walks a hundred lessons to reach the quiz."""
    whole = read_folder(ROOT / "content" / "k1-kien-thuc-chung")
    front = yaml.safe_load(whole["course.yaml"]) | {"tiet_tt": 2, "reviewed_on": "2026-11-24"}
    first = front["modules"] = front["modules"][:1]
    front["final_quiz"]["draw"] = [{"module": "k1-m1", "count": 10}]
    front["pre_test"]["draw"] = front["pre_test"]["draw"][:1]
    inside = {path: data for path, data in whole.items() if path.startswith(f"modules/{first[0]}/")}
    return inside | {"course.yaml": yaml.safe_dump(front, allow_unicode=True).encode()}


@pytest.fixture
def site(app: Flask, make: Make) -> Iterator[str]:
    """The address of a site with K1 published and the manager of a ward (0912 345 678)."""
    act_as(SYSTEM)
    with db.write():
        import_folder(first_part(), publish=True)
    make.account(
        "Sơn Thị Mẫu",
        capability="manager",
        unit="vl/nguyet-hoa",
        pin_hash=hashing.hash_secret(PIN),
        phone="+84912345678",
    )
    db.session.rollback()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.extensions["settings"].base_url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield app.extensions["settings"].base_url
    server.shutdown()
    thread.join()


@pytest.fixture
def chromium(site: str) -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("LEFT OUT: Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        yield playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
