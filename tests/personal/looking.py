"""Everything a database and a folder hold, and what figures say: for comparing before and after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lms.access import SYSTEM
from lms.certificates.models import Certificate
from lms.certificates.queries import checking
from lms.courses.models import Edition
from lms.coverage.answers import answer, as_json, question
from lms.db import Base, db
from lms.people.scope import unscoped
from lms.quizzes.queries.statistics import question_statistics

Rows = dict[tuple[str, str], str]


def all_rows() -> Rows:
    """(table, key) → the row as text."""
    db.session.rollback()
    found: Rows = {}
    for table in Base.metadata.sorted_tables:
        keys = [column.name for column in table.primary_key.columns]
        for row in db.session.execute(unscoped(select(table), "test")).mappings():
            found[table.name, "/".join(str(row[key]) for key in keys)] = repr(dict(row))
    db.session.rollback()
    return found


def touched(before: Rows, after: Rows) -> set[tuple[str, str]]:
    """Rows that are gone or otherwise than they were; new ones are no matter here."""
    return {key for key, row in before.items() if after.get(key) != row}


def tables_added(before: Rows, after: Rows) -> set[str]:
    return {table for table, _key in after.keys() - before.keys()}


def figures(days: tuple[date, ...]) -> list[Any]:
    """Coverage of past days, as known then and as known now, by everything it can be asked by."""
    told = []
    for on in days:
        for known_on in (datetime(on.year, on.month, on.day, 10, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)):
            asked = question(on=on, known_on=known_on)
            told += [as_json(answer(SYSTEM, asked, by=by)) for by in (("hamlet", "role"), ("sex",))]
    db.session.rollback()
    return told


def statistics() -> list[Any]:
    found = [question_statistics(edition) for edition in db.session.scalars(select(Edition.id)).all()]
    db.session.rollback()
    return found


def certificates() -> list[tuple[Any, ...]]:
    """What the public check says of each, but for the holder."""
    codes = db.session.scalars(unscoped(select(Certificate.code).order_by(Certificate.code), "test")).all()
    found = [checking.check(code) for code in codes]
    db.session.rollback()
    return [(c.code, c.state, c.course, c.edition, c.issued_on, c.valid_until) for c in found if c is not None]


def files_with(mark: str, folder: Path) -> Iterator[Path]:
    """Files, whatever they are called, in whose bytes or name the mark stands, in small or capital letters."""
    wanted = mark.lower()
    for path in folder.rglob("*"):
        if wanted in path.name.lower() or (path.is_file() and wanted.encode() in path.read_bytes().lower()):
            yield path
