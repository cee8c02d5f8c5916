"""Every column of every row behind a record, against what the record tells of it. A new one must be told or named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, select

from lms.db import Base, db
from lms.people.scope import unscoped

Told = Mapping[str, Any]

# table → column → the name it is told under; None: told in other words, for the reason beside it.
COLUMNS: dict[str, dict[str, str | None]] = {
    "achievement": {
        "id": "achievement_id",
        "paper_facts": "programme",
        "recorded_by": None,  # recorded_by: as a Who
        **{name: name for name in ("person_id", "kind", "course_code", "title", "completed_on", "tiet", "edition")},
        **{name: name for name in ("source", "recorded_at", "verified_at", "revoked_at", "revoked_reason")},
        **{name: name for name in ("superseded_at", "superseded_by_id")},
    },
    "attempt": {
        "id": "attempt_id",
        "started_at": "ticket_issued_at",
        **{name: name for name in ("ticket", "person_id", "enrolment_id", "number", "allowed", "closed_at")},
        "points": "score.points",
        "points_max": "score.points_max",
        "passed": "score.passed",
        "quiz_id": None,
        "items": None,  # the rule and the items stand for them
    },
    "submission": {
        "id": "submission_id",
        "account_id": None,
        "ticket": None,
        "decided_by": None,  # Who, the attempt's, Who
        **{name: name for name in ("client_id", "sha256", "body", "receipt", "state", "reason", "received_at")},
        **{name: name for name in ("decision", "decided_at")},
    },
    "certificate": {
        "id": "certificate_id",
        "paper": "printed",
        "pdf_sha256": "file_sha256",
        "pdf_size": "file_size",
        "pdf_fault": "file_fault",
        "pdf_key": None,  # where the storage keeps it
        **{name: name for name in ("code", "holder_name", "issued_on", "completed_on", "valid_until", "recorded_at")},
        **{name: name for name in ("revoked_at", "revoked_reason", "replaced_at")},
        # the serial, the printed title, the record's own person and achievement, the serial of the replaced one
        **dict.fromkeys(("serial_year", "serial_no", "course_title", "person_id", "achievement_id", "replaces_id")),
    },
    "edition": {
        "id": "edition_id",
        "published_by": None,
        "course_id": None,  # Who, course_code
        **{name: name for name in ("number", "content_hash", "title", "tiet_online", "tiet_in_person")},
        **{name: name for name in ("validity_months", "published_at")},
        "front": None,
        "created_at": None,  # authors and programme are taken from it; a contribution tells when
    },
    "assignment": {
        "id": "assignment_id",
        "role_id": None,
        "unit_id": None,
        "roster_row_id": None,  # by name
        **{name: name for name in ("person_id", "first_day", "last_day", "recorded_at", "superseded_at")},
        "superseded_by_id": "superseded_by_id",
    },
    "identity_check": {
        "id": None,
        "birth_text": "birth",  # nobody asks for one by its number
        **{name: name for name in ("person_id", "answer", "full_name", "message", "recorded_at", "resolved_at")},
    },
    "person_merge": {
        "id": None,
        **{name: name for name in ("person_id", "into_id", "recorded_at", "undone_at")},
    },
    "quiz": {
        "id": None,
        "edition_id": None,
        "title": "quiz",
        **{name: name for name in ("slots", "pass_percent", "must_be_right", "max_attempts", "wait_minutes")},
    },
}


def untold(table: str, row: Mapping[str, Any], told: Told) -> Iterator[str]:
    """Columns of the row that the record leaves out or tells otherwise."""
    for column, name in COLUMNS[table].items():
        if name is not None and plain(row[column]) != _told(told, name):
            yield f"{table}.{column}: {row[column]!r} is told as {_told(told, name)!r}"


def columns_of(table: str) -> set[str]:
    return set(Base.metadata.tables[table].c.keys())


def row_of(table: str, **wanted: Any) -> Mapping[str, Any]:
    found: Table = Base.metadata.tables[table]
    query = select(*found.c).where(*(found.c[name] == value for name, value in wanted.items()))
    return db.session.execute(unscoped(query, "test")).mappings().one()


def plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value


def _told(told: Told, name: str) -> Any:
    first, _dot, rest = name.partition(".")
    return _told(told[first], rest) if rest else told[first]
