"""What is proved: achievements (facts), and certificates (what was printed about them)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, choice, utc_now


class Achievement(Base):
    """One fact: this person met this requirement on that day. Verification and revocation carry their own time.

    `paper_facts` (see `course.py`) is what a certificate prints of the course; empty where none will be issued.
    """

    __tablename__ = "achievement"
    __table_args__ = (
        UniqueConstraint("source"),
        # All that a figure asks of a training: coverage reads this index alone (lms/coverage/facts.py).
        Index(
            "ix_achievement_person",
            *("person_id", "completed_on", "kind", "course_code", "tiet", "verified_at", "revoked_at"),
            *("recorded_at", "superseded_at"),
        ),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(choice("achievement_kind", "online", "class", "outside"))
    course_code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    completed_on: Mapped[date]
    tiet: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    edition: Mapped[str | None] = mapped_column(String(80))
    paper_facts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    source: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)
    recorded_by: Mapped[str] = mapped_column(String(60))
    verified_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(Text)
    superseded_at: Mapped[datetime | None]
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("achievement.id"))


class CertificateBook(Base):
    """The last serial given in a year; locked while the next one is given, so the book has no gaps."""

    __tablename__ = "certificate_book"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)


class Certificate(Base):
    """What was printed, as it was that day; `pdf_key` is empty until the file has been made (a promise in the row).

    `pdf_fault` says why these words cannot be printed: "letters: …" or "full" (see `tasks.py`). With `replaced_at`
    another certificate stands in its place (see `replacing.py`), which names it in `replaces_id`.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("serial_year", "serial_no"),
        CheckConstraint("(pdf_key IS NULL) = (pdf_sha256 IS NULL)", name="file_with_hash"),
        CheckConstraint("replaced_at IS NULL OR revoked_at IS NULL", name="replaced_or_revoked"),
        Index(
            "uq_certificate_standing",
            "achievement_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievement.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    serial_year: Mapped[int]
    serial_no: Mapped[int]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    holder_name: Mapped[str] = mapped_column(String(160))
    course_title: Mapped[str] = mapped_column(String(200))
    paper: Mapped[dict[str, Any]]
    issued_on: Mapped[date]
    completed_on: Mapped[date]
    valid_until: Mapped[date]
    pdf_key: Mapped[str | None] = mapped_column(String(120))
    pdf_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    pdf_size: Mapped[int | None]
    pdf_fault: Mapped[str | None] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(Text)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)
    replaced_at: Mapped[datetime | None]
