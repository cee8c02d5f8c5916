"""For whoever finds a gap: whether retention made it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from lms.db import db
from lms.operate.retention.models import RetentionRun
from lms.operate.retention.rules import due_day


def erased_until(code: str) -> date | None:
    """The last day whose things a rule has taken away so far; None if it never did."""
    runs = db.session.execute(select(RetentionRun.on_day, RetentionRun.counts)).all()
    return max((due_day(code, run.on_day) for run in runs if code in run.counts), default=None)
