"""A canary in every column that can hold something of a person, put there behind the site's back.

Every column of text or JSON is one of four things: it is filled here, it holds a secret or a name as the world of
tests/access has made it, it holds a code that stands in addresses by design, or it is left out for a reason.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Enum, String

from lms.accounts import hashing
from lms.db import Base, db
from tests.audit.chains import drop_triggers

Column = tuple[str, str]
Change = Callable[[Any, str, int], Any]
"""(what stands there, the canary, number of the row) → what is to stand there."""

STEM = "Vẹt Mào Đỏ"
BY_HAND = "2026-11-03 02:00:00.000000"


def canary_of(column: Column) -> str:
    return f"{STEM} {column[0]} {column[1]}"


def _whole(_stands: Any, said: str, _row: int) -> str:
    return said


def _note(stands: dict[str, Any], said: str, _row: int) -> dict[str, Any]:
    return {**stands, "note": said}


def _one_more(stands: list[Any], said: str, _row: int) -> list[Any]:
    return [*stands, said]


def _number(begins: str) -> Change:
    return lambda _stands, _said, row: f"+84{begins}{10_000 + row}"


FILLED: dict[Column, Change] = {
    ("person", "given_name"): _whole,
    ("person", "note"): _whole,
    ("account", "office"): _whole,
    ("identity_check", "message"): _whole,
    ("roster_import", "file_name"): lambda _stands, said, _row: f"{said}.xlsx",
    ("roster_import", "reading"): lambda stands, said, _row: {
        **stands,
        "sheets": [{**sheet, "name": said} for sheet in stands["sheets"]],
    },
    ("roster_row", "sheet"): _whole,
    ("roster_row", "raw"): lambda stands, said, _row: [*stands, ["Ghi chú", said]],
    ("roster_row", "parsed"): _note,
    ("roster_row", "why"): lambda stands, said, _row: [[word, {**told, "name": said}] for word, told in stands],
    ("roster_row", "effect"): _note,
    ("roster_row", "decision"): _note,
    ("sign_in_session", "device"): _whole,
    ("api_token", "name"): _whole,
    ("submission", "body"): lambda stands, said, _row: json.dumps({**json.loads(stands), "note": said}),
    ("submission", "reason"): lambda _stands, said, _row: f"ValueError: {said}",
    ("attempt", "items"): lambda stands, said, _row: [{**item, "note": said} for item in stands],
    ("attempt_step", "answer"): _one_more,
    ("item_result", "answer"): _one_more,
    ("certificate", "holder_name"): _whole,
    ("certificate", "paper"): lambda stands, said, _row: {**stands, "holder_name": said},
    ("certificate", "pdf_fault"): _whole,
    ("certificate", "revoked_reason"): _whole,
    ("achievement", "revoked_reason"): _whole,
    ("audit_detail", "details"): _note,
}
NUMBERS: dict[Column, Change] = {
    ("person", "phone"): _number("97766"),
    ("person", "phone_spare"): _number("97755"),
    ("account", "phone"): _number("97744"),
    ("identity_check", "birth_text"): lambda _stands, _said, row: f"17/03/{1900 + row}",
}
SECRETS: dict[Column, Change] = {
    ("account", column): lambda stands, said, row: stands or hashing.hash_secret(f"{said} {row}")
    for column in ("pin_hash", "first_code_hash")
}
# Where the world has nothing, or more than can be: which rows are filled, and what else must be true of them.
ROWS = {
    ("certificate", "pdf_fault"): "pdf_key IS NULL",
    ("certificate", "revoked_reason"): "id = (SELECT max(id) FROM certificate)",
    ("achievement", "revoked_reason"): "id = (SELECT max(id) FROM achievement)",
    ("submission", "reason"): "reason IS NOT NULL",
    ("identity_check", "birth_text"): "answer = 'wrong'",
    **dict.fromkeys(SECRETS, "person_id IS NOT NULL"),
}
WITH = {column: f", revoked_at = '{BY_HAND}'" for column in ROWS if column[1] == "revoked_reason"}

HELD: dict[str, str] = {
    "person": "full_name sort_key search_key row_key",
    "account": "name pin_hash card_hash first_code_hash",
    "identity_check": "full_name",
    "sign_in_session": "token_hash",
    "api_token": "token_hash",
    "sign_in_tries": "key",
}
"""Names and secrets as the world made them."""

CODES: dict[str, str] = {
    "certificate": "code",
    "attempt": "ticket",
    "submission": "receipt client_id ticket",
    "achievement": "source",
    "api_token": "prefix",
}
"""These stand in addresses by design (a link to one's own attempt, a command that ends a token), but in no log."""

BY = "an account by its number"
TAUGHT = "what is taught: the same for everybody"
PLACE = "a place or a role: the same for everybody"
BYTES = "a hash of a file's bytes: its name in the store"
CHAIN = "ids and hashes by design: test_no_part_of_the_chain"
LEFT_OUT: dict[str, dict[str, str]] = {
    BY: {
        "achievement": "recorded_by",
        "edition": "published_by",
        "roster_confirmation": "confirmed_by",
        "roster_import": "created_by",
        "roster_row": "decided_by",
        "submission": "decided_by",
        "account_grant": "granted_by",
        "api_token": "created_by",
    },
    TAUGHT: {
        "course": "code folder title",
        "edition": "content_hash title front",
        "edition_file": "path sha256",
        "module": "folder code title body front",
        "lesson": "file title body front texts",
        "question": "key category",
        "question_version": "type body sha256",
        "edition_item": "category",
        "quiz": "title slots must_be_right",
        "achievement": "course_code title edition paper_facts",
        "certificate": "course_title",
        "plan": "code name legal_basis scope_code",
        "requirement_set": "courses",
    },
    PLACE: {
        "unit": "key",
        "unit_version": "name name_key code legal_ref",
        "unit_alias": "text key",
        "unit_lineage": "legal_ref note",
        "unit_scope": "code name",
        "role": "code name short_name",
    },
    BYTES: {"certificate": "pdf_key pdf_sha256", "roster_import": "file_sha256 file_key", "submission": "sha256"},
    CHAIN: {"audit_entry": "actor action subject fields details_sha256 prev_hash hash", "audit_head": "hash"},
    "a language, or the names of scopes": {"account": "language", "api_token": "scopes"},
    "what could be asked of a row: kinds and ids, no words of the list": {"roster_row": "questions"},
    "sums of answers that name nobody": {"item_tally": "answer"},
    "counts and names of rules": {"retention_run": "plan_sha256 counts files", "retention_pass": "rule"},
    "looked at as a place where nothing may stand: test_no_entry_of_the_queue": {
        "job": "kind subject result error claim"
    },
    "a question and its figures: days, ids of units and roles, sums": {"coverage_answer": "key question result"},
}


def named(columns: dict[str, str]) -> set[Column]:
    return {(table, column) for table, several in columns.items() for column in several.split()}


def all_columns() -> set[Column]:
    """Every column of text or JSON; choices and numbers hold no words."""
    return {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, (String, JSON)) and not isinstance(column.type, Enum)
    }


