"""`lms record show` as the operator runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from lms.db import at_time, db
from lms.operate.records.commands import record_cli
from tests.factories import Make
from tests.operate.records.story import ASKED, Story


@dataclass(frozen=True)
class Shown:
    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.out)
        return told


Show = Callable[..., Shown]


@pytest.fixture
def show(app: Flask) -> Show:
    def run(asked: str, *options: str) -> Shown:
        db.session.rollback()
        with at_time(ASKED), app.app_context():
            done = app.test_cli_runner().invoke(record_cli, ["show", asked, *(options or ("--json",))])
            db.session.rollback()
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Shown(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def story(app: Flask, make: Make) -> Story:
    return Story(make, 119)
