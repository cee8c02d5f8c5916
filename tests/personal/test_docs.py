"""docs/privacy.md names commands and tables that there are."""

from __future__ import annotations

import re
from pathlib import Path

import click
from flask import Flask

from lms import cli
from lms.db import Base
from lms.operate.personal.tables import TOLD
from tests.access import table
from tests.access.test_table import RECORDED

PAGE = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"(?:^ {4}|`)lms ([a-z -]+)", re.MULTILINE)


OPEN_TO = re.compile(r"^\| (`/[^|]+) \| ([a-z, ]+) \|$", re.MULTILINE)
WORDS = {
    "managers": "here",
    "organisers": "organiser",
    "inspectors": "inspector",
    "administrators": "administrator",
    "trainers": "trainer",
}


def command(app: Flask, words: list[str]) -> click.Command | None:
    """The command that the words lead to; None if they end at a group, or nowhere."""
    found: click.Command | None = app.cli.commands.get(words[0]) or cli.main.commands.get(words[0])
    for word in words[1:]:
        if isinstance(found, click.Group):
            found = found.commands.get(word)
    return None if isinstance(found, click.Group) else found


def test_every_command_is_there(app: Flask) -> None:
    named = {match.split(" -")[0].strip() for match in COMMAND.findall(PAGE)}
    assert len(named) >= 9
    assert [words for words in sorted(named) if command(app, words.split()) is None] == []
    assert command(app, ["retention", "forget"]) is None


def test_every_table_with_people_in_it_stands_in_the_page(app: Flask) -> None:
    named = {word for line in PAGE.splitlines() if line.startswith("|") for word in re.findall(r"`(\w+)`", line)}
    assert named <= set(Base.metadata.tables)
    small = {"person_merge", "identity_check", "account_grant", "api_token", "enrolment", "lesson_progress", "attempt"}
    assert TOLD.keys() - named == small, "what is told with another, in a word"


def test_pages_with_names_are_open_to_whom_the_page_says() -> None:
    allowed = {line.rule: line.allowed for line in table.read() if line.method == "GET"}
    told = {
        rule: words.split(", ") for rules, words in OPEN_TO.findall(PAGE) for rule in re.findall(r"`([^`]+)`", rules)
    }
    assert told.keys() >= RECORDED, "what is taken away is of names"
    for rule, words in told.items():
        assert {word for word, actor in WORDS.items() if allowed[rule][actor]} == set(words), rule
        assert not allowed[rule]["nobody"] and not allowed[rule]["learner"], rule
