"""Re-deriving the chain, and holding it against checkpoints kept outside the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Select, Text, cast, select, text, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NullType

from lms.audit.checkpoints import Checkpoint
from lms.audit.models import AuditDetail, AuditEntry, AuditHead
from lms.audit.rules import GENESIS, KEPT_FOREVER, canonical, entry_hash, sha256
from lms.db import db

MOST_FAULTS = 100
BATCH = 1000


@dataclass(frozen=True)
class ChainCheck:
    """`without_details`: entries whose details retention has deleted. At most `MOST_FAULTS` faults are listed."""

    entries: int
    faults: tuple[str, ...]
    without_details: int = 0


def verify(checkpoints: Sequence[Checkpoint] = ()) -> ChainCheck:
    """Walk the whole chain; a fault names the entry at which the derived and the stored chain part.

    A chain that was cut or rebuilt together with its head is whole in itself: only `checkpoints` tell.
    """
    walk = _Walk(checkpoints)
    try:
        before = head()  # for a chain without entries; asked afterwards, it could be of a first one made meanwhile
        for row in db.session.execute(_whole_chain()):
            walk.step(row)
        walk.arrive(walk.head if walk.seq else before)
        walk.faults += _other_heads()
        walk.compare_counts(counts())
    except (DBAPIError, UnicodeError) as error:  # SQLite keeps anything, also text that is none
        db.session.rollback()
        walk.faults.append(f"what follows entry {walk.seq} cannot be read: {type(error).__name__}")
    return ChainCheck(walk.seq, tuple(walk.faults[:MOST_FAULTS]), walk.without_details)


def head() -> tuple[int, str] | None:
    """Where the chain ends: number and hash of its last entry. None: somebody removed the head."""
    found = db.session.execute(select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1)).one_or_none()
    return None if found is None else (found.seq, found.hash)


def _other_heads() -> list[str]:
    """Rows that the table's own check lets nobody write."""
    others = db.session.scalars(select(AuditHead.id).where(AuditHead.id != 1).order_by(AuditHead.id))
    return [f"there is another head, number {number}" for number in others]


def counts() -> dict[str, int]:
    """How many rows each table of `KEPT_FOREVER` holds; these numbers never go down."""
    return {name: db.session.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in KEPT_FOREVER}


def faults_among(seqs: Iterable[int]) -> dict[int, list[str]]:
    """What is wrong with these entries alone: the hash of each, and that its neighbours in the chain hold on to it.

    A quick look at a few records; whether the whole chain is whole only `verify` tells.
    """
    wanted = sorted(set(seqs))
    near: dict[int, Row[Any]] = {}
    for some in (wanted[at : at + BATCH // 3] for at in range(0, len(wanted), BATCH // 3)):
        around = {seq + step for seq in some for step in (-1, 0, 1)}
        near |= {row.seq: row for row in db.session.execute(_whole_chain().where(AuditEntry.seq.in_(around)))}
    return {seq: _faults_in_place(near, seq) for seq in wanted}


def _faults_in_place(near: Mapping[int, Row[Any]], seq: int) -> list[str]:
    if seq not in near:
        return [f"entry {seq} is missing"]
    row, before, after = near[seq], near.get(seq - 1), near.get(seq + 1)
    last = before.hash if before is not None else GENESIS if seq == 1 else ""
    following = after.prev_hash if after is not None else row.head_hash if row.head_seq == seq else ""
    return _faults_of(row, seq, last) + [f"what follows entry {seq} does not hold on to it"] * (following != row.hash)


def _whole_chain() -> Select[Any]:
    """Entries, details and the head in one statement, so that all are of one moment while others write.

    Read in the order of the key: nothing is sorted, nothing is held. Instants and JSON come as they are stored: a
    value that is none becomes a fault of its entry, not an exception.
    """
    return (
        select(
            select(AuditHead.seq).where(AuditHead.id == 1).scalar_subquery().label("head_seq"),
            select(AuditHead.hash).where(AuditHead.id == 1).scalar_subquery().label("head_hash"),
            AuditEntry.seq,
            type_coerce(AuditEntry.at, NullType()).label("at"),
            AuditEntry.actor,
            AuditEntry.action,
            AuditEntry.subject,
            cast(AuditEntry.fields, Text).label("fields"),
            AuditEntry.details_sha256,
            AuditEntry.prev_hash,
            AuditEntry.hash,
            cast(AuditDetail.details, Text).label("details"),
        )
        .select_from(AuditEntry)
        .outerjoin(AuditDetail, AuditDetail.seq == AuditEntry.seq)
        .order_by(AuditEntry.seq)
        .execution_options(yield_per=BATCH)
    )


class _Walk:
    """The state of one verification: the entry it stands on, and what it found so far."""

    def __init__(self, checkpoints: Sequence[Checkpoint]) -> None:
        self.seq, self.last = 0, GENESIS
        self.head: tuple[int, str] | None = None
        self.without_details = 0
        self.faults: list[str] = []
        self.checkpoints = checkpoints
        self.due = {(point.seq, point.hash) for point in checkpoints if point.seq}

    def step(self, row: Row[Any]) -> None:
        self.head = None if row.head_seq is None else (row.head_seq, row.head_hash)
        if len(self.faults) < MOST_FAULTS:
            self.faults += _faults_of(row, self.seq + 1, self.last)
        self.without_details += row.details is None
        self.seq, self.last = row.seq, row.hash
        self.due.discard((row.seq, row.hash))

    def arrive(self, head: tuple[int, str] | None) -> None:
        if head is None:
            self.faults.append("the head of the chain is missing")
        elif head != (self.seq, self.last):
            self.faults.append(f"the head says {head[0]}, the chain ends at {self.seq}")
        self.faults += [
            f"entry {point.seq} of the checkpoint of {point.at} is not in this chain: it was cut or rebuilt"
            for point in self.checkpoints
            if (point.seq, point.hash) in self.due
        ]

    def compare_counts(self, now: dict[str, int]) -> None:
        self.faults += [
            f"{name} has {now.get(name, 0)} rows, the checkpoint of {point.at} counted {before}"
            for point in self.checkpoints
            for name, before in point.counts.items()
            if now.get(name, 0) < before
        ]


def _faults_of(row: Row[Any], seq: int, prev: str) -> list[str]:
    try:
        return [fault for fault, holds in _checks(row, seq, prev).items() if not holds]
    except (ValueError, TypeError, RecursionError):
        return [f"entry {row.seq} cannot be read: it was changed"]


def _checks(row: Row[Any], seq: int, prev: str) -> dict[str, bool]:
    covered = {
        "seq": row.seq,
        "at": _instant(row.at).isoformat(),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "fields": json.loads(row.fields),
        "details_sha256": row.details_sha256,
    }
    details = None if row.details is None else sha256(canonical(json.loads(row.details)))
    return {
        f"entry {seq} is missing": row.seq == seq,
        f"entry {row.seq} does not follow the one before": row.prev_hash == prev,
        f"entry {row.seq} was changed": row.hash == entry_hash(row.prev_hash, covered),
        f"the details of entry {row.seq} were changed": details in (None, row.details_sha256),
    }


def _instant(stored: Any) -> datetime:
    """PostgreSQL gives an instant, SQLite a text without a zone."""
    at = stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
