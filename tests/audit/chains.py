"""Chains of entries, and somebody who tampers with them behind the back of the triggers."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text

from lms.audit import operations as audit
from lms.audit.rules import GENESIS, canonical, entry_hash, sha256
from lms.db import db, utc_now

GUARDED = ("audit_entry", "audit_head", "audit_detail")


def grow(entries: int, *, together: int = 10) -> None:
    for start in range(0, entries, together):
        with db.write():
            for number in range(start, min(start + together, entries)):
                audit.record("role.added", f"role:{number}", after={"code": f"X{number}", "at": utc_now()})


def drop_triggers(connection: Connection, *tables: str) -> None:
    """What somebody with the database's own password can do."""
    for table in tables or GUARDED:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            continue
        names = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
        for name in connection.execute(names, {"table": table}).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))


def rebuild(connection: Connection) -> None:
    """Make every hash fit again, and the head: the work of somebody who has read `rules.py`."""
    entries = connection.execute(text("SELECT * FROM audit_entry ORDER BY seq")).mappings().all()
    connection.execute(text("UPDATE audit_entry SET hash = CAST(seq AS VARCHAR)"))
    seq, last = 0, GENESIS
    for entry in entries:
        seq += 1
        details = connection.execute(text("SELECT details FROM audit_detail WHERE seq = :seq"), entry).scalar()
        digest = entry["details_sha256"] if details is None else sha256(canonical(_json(details)))
        covered = {
            "seq": entry["seq"],
            "at": _iso(entry["at"]),
            **{name: entry[name] for name in ("actor", "action", "subject")},
            "fields": _json(entry["fields"]),
            "details_sha256": digest,
        }
        new = entry_hash(last, covered)
        change = "UPDATE audit_entry SET prev_hash = :prev, hash = :new, details_sha256 = :digest WHERE seq = :seq"
        connection.execute(text(change), {"prev": last, "new": new, "digest": digest, "seq": entry["seq"]})
        seq, last = entry["seq"], new
    connection.execute(text("UPDATE audit_head SET seq = :seq, hash = :last"), {"seq": seq, "last": last})


def _json(stored: Any) -> Any:
    return json.loads(stored) if isinstance(stored, str) else stored


def _iso(stored: Any) -> str:
    return f"{stored.replace(' ', 'T')}+00:00" if isinstance(stored, str) else stored.isoformat()
