"""`--json` where contracts.md promises it: one value on stdout, words on stderr alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.access.world import GOLD
from tests.factories import Make

Run = Callable[..., Any]


@pytest.fixture
def run(app: Flask) -> Run:
    def ran(*words: object, code: int = 0) -> Any:
        done = app.test_cli_runner().invoke(args=[*map(str, words), "--json"])
        assert done.exit_code == code, done.output + done.stderr
        return json.loads(done.stdout) if code == 0 else done.stdout

    return ran


def test_people_are_merged_and_taken_apart(run: Run, make: Make) -> None:
    one, other = make.person("Huỳnh Thị Út"), make.person("Huỳnh Thị Út")
    assert run("people", "merge", one, other) == {"person": one, "into": other}
    assert run("people", "unmerge", one) == {"person": one, "no_longer_into": other}
    assert run("people", "unmerge", one, code=1) == "", "a refusal is no JSON"


def test_the_database(run: Run) -> None:
    assert run("db", "check") == {"faults": []}
    assert list(run("db", "upgrade")) == ["at"]


def test_files_that_are_written_are_named(run: Run, tmp_path: Path) -> None:
    template, point = tmp_path / "mau.xlsx", tmp_path / "moc.json"
    assert run("roster", "template", template) == {"file": str(template)}
    told = run("audit", "checkpoint", point)
    kept = json.loads(point.read_text(encoding="utf-8"))
    assert told["file"] == str(point) and (told["seq"], told["hash"]) == (kept["seq"], kept["hash"])


def test_courses_that_are_taken_in(run: Run) -> None:
    """The shipped example is a draft that lacks too much to be published: its reasons are words, on stderr."""
    assert run("content", "import", GOLD) == [{"course": "k1", "edition": None}]
    assert run("content", "import", GOLD, "--publish", code=1) == ""
