"""What it adds up to: plans, whom they count, and what makes a person "trained".

A figure is a question asked of the facts. Of a question too large for a request the last answer is kept, with the
instant it was given: something to show again, never something to count with.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, utc_now


class Plan(Base):
    __tablename__ = "plan"
    __table_args__ = (CheckConstraint("target_percent BETWEEN 1 AND 100", name="target_is_percent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    legal_basis: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    scope_code: Mapped[str] = mapped_column(String(40))
    target_percent: Mapped[int]


class PlanRole(Base):
    """The roles that a plan counts."""

    __tablename__ = "plan_role"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), primary_key=True)


class RequirementSet(Base):
    """Versioned: which achievements make a person trained, and for how many months."""

    __tablename__ = "requirement_set"
    __table_args__ = (UniqueConstraint("plan_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    version: Mapped[int]
    validity_months: Mapped[int]
    min_tiet: Mapped[int]
    courses: Mapped[list[Any]]
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)


class CoverageAnswer(Base):
    """The last answer to a large question. `key`: of `question`, which says all that the answer hangs on, the rights
    too; `counted_at`: None until a job has answered it."""

    __tablename__ = "coverage_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    question: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    counted_at: Mapped[datetime | None]
