"""The sweep: the promise is a state in a row, and one kind of work that fails takes no other with it."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.jobs import queue


def test_a_kind_that_fails_keeps_no_other_waiting(app: Flask) -> None:
    done: list[str] = []

    def broken() -> int:
        raise ValueError("hỏng")

    found = queue.queue()
    found.kinds.clear()
    queue.work(app, "first", broken)
    queue.work(app, "second", lambda: len(done.append("second") or done))  # type: ignore[func-returns-value]
    found.sweep()
    found.sweep()
    assert done == ["second", "second"]


def test_a_nudge_that_is_lost_costs_nobody_the_page(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_kind: str) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(queue.queue(), "task", full)
    queue.nudge("certificate-files")
