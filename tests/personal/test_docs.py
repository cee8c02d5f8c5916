"""docs/privacy.md names commands and tables that there are."""

from __future__ import annotations

import re
from pathlib import Path

import click
from flask import Flask

from lms import cli
from lms.db import Base
from lms.operate.personal.tables import TOLD

PAGE = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"(?:^ {4}|`)lms ([a-z -]+)", re.MULTILINE)


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
