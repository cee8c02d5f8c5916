"""What the audit tells of a person: what was done to their records by whom, and what they did themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from lms.audit.models import AuditDetail, AuditEntry
from lms.db import db
from lms.operate.personal.collecting import Row, plain, who_did
from lms.operate.personal.tables import TOLD, table_of
from lms.operate.personal.whose import WHY, Whose
from lms.people.scope import unscoped

SUBJECTS = {"sign_in_session": "session"}
"""Where the audit calls a row otherwise than its table."""
AT_ONCE = 500


def subjects_of(whose: Whose) -> list[str]:
    """Everything of theirs as the audit names it: "person:12", "attempt:7", …"""
    return sorted(_subjects(whose))


def about(whose: Whose) -> list[Row]:
    """Entries about the person or a record of theirs, with what changed; `details` is None where it was deleted."""
    rows = _entries(AuditEntry.subject, subjects_of(whose))
    return [_told(entry, whose) | {"subject": entry.subject, "details": details} for entry, details in rows]


def done_by(whose: Whose) -> list[Row]:
    """What their accounts did: when and what. Not to whom: that would be data about others."""
    own = set(subjects_of(whose))
    rows = _entries(AuditEntry.actor, [f"account:{one}" for one in sorted(whose.accounts)])
    return [_told(entry, whose) for entry, _details in rows if entry.subject not in own]


def _subjects(whose: Whose) -> Iterator[str]:
    for name, told in TOLD.items():
        table = table_of(name)
        if "id" in table.c and name != "person_merge":
            ids = db.session.scalars(unscoped(select(table.c.id).where(told.rows(table, whose)), WHY))
            yield from (f"{SUBJECTS.get(name, name)}:{one}" for one in ids)


def _entries(column: Any, values: list[str]) -> list[tuple[AuditEntry, Any]]:
    found = []
    for at in range(0, len(values), AT_ONCE):
        query = (
            select(AuditEntry, AuditDetail.details)
            .outerjoin(AuditDetail, AuditDetail.seq == AuditEntry.seq)
            .where(column.in_(values[at : at + AT_ONCE]))
        )
        found += [(row.AuditEntry, row.details) for row in db.session.execute(query)]
    return sorted(found, key=lambda one: one[0].seq)


def _told(entry: AuditEntry, whose: Whose) -> Row:
    return {"seq": entry.seq, "at": plain(entry.at), "who": who_did(entry.actor, whose), "action": entry.action}
