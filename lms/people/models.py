"""Who holds which post where, and the lists that said so. A fact is never edited: a correction is a new row."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, choice, utc_now

LINES = ("family", "justice", "health")
# Compared byte by byte on both engines: the language of the PostgreSQL cluster must not change the order of a roll.
SORT_KEY = String(400).with_variant(String(400, collation="C"), "postgresql")


class Role(Base):
    """A frontline role of domain.md §3.1."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(choice("role_level", "hamlet", "ward", "province", "facility", "school"))
    line: Mapped[str] = mapped_column(choice("role_line", *LINES))
    position: Mapped[int] = mapped_column(default=0)


class Person(Base):
    """A person, not an account. `sort_key` and `search_key` are computed from `full_name` (lms.text.names)."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("(birth_date IS NULL) = (birth_precision IS NULL)", name="birth_with_precision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(String(160))
    given_name: Mapped[str | None] = mapped_column(String(60))
    sort_key: Mapped[str] = mapped_column(SORT_KEY, index=True)
    search_key: Mapped[str] = mapped_column(String(160), index=True)
    birth_date: Mapped[date | None]
    birth_precision: Mapped[str | None] = mapped_column(choice("birth_precision", "year", "month", "day"))
    sex: Mapped[str | None] = mapped_column(choice("person_sex", "nu", "nam"))
    phone: Mapped[str | None] = mapped_column(String(16), index=True)
    phone_spare: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(Text)
    row_key: Mapped[str] = mapped_column(String(16), unique=True)
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)
    superseded_at: Mapped[datetime | None]
    assignments: Mapped[list[Assignment]] = relationship(back_populates="person")

    @property
    def birth_year(self) -> int | None:
        return self.birth_date.year if self.birth_date else None


class PersonMerge(Base):
    """`person` turned out to be `into`: a pointer, so it can be undone and asked "as known on"."""

    __tablename__ = "person_merge"
    __table_args__ = (CheckConstraint("person_id <> into_id", name="two_people"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)
    undone_at: Mapped[datetime | None]


class Assignment(Base):
    """person × role × unit, from `first_day` to `last_day`, both inclusive; no `last_day`: still running."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="forward"),
        Index(
            "uq_assignment_running",
            "person_id",
            "role_id",
            "unit_id",
            unique=True,
            sqlite_where=text("last_day IS NULL AND superseded_at IS NULL"),
            postgresql_where=text("last_day IS NULL AND superseded_at IS NULL"),
        ),
        # All that a figure asks of a post: coverage reads this index alone (lms/coverage/facts.py).
        Index(
            "ix_assignment_unit",
            *("unit_id", "role_id", "first_day", "last_day", "person_id", "recorded_at", "superseded_at"),
        ),
        Index("ix_assignment_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)
    superseded_at: Mapped[datetime | None]
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    roster_row_id: Mapped[int | None] = mapped_column(ForeignKey("roster_row.id"), index=True)
    person: Mapped[Person] = relationship(back_populates="assignments")
    role: Mapped[Role] = relationship()


class IdentityCheck(Base):
    """Before the first certificate the learner says "this is me", or reports what is wrong."""

    __tablename__ = "identity_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    answer: Mapped[str] = mapped_column(choice("identity_answer", "right", "wrong"))
    full_name: Mapped[str] = mapped_column(String(160))
    birth_text: Mapped[str] = mapped_column(String(20))
    message: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)
    resolved_at: Mapped[datetime | None]


class RosterImport(Base):
    """One staff list as it came. Nothing in the register changes until it is confirmed; all of it can be undone."""

    __tablename__ = "roster_import"
    __table_args__ = (Index("ix_roster_import_file", "file_sha256", "list_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_key: Mapped[str] = mapped_column(String(120))
    list_date: Mapped[date]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    state: Mapped[str] = mapped_column(choice("import_state", "staged", "confirmed", "undone", "dropped"))
    reading: Mapped[dict[str, Any]]
    stated_total: Mapped[int | None]
    created_by: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    confirmed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    rows: Mapped[list[RosterRow]] = relationship(back_populates="roster_import", order_by="RosterRow.id")


class RosterRow(Base):
    """A row of the file: the raw cells, what it was taken for and why, what was decided, what it changed."""

    __tablename__ = "roster_row"
    __table_args__ = (Index("ix_roster_row_import", "import_id", "taken_as"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("roster_import.id"))
    sheet: Mapped[str] = mapped_column(String(120))
    row_no: Mapped[int]
    raw: Mapped[list[Any]]
    parsed: Mapped[dict[str, Any]]
    taken_as: Mapped[str] = mapped_column(choice("row_taken_as", "new", "update", "same", "ask", "error", "skip"))
    why: Mapped[list[Any]]
    questions: Mapped[list[Any]]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    decision: Mapped[dict[str, Any]] = mapped_column(default=dict)
    decided_by: Mapped[str | None] = mapped_column(String(60))
    decided_at: Mapped[datetime | None]
    effect: Mapped[dict[str, Any]] = mapped_column(default=dict)
    roster_import: Mapped[RosterImport] = relationship(back_populates="rows")


class RosterConfirmation(Base):
    """Somebody vouches for the denominator: "đến ngày … có 23 người, tôi xác nhận"."""

    __tablename__ = "roster_confirmation"
    __table_args__ = (Index("ix_roster_confirmation_unit", "unit_id", "as_of"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    line: Mapped[str | None] = mapped_column(choice("confirmation_line", *LINES))
    as_of: Mapped[date]
    people: Mapped[int]
    confirmed_by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)
