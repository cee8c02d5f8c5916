"""That something was deleted, when and by which rules; and the pass that lets one transaction do it.

The database lets protected rows go only while a pass for their rule is open. A pass is open until its run is written,
and the foreign key from pass to run is checked at the commit: no pass outlives its transaction, and none is without
a run that stays for good.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, utc_now


class RetentionRun(Base):
    """`counts`: rule → table → rows. `files`: keys of stored files that no row names any more; they are removed after
    the commit, and `files_removed_at` is the promise kept."""

    __tablename__ = "retention_run"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    on_day: Mapped[date]
    plan_sha256: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, Any]]
    files: Mapped[list[Any]]
    ran_at: Mapped[datetime] = mapped_column(default=utc_now)
    files_removed_at: Mapped[datetime | None]


class RetentionPass(Base):
    __tablename__ = "retention_pass"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("retention_run.id", deferrable=True, initially="DEFERRED"), primary_key=True, autoincrement=False
    )
    rule: Mapped[str] = mapped_column(String(20), primary_key=True)
