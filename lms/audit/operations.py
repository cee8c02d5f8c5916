"""Recording: entries are collected while an operation runs and sealed into the chain just before the commit."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.orm import Session, SessionTransaction

from lms.access import current
from lms.audit.models import AuditDetail, AuditEntry, AuditHead
from lms.audit.rules import canonical, entry_hash, sha256
from lms.db import NotInWrite, db, utc_now

PENDING = "audit_pending"
SAVEPOINTS = "audit_savepoints"

_ENTRIES, _DETAILS = insert(AuditEntry), insert(AuditDetail)
_LOCKED_HEAD = select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1).with_for_update()
_HEAD = update(AuditHead).where(AuditHead.id == 1).values(seq=bindparam("end"), hash=bindparam("last"))


def record(action: str, subject: str, **details: Any) -> None:
    """Note that the viewer did `action` to `subject` ("person:12"); `details` hold before/after, never secrets.

    Must be called inside `db.write()`: the entry is written by the same transaction, or not at all.
    """
    session = db.session
    if not session.info.get("writing"):
        raise NotInWrite("audit.record() outside db.write()")
    entry = {"actor": current.viewer().actor, "action": action, "subject": subject, "details": details}
    session.info.setdefault(PENDING, []).append(entry)


def seal(session: Session) -> None:
    """The finisher of `db.write()`: lock the head last, then append. Locked early, writers would queue on it."""
    pending = session.info.pop(PENDING, [])
    session.info.pop(SAVEPOINTS, None)
    if not pending:
        return
    connection = session.connection()  # its statements skip the ORM, whose work would be done under the lock
    head = connection.execute(_LOCKED_HEAD).one()
    entries, details, seq, last = [], [], head.seq, head.hash
    now = utc_now()
    for noted in pending:
        seq += 1
        entry, detail = _row(seq, now, last, noted)
        last = entry["hash"]
        entries.append(entry)
        details.append({"seq": seq, "details": detail})
    connection.execute(_ENTRIES, entries)
    connection.execute(_DETAILS, details)
    connection.execute(_HEAD, {"end": seq, "last": last})


def forget_pending(session: Session) -> None:
    """A transaction that rolled back did nothing, so it has nothing to record."""
    session.info.pop(PENDING, None)
    session.info.pop(SAVEPOINTS, None)


@event.listens_for(Session, "after_transaction_create")
def _note_savepoint(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault(SAVEPOINTS, {})[transaction] = len(session.info.get(PENDING, []))


@event.listens_for(Session, "after_soft_rollback")
def _forget_since_savepoint(session: Session, transaction: SessionTransaction) -> None:
    """What a savepoint takes back did not happen either: a judging that raised has recorded nothing."""
    since = session.info.get(SAVEPOINTS, {}).pop(transaction, None)
    if since is not None:
        del session.info.get(PENDING, [])[since:]


def _row(seq: int, at: datetime, prev: str, noted: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    detail = json.loads(canonical(noted["details"]))  # as it will be read: keys are text, and so sorted as text
    covered = {
        "seq": seq,
        "at": at.isoformat(),
        "actor": noted["actor"],
        "action": noted["action"],
        "subject": noted["subject"],
        "fields": sorted(detail),
        "details_sha256": sha256(canonical(detail)),
    }
    row = {**covered, "at": at, "prev_hash": prev, "hash": entry_hash(prev, covered)}
    return row, detail
