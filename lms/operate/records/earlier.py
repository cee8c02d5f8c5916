"""What the register said of a person at an earlier instant: told by the before and after that the audit keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from lms.audit.models import AuditDetail, AuditEntry
from lms.db import db

CHANGES = ("person.created", "person.corrected", "person.updated", "person.restored")
LOST: Final = object()
"""Nobody can say any more: retention has deleted the details of a change since."""
_UNTOLD: Final = object()


def fact_then(person_id: int, name: str, at: datetime, now: Any) -> Any:
    """The fact as it stood at `at`, or `LOST`. `name`: full_name, birth, … as in the details; `now`: as it stands.

    The last change until then tells it; where none does, what stood before the first change since; without a change
    since, it is as it is now.
    """
    told = _UNTOLD
    for when, details in _changes(person_id):
        if when <= at:
            told = _UNTOLD if details is None else _side(details, "after").get(name, told)
        elif told is not _UNTOLD:
            return told
        elif details is None:
            return LOST
        elif name in _side(details, "before"):
            return _side(details, "before")[name]
    return now if told is _UNTOLD else told


def _side(details: dict[str, Any], side: str) -> dict[str, Any]:
    return details.get(side) or {}


def _changes(person_id: int) -> Sequence[tuple[datetime, dict[str, Any] | None]]:
    query = (
        select(AuditEntry.at, AuditDetail.details)
        .outerjoin(AuditDetail, AuditDetail.seq == AuditEntry.seq)
        .where(AuditEntry.subject == f"person:{person_id}", AuditEntry.action.in_(CHANGES))
        .order_by(AuditEntry.seq)
    )
    return [(row.at, row.details) for row in db.session.execute(query)]
