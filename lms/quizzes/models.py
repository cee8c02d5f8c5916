"""The bank, the quiz of an edition, attempts as append-only steps, and the inbox of what devices sent."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, choice, utc_now


class Question(Base):
    """A question through all its versions; `key` is the author's id (k1-m1-q01), never re-used."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("course_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    key: Mapped[str] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(40))


class QuestionVersion(Base):
    """One wording, exactly as in questions.yaml (schema lhp-questions/1); the same words keep the same version."""

    __tablename__ = "question_version"
    __table_args__ = (UniqueConstraint("question_id", "number"), UniqueConstraint("question_id", "sha256"))

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    number: Mapped[int]
    type: Mapped[str] = mapped_column(String(20))
    body: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)
    question: Mapped[Question] = relationship()


class EditionItem(Base):
    """Which question versions an edition holds, by category (the module's code)."""

    __tablename__ = "edition_item"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), primary_key=True)
    category: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    version: Mapped[QuestionVersion] = relationship()


class Quiz(Base):
    """A quiz of an edition. `slots`: [{category, draw}]; `must_be_right`: question keys."""

    __tablename__ = "quiz"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    slots: Mapped[list[Any]]
    pass_percent: Mapped[int]
    must_be_right: Mapped[list[Any]]
    max_attempts: Mapped[int | None]
    wait_minutes: Mapped[int] = mapped_column(default=10)


class Attempt(Base):
    """Exists from the start, with the server's clock; the drawn items and the limit are pinned in the row."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("person_id", "quiz_id", "number"),
        CheckConstraint("number >= 1 AND (allowed IS NULL OR number <= allowed)", name="within_limit"),
        CheckConstraint("(closed_at IS NULL) = (passed IS NULL)", name="closed_has_result"),
        Index(
            "uq_attempt_one_open",
            "person_id",
            "quiz_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket: Mapped[str] = mapped_column(String(36), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"), index=True)
    number: Mapped[int]
    allowed: Mapped[int | None]
    items: Mapped[list[Any]]
    started_at: Mapped[datetime] = mapped_column(default=utc_now)
    closed_at: Mapped[datetime | None]
    points: Mapped[Decimal | None] = mapped_column(Numeric(8, 3))
    points_max: Mapped[Decimal | None] = mapped_column(Numeric(8, 3))
    passed: Mapped[bool | None]
    quiz: Mapped[Quiz] = relationship()
    steps: Mapped[list[AttemptStep]] = relationship(order_by="AttemptStep.seq")


class AttemptStep(Base):
    """One answer as it was given; a change of mind is a further step, so steps only grow."""

    __tablename__ = "attempt_step"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[int]
    answer: Mapped[list[Any]]
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)


class ItemResult(Base):
    """What each drawn item got when the attempt was judged: what the item statistics count."""

    __tablename__ = "item_result"
    __table_args__ = (Index("ix_item_result_version", "question_version_id"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    item: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    answer: Mapped[list[Any]]
    points: Mapped[Decimal] = mapped_column(Numeric(8, 3))
    right: Mapped[bool]


class ItemTally(Base):
    """Sums of answers whose attempts have lost them by retention: `times` for one answer to one question of a quiz."""

    __tablename__ = "item_tally"
    __table_args__ = (
        CheckConstraint("times > 0", name="some"),
        Index("ix_item_tally_version", "question_version_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"))
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    answer: Mapped[list[Any]]
    right: Mapped[bool]
    times: Mapped[int]


UNDECIDED = text("state <> 'accepted' AND decision IS NULL")


class Submission(Base):
    """The inbox: stored whole before it is understood. One accepted per client id; nothing is ever dropped."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("client_id", "sha256"),
        Index(
            "uq_submission_accepted",
            "client_id",
            unique=True,
            sqlite_where=text("state = 'accepted'"),
            postgresql_where=text("state = 'accepted'"),
        ),
        Index("ix_submission_ticket", "ticket"),
        Index("ix_submission_undecided", "account_id", sqlite_where=UNDECIDED, postgresql_where=UNDECIDED),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decision_with_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(36))
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    ticket: Mapped[str | None] = mapped_column(String(36))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    receipt: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[str] = mapped_column(choice("submission_state", "accepted", "conflict", "quarantined"))
    reason: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(default=utc_now)
    decision: Mapped[str | None] = mapped_column(choice("submission_decision", "judged", "kept"))
    decided_by: Mapped[str | None] = mapped_column(String(60))
    decided_at: Mapped[datetime | None]
