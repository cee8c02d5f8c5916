"""The rule `rosters`: of a list that was dealt with long ago, hashes stay, and what each row became."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from lms.audit.rules import canonical, sha256
from lms.db import db
from lms.operate.retention.rules import ABANDONED_LIST_MONTHS, due_day, end_of
from lms.operate.retention.steps import WHY, Row, Step, table
from lms.people.scope import unscoped
from lms.text.dates import add_months

KEPT_OF_READING = ("lines", "undone")


def steps(on: date) -> Iterator[Step]:
    lists = select(table("roster_import").c.id).where(_due(on))
    yield Step("roster_row", table("roster_row").c.import_id.in_(lists), _row)
    yield Step("roster_import", _due(on), _list)


def files(on: date) -> list[str]:
    """Keys of files that no list needs any more: the same file may have been sent in again."""
    lists = table("roster_import")
    needed = select(lists.c.file_key).where(~_due(on))
    query = select(lists.c.file_key).where(_due(on), lists.c.file_key.not_in(needed)).distinct()
    return sorted(db.session.scalars(unscoped(query, WHY)))


def _due(on: date) -> ColumnElement[bool]:
    """Not yet emptied (a list without a file is), and closed for long enough; or never decided."""
    lists = table("roster_import")
    dealt_with = func.coalesce(lists.c.undone_at, lists.c.confirmed_at, lists.c.created_at)
    closed = and_(lists.c.state != "staged", dealt_with < end_of(due_day("rosters", on)))
    abandoned = and_(lists.c.state == "staged", lists.c.created_at < end_of(add_months(on, -ABANDONED_LIST_MONTHS)))
    return and_(lists.c.file_key > "", or_(closed, abandoned))


def _row(row: Row) -> dict[str, Any]:
    effect = {**row["effect"], "changes": {}} if row["effect"] else {}
    nothing: dict[str, Any] = dict.fromkeys(("raw", "why", "questions"), [])
    return {
        **nothing,
        "sheet": "",
        "parsed": {"sha256": sha256(canonical(row["raw"]))},
        "decision": {},
        "effect": effect,
    }


def _list(row: Row) -> dict[str, Any]:
    reading = {name: row["reading"][name] for name in KEPT_OF_READING if name in row["reading"]}
    state = "dropped" if row["state"] == "staged" else row["state"]
    return {"file_name": "", "file_key": "", "reading": reading, "state": state}
