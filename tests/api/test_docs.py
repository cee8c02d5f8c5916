"""docs/api.md: every example is sent and answered as it says, and every operation has one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import pytest
from flask import Flask, json
from werkzeug.test import TestResponse

from lms.access import SCOPES
from lms.accounts.queries import account_of
from lms.api.openapi import document
from lms.quizzes import attempts
from lms.quizzes.rules import draw
from tests.api.site import ROLES, Program, World
from tests.quizzes.learners import Learner, begin

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
_EXAMPLE = re.compile(r"```http\n(?P<asked>.*?)```\n```json (?P<status>\d+)\n(?P<told>.*?)```", re.DOTALL)
ANYTHING = "…"


@dataclass(frozen=True)
class Example:
    method: str
    url: str
    headers: dict[str, str]
    body: str
    status: int
    told: Any

    def sent(self, app: Flask, known: dict[str, str]) -> TestResponse:
        def fill(text: str) -> str:
            return Template(text).substitute(known)

        headers = {name: fill(value) for name, value in self.headers.items()}
        return Program(app).send(self.method, fill(self.url), headers=headers, data=fill(self.body) or None)


def examples() -> list[Example]:
    found = []
    for match in _EXAMPLE.finditer(PAGE):
        head, _blank, body = match["asked"].partition("\n\n")
        first, *lines = head.strip().splitlines()
        method, url = first.split(" ", 1)
        headers = dict(line.split(": ", 1) for line in lines)
        found.append(Example(method, url, headers, body.strip(), int(match["status"]), json.loads(match["told"])))
    return found


@pytest.fixture
def known(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The page answers the first item with "b": one of true or false, which has none, does not come first."""
    monkeypatch.setattr(attempts, "draw", lambda *asked: sorted(draw(*asked), key=lambda one: "b" not in one.order))
    account = account_of(world.accounts["learner"])
    assert account.person_id is not None
    learner = Program(app, world.tokens["learner"])
    files = learner.get("/api/v1/courses/k1/package").get_json()["files"]
    return {
        "LEARNER": world.tokens["learner"],
        "MANAGER": world.tokens["manager"],
        "TICKET": begin(Learner(account.person_id, account.id)),
        "DIGEST": next(file["sha256"] for file in files if file["path"] == "course.json"),
        "CODE": world.code,
    }


def test_every_example_is_answered_as_it_says(app: Flask, known: dict[str, str]) -> None:
    for example in examples():
        answer = example.sent(app, known)
        place = f"{example.method} {example.url}"
        assert answer.status_code == example.status, f"{place}: {answer.text}"
        assert differs(example.told, answer.get_json()) == "", place


def differs(said: Any, got: Any, at: str = "") -> str:
    """Where the answer is otherwise than the page says: keys are all named; values as they stand, but for "…", sizes,
    and objects and lists that the page leaves empty or open."""
    if said == ANYTHING or said == {} or (isinstance(said, int) and at.endswith(".size")):
        return "" if got is not None else f"{at}: nothing"
    if isinstance(said, dict) and isinstance(got, dict):
        if said.keys() != got.keys():
            return f"{at}: {sorted(said.keys() ^ got.keys())}"
        return next(filter(None, (differs(said[key], got[key], f"{at}.{key}") for key in said)), "")
    if isinstance(said, list) and isinstance(got, list):
        open_ended = said[-1:] == [ANYTHING]
        if len(said) - open_ended > len(got) or (len(got) > len(said) and not open_ended):
            return f"{at}: {len(got)} of them"
        return next(filter(None, (differs(one, other, at) for one, other in zip(said, got, strict=False))), "")
    return "" if said == got else f"{at}: {got!r}"


@pytest.mark.parametrize(
    ("said", "got"),
    [({"a": 1}, {"a": 1, "b": 2}), ({"a": 1}, {}), ({"a": 1}, {"a": 2}), ([1], [1, 2]), ({"a": "…"}, {"a": None})],
)
def test_a_difference_is_seen(said: Any, got: Any) -> None:
    assert differs(said, got)


def test_every_operation_has_an_example(app: Flask) -> None:
    asked = [(one.method, one.url.partition("?")[0]) for one in examples()]
    for path, told in document()["paths"].items():
        pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", path))
        for method in told:
            assert any(one == method.upper() and pattern.fullmatch(url) for one, url in asked), f"{method} {path}"


def test_every_scope_is_explained() -> None:
    assert set(re.findall(r"^\| `(\w+:\w+)`", PAGE, re.MULTILINE)) == set(SCOPES)


def test_who_may_read_figures_is_who_the_page_says(app: Flask, world: World) -> None:
    """Of every kind of account, with a token of every scope."""
    (row,) = re.findall(r"^\| `coverage:read` \|.*\| a right to read figures: (.*) \|$", PAGE, re.MULTILINE)
    answers = {role: Program(app, world.tokens[role]).get("/api/v1/coverage").status_code for role in ROLES}
    assert answers == {role: 200 if role in row.split(", ") else 403 for role in ROLES}


def test_what_is_for_learners_is_for_nobody_else(app: Flask, world: World) -> None:
    """ "a person", "a person who is enrolled": of these accounts the learner's alone."""
    assert PAGE.count("| a person |") == PAGE.count("| a person who is enrolled |") == 1
    for role in ROLES:
        program = Program(app, world.tokens[role])
        asked = (program.get("/api/v1/courses/k1/package"), program.post("/api/v1/submissions", json={}))
        assert [answer.status_code in (401, 403, 404) for answer in asked] == [role != "learner"] * 2, role
