"""What must come out the same after a restore: the end of the audit chain, and the coverage figures of the day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import Integer, String, column, select, table
from sqlalchemy.engine import Connection
from sqlalchemy.exc import NoResultFound

from lms.access import SYSTEM
from lms.audit.rules import canonical, sha256
from lms.coverage.answers import answer, as_json, question
from lms.db import utc_now


def audit_head(connection: Connection) -> dict[str, Any]:
    query = select(column("seq", Integer), column("hash", String)).select_from(table("audit_head"))
    return dict(connection.execute(query).mappings().one())


def coverage(told: dict[str, Any] | None = None) -> dict[str, Any] | None:
    """The figures now, or as `told` by a manifest (same day, plan and state of knowledge); None without a plan."""
    told = told or {"plan": current_app.extensions["settings"].plan, "known_on": utc_now().isoformat()}
    on = date.fromisoformat(told["on"]) if "on" in told else None
    try:
        asked = question(on=on, known_on=datetime.fromisoformat(told["known_on"]), plan=told["plan"])
    except NoResultFound:
        return None
    found = as_json(answer(SYSTEM, asked))
    return {
        "on": found["on"],
        "known_on": found["known_on"],
        "plan": told["plan"],
        "total": found["total"],
        "sha256": sha256(canonical(found)),
    }
