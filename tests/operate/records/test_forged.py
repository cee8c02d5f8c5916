"""Somebody with the database's own password changes what was recorded: each change is said, and the exit code is 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Connection, text

from lms.db import db
from tests.audit.chains import drop_triggers
from tests.operate.records.conftest import Show
from tests.operate.records.story import Life, Story

pytestmark = pytest.mark.both


class Forged(NamedTuple):
    """`tables`: whose triggers are out of the way. `said`: what a person reads of it."""

    tables: tuple[str, ...]
    statements: tuple[str, ...]
    said: str


SCORE = "UPDATE attempt SET points = 10, passed = (1 = 1) WHERE passed = (1 = 0)"
OTHER_BODY = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
CLOSING = "seq IN (SELECT seq FROM audit_entry WHERE action = 'attempt.closed')"
FORGED = {
    "the score alone": Forged(("attempt",), (SCORE,), "the score is not what the answers give"),
    "who passed": Forged(("attempt",), (SCORE,), "has passed True, and entry"),
    "a result": Forged(
        ("item_result",),
        ('UPDATE item_result SET "right" = NOT "right" WHERE item = 1',),
        "the result of question 1 is not",
    ),
    "an answer": Forged(
        ("attempt_step",),
        ("UPDATE attempt_step SET answer = '[\"z\"]' WHERE item = 1",),
        "not those that were judged",
    ),
    "a question": Forged(
        ("question_version",),
        ("UPDATE question_version SET sha256 = 'x' || substr(sha256, 2)",),
        "is not what its hash was made of",
    ),
    "a lesson": Forged(
        ("edition_file",),
        ("UPDATE edition_file SET path = 'x' || path",),
        "are not those that were published",
    ),
    "what was sent": Forged(
        ("submission",),
        ("UPDATE submission SET body = '{}'",),
        "is not what its hash was made of",
    ),
    "what was sent, with its hash": Forged(
        ("submission",),
        (f"UPDATE submission SET body = '{{}}', sha256 = '{OTHER_BODY}' WHERE state = 'accepted'",),
        f"has sha256 {OTHER_BODY}, and entry",
    ),
    "the day": Forged(
        ("achievement",),
        ("UPDATE achievement SET completed_on = '2026-11-01'",),
        "what proves it was received on",
    ),
    "whose": Forged(
        ("achievement",),
        ("UPDATE achievement SET person_id = (SELECT max(id) FROM person)",),
        "the attempt that proves it is another person's",
    ),
    "the holder on the paper": Forged(
        ("certificate",),
        ("UPDATE certificate SET holder_name = 'Người Khác'",),
        "does not say what its row says",
    ),
    "the edition": Forged(
        ("achievement",),
        ("UPDATE achievement SET edition = 'k1 · 9 · 0'",),
        "it names the edition 'k1 · 9 · 0'",
    ),
    "the audit's words": Forged(
        ("audit_detail",),
        (f"UPDATE audit_detail SET details = '{{\"points\": 1}}' WHERE {CLOSING}",),
        "were changed",
    ),
    "who did it": Forged(
        ("audit_entry",),
        ("UPDATE audit_entry SET actor = 'lms' WHERE action = 'attempt.closed'",),
        "was changed",
    ),
    "an entry gone": Forged(
        ("audit_entry", "audit_detail"),
        (f"DELETE FROM audit_detail WHERE {CLOSING}", "DELETE FROM audit_entry WHERE action = 'attempt.closed'"),
        "no entry of the audit tells of attempt.closed",
    ),
}


@contextmanager
def behind_the_back() -> Iterator[Connection]:
    db.session.rollback()
    with db.engine.begin() as connection:
        yield connection


@pytest.fixture
def lives(story: Story) -> list[Life]:
    story.live(3)
    return story.lives


def ticket_for(forged: str, lives: list[Life]) -> str:
    """The failed attempt where a score is lifted, the passed one elsewhere."""
    return lives[2 if FORGED[forged].statements == (SCORE,) else 0].ticket


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_row_is_said(lives: list[Life], show: Show, forged: str) -> None:
    ticket = ticket_for(forged, lives)
    assert show(ticket).exit_code == 0
    _forge(FORGED[forged])
    shown = show(ticket)
    assert (shown.exit_code, shown.json["fits"]) == (1, False)
    assert any(FORGED[forged].said in fault for fault in shown.json["faults"]), shown.json["faults"]
    assert FORGED[forged].said in shown.err
    assert show(ticket, "--").out.startswith("DOES NOT FIT: ")


def test_a_forgery_that_fits_in_itself_is_told_by_the_audit_and_by_what_was_sent(lives: list[Life], show: Show) -> None:
    """Answers, results and score together, as if everything had been right."""
    ticket = lives[2].ticket
    drawn = show_items(show, ticket)
    with behind_the_back() as connection:
        drop_triggers(connection, "attempt", "attempt_step", "item_result")
        for item in drawn:
            given = {"answer": _array(item["right_answer"]), "place": item["place"], "attempt": item["attempt"]}
            for change in (
                "UPDATE attempt_step SET answer = :answer WHERE item = :place AND attempt_id = :attempt",
                'UPDATE item_result SET answer = :answer, points = 1, "right" = (1 = 1) '
                "WHERE item = :place AND attempt_id = :attempt",
                "UPDATE attempt SET points = 10, passed = (1 = 1) WHERE id = :attempt AND :place > 0",
            ):
                connection.execute(text(_for(connection, change)), _only(given, change))
    told = show(ticket).json
    assert told["attempt"]["score_equal"] is True
    assert any("(attempt.closed) tells" in fault for fault in told["faults"])
    assert any("not those that were judged" in fault for fault in told["faults"])


def show_items(show: Show, ticket: str) -> list[dict[str, Any]]:
    attempt = show(ticket).json["attempt"]
    return [{**item, "attempt": attempt["attempt_id"]} for item in attempt["items"]]


def _forge(forged: Forged) -> None:
    with behind_the_back() as connection:
        drop_triggers(connection, *forged.tables)
        for statement in forged.statements:
            connection.execute(text(_for(connection, statement)))


def _for(connection: Connection, statement: str) -> str:
    """PostgreSQL wants to be told that a text is JSON."""
    if connection.dialect.name != "postgresql":
        return statement
    return statement.replace("answer = :answer", "answer = CAST(:answer AS json)")


def _only(given: dict[str, Any], change: str) -> dict[str, Any]:
    return {name: value for name, value in given.items() if f":{name}" in change}


def _array(options: list[str]) -> str:
    return "[" + ", ".join(f'"{option}"' for option in options) + "]"
