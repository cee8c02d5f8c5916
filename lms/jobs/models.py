"""A `Job` row exists only for work that a person watches; the promise itself is a state in the domain's own row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, choice, utc_now

_OPEN = text("state IN ('waiting', 'running')")


class Job(Base):
    """`subject`: what it is about, a key of the room whose `kind` it is. `claim`: the worker that has it in hand;
    `tries`: how many workers began it."""

    __tablename__ = "job"
    # Two who ask for the same start one job.
    __table_args__ = (
        Index("uq_job_open", "kind", "subject", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_job_subject", "subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    subject: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(choice("job_state", "waiting", "running", "done", "failed"), default="waiting")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str | None] = mapped_column(Text)
    claim: Mapped[str | None] = mapped_column(String(32))
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)

    @property
    def open(self) -> bool:
        return self.state in ("waiting", "running")
