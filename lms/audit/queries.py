"""Re-deriving the chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from lms.audit.models import AuditDetail, AuditEntry, AuditHead
from lms.audit.rules import GENESIS, canonical, entry_hash, sha256
from lms.db import db


@dataclass(frozen=True)
class ChainCheck:
    entries: int
    faults: tuple[str, ...]


def verify() -> ChainCheck:
    """Walk the whole chain; a fault names the entry at which the derived and the stored chain part."""
    faults, seq, last = [], 0, GENESIS
    for entry, details in _entries():
        faults += _faults_of(entry, details, seq + 1, last)
        seq, last = entry.seq, entry.hash
    head = db.session.scalars(select(AuditHead)).one()
    if (head.seq, head.hash) != (seq, last):
        faults.append(f"the head says {head.seq}, the chain ends at {seq}")
    return ChainCheck(seq, tuple(faults))


def _entries() -> Iterator[tuple[AuditEntry, str | None]]:
    query = (
        select(AuditEntry, AuditDetail)
        .outerjoin(AuditDetail, AuditDetail.seq == AuditEntry.seq)
        .order_by(AuditEntry.seq)
        .execution_options(yield_per=1000)
    )
    for entry, detail in db.session.execute(query):
        yield entry, None if detail is None else sha256(canonical(detail.details))


def _faults_of(entry: AuditEntry, details: str | None, seq: int, prev: str) -> list[str]:
    covered = {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "fields": entry.fields,
        "details_sha256": entry.details_sha256,
    }
    checks = {
        f"entry {seq} is missing": entry.seq == seq,
        f"entry {entry.seq} does not follow the one before": entry.prev_hash == prev,
        f"entry {entry.seq} was changed": entry.hash == entry_hash(entry.prev_hash, covered),
        f"the details of entry {entry.seq} were changed": details in (None, entry.details_sha256),
    }
    return [fault for fault, holds in checks.items() if not holds]
