"""The watch over the log of every test (tests/logged.py) sees what it must, and nothing that is harmless."""

from __future__ import annotations

import logging

import pytest
import structlog
from flask import Flask

from tests.factories import Make
from tests.logged import watched

LOG = structlog.get_logger("lms.test")


@pytest.fixture
def heard(app: Flask, make: Make) -> list[str]:
    """What a watch of its own hears: the one around the test would fail it."""
    make.person("Trầm Thị Nhãn Lồng")
    outer = [one for one in logging.getLogger().handlers if type(one).__name__ == "_Watching"]
    for one in outer:
        logging.getLogger().removeHandler(one)
    with watched() as found:
        LOG.info("told", name="Trầm Thị Nhãn Lồng")
        LOG.info("told", phone="+84912345678")
        logging.getLogger("lms.test").warning("told %s", "0912345678")
        logging.getLogger("sqlalchemy").error("about %s", "Trầm Thị Nhãn Lồng, 1970")
        LOG.info("request", route="/nguoi", ms=912345678, actor="account:12", request_id="7K4P-22M9")
        LOG.info("work done", kind="certificate-files", sha256="0912345678abcdef0912345678")
    return found


def test_names_and_numbers_are_heard_and_nothing_else(heard: list[str]) -> None:
    assert len(heard) == 4
