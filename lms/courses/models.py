"""What is learnt. An edition is a set of files (content-guide.md A8), frozen when it is published."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, utc_now


class Course(Base):
    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    folder: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    motif: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    editions: Mapped[list[Edition]] = relationship(back_populates="course", order_by="Edition.id")


class Edition(Base):
    """A draft has no number; publishing gives it one and the database then refuses any change to it."""

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        CheckConstraint("(number IS NULL) = (published_at IS NULL)", name="published_has_number"),
        CheckConstraint("(number IS NULL) = (content_hash IS NULL)", name="published_has_hash"),
        Index(
            "uq_edition_one_draft",
            "course_id",
            unique=True,
            sqlite_where=text("number IS NULL"),
            postgresql_where=text("number IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int | None]
    content_hash: Mapped[str | None] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    front: Mapped[dict[str, Any]]
    tiet_online: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    tiet_in_person: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    validity_months: Mapped[int] = mapped_column(default=12)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None] = mapped_column(String(60))
    course: Mapped[Course] = relationship(back_populates="editions")
    modules: Mapped[list[Module]] = relationship(back_populates="edition", order_by="Module.position")


class EditionFile(Base):
    """The source of everything in an edition, byte for byte as it was imported or saved in the editor."""

    __tablename__ = "edition_file"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Module(Base):
    __tablename__ = "module"
    __table_args__ = (UniqueConstraint("edition_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    position: Mapped[int]
    folder: Mapped[str] = mapped_column(String(120))
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    front: Mapped[dict[str, Any]]
    edition: Mapped[Edition] = relationship(back_populates="modules")
    lessons: Mapped[list[Lesson]] = relationship(back_populates="module", order_by="Lesson.position")


class Lesson(Base):
    """One screen. `position` counts within the edition, so that a lesson's address is short and stable."""

    __tablename__ = "lesson"
    __table_args__ = (UniqueConstraint("module_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    position: Mapped[int]
    file: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    front: Mapped[dict[str, Any]]
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    module: Mapped[Module] = relationship(back_populates="lessons")


class Enrolment(Base):
    """person × edition: a learner under way stays on the edition she began."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("person_id", "edition_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    started_on: Mapped[date]
    resume_lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lesson.id"))
    completed_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)
    edition: Mapped[Edition] = relationship()


class LessonProgress(Base):
    """That a lesson was finished, and when. Nothing finer: no page-by-page tracking (domain.md §6)."""

    __tablename__ = "lesson_progress"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    completed_at: Mapped[datetime] = mapped_column(default=utc_now)
