"""What has a long run is in it: one place says whether this is the long run, and whoever asks there is marked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.long import LONG

ASKS = re.compile(r"environ.*LMS_LONG|LMS_LONG.*environ")


def test_one_place_asks_whether_this_is_the_long_run() -> None:
    asking = [path.name for path in Path(__file__).parent.rglob("*.py") if ASKS.search(path.read_text())]
    assert sorted(asking) == ["long.py", "test_long.py"]


def test_a_module_that_takes_it_from_there_is_marked(request: pytest.FixtureRequest) -> None:
    assert LONG in (True, False)
    assert request.node.get_closest_marker("long") is not None