def fill(database: Path) -> None:
    """In the database of the pushed application. What it holds is no longer what the chain says, as in a raid."""
    with db.engine.begin() as connection:
        triggers = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        drop_triggers(connection, *sorted({table for table, _column in _changes()}))
        kept = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    with sqlite3.connect(database, timeout=30) as raw:
        for column, change in _changes().items():
            _fill(raw, column, change)
        for sql in set(triggers) - set(kept):
            raw.execute(sql)
    raw.close()


def _changes() -> dict[Column, Change]:
    return FILLED | NUMBERS | SECRETS


def _fill(raw: sqlite3.Connection, column: Column, change: Change) -> None:
    table, name = column
    of_json = isinstance(Base.metadata.tables[table].c[name].type, JSON)
    rows = raw.execute(f"SELECT rowid, {name} FROM {table} WHERE {ROWS.get(column, '1')}").fetchall()
    assert rows, f"{table} has no row for {name}"
    for row, stands in rows:
        said = change(json.loads(stands) if of_json else stands, f"{canary_of(column)} {row}", row)
        told = json.dumps(said) if of_json else said
        raw.execute(f"UPDATE {table} SET {name} = ?{WITH.get(column, '')} WHERE rowid = ?", [told, row])


def held(database: Path, columns: set[Column], shortest: int) -> set[str]:
    """What stands there now."""
    raw = sqlite3.connect(database)
    try:
        return {value for column in columns for value in _values(raw, column) if len(value) >= shortest}
    finally:
        raw.close()


def _values(raw: sqlite3.Connection, column: Column) -> Iterator[str]:
    table, name = column
    for (value,) in raw.execute(f"SELECT DISTINCT {name} FROM {table} WHERE {name} IS NOT NULL"):
        yield str(value)
