"""What an id given at the command line means: which achievement and which attempt of it."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from lms.certificates.codes import normalise_code
from lms.certificates.models import Achievement, Certificate
from lms.certificates.rules import read_serial
from lms.db import db
from lms.people.scope import unscoped
from lms.quizzes.models import Attempt, Submission

WHY = "lms record show: the operator asks for one record"
BY_ATTEMPT = "attempt:"
"""How the `source` of an achievement begins that an attempt proved; its ticket follows."""

_NAMED = re.compile(r"(achievement|attempt|certificate|submission):(\d{1,18})", re.ASCII)
_RECEIPT = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}", re.ASCII)


class UnknownRecord(LookupError):
    """The id is none of ours; the message says what was looked for."""


@dataclass(frozen=True)
class Found:
    """At least one of the two is there."""

    achievement: Achievement | None
    attempt: Attempt | None

    @property
    def subject(self) -> str:
        """As the audit names it."""
        if self.achievement is not None:
            return f"achievement:{self.achievement.id}"
        return f"attempt:{self.attempt.id}" if self.attempt is not None else ""


def find(text: str) -> Found:
    """The record of an id as a person gives it. Raises `UnknownRecord`.

    Known are: a certificate's code or serial ("0147/2026"), a ticket or a client id (UUID), a receipt (7K4P-22MX),
    "achievement:12", "attempt:12", "certificate:12", "submission:12"; a bare number is an achievement's.
    """
    asked = text.strip()
    found = _by_number(asked) or _by_paper(asked) or _by_uuid(asked) or _by_receipt(asked)
    if found is None:
        raise UnknownRecord(f"nothing here has the id {asked!r}")
    return found


def _by_number(asked: str) -> Found | None:
    named = _NAMED.fullmatch(asked if ":" in asked else f"achievement:{asked}")
    if named is None:
        return None
    kind, number = named[1], int(named[2])
    if kind == "attempt":
        return _of_attempt(Attempt.id == number)
    if kind == "certificate":
        return _of_certificate(Certificate.id == number)
    return (
        _of_submission(Submission.id == number) if kind == "submission" else _of_achievement(Achievement.id == number)
    )


def _by_paper(asked: str) -> Found | None:
    code, serial = normalise_code(asked), read_serial(asked)
    if code is not None:
        return _of_certificate(Certificate.code == code)
    if serial is None:
        return None
    return _of_certificate((Certificate.serial_no == serial[0]) & (Certificate.serial_year == serial[1]))


def _by_uuid(asked: str) -> Found | None:
    try:
        written = str(uuid.UUID(asked))
    except ValueError:
        return None
    return _of_attempt(Attempt.ticket == written) or _of_submission(Submission.client_id == written)


def _by_receipt(asked: str) -> Found | None:
    receipt = asked.upper()
    return _of_submission(Submission.receipt == receipt) if _RECEIPT.fullmatch(receipt) else None


def _of_submission(condition: ColumnElement[bool]) -> Found | None:
    query = select(Submission.ticket).where(condition, Submission.ticket.is_not(None))
    ticket = db.session.scalar(query.order_by(Submission.id).limit(1))
    return None if ticket is None else _of_attempt(Attempt.ticket == ticket)


def _of_certificate(condition: ColumnElement[bool]) -> Found | None:
    proved = db.session.scalar(unscoped(select(Certificate.achievement_id).where(condition), WHY))
    return None if proved is None else _of_achievement(Achievement.id == proved)


def _of_achievement(condition: ColumnElement[bool]) -> Found | None:
    achievement = _one(Achievement, condition)
    if achievement is None:
        return None
    ticket = achievement.source.removeprefix(BY_ATTEMPT) if achievement.source.startswith(BY_ATTEMPT) else None
    return Found(achievement, None if ticket is None else _one(Attempt, Attempt.ticket == ticket))


def _of_attempt(condition: ColumnElement[bool]) -> Found | None:
    attempt = _one(Attempt, condition)
    if attempt is None:
        return None
    return Found(_one(Achievement, Achievement.source == f"{BY_ATTEMPT}{attempt.ticket}"), attempt)


def _one(model: Any, condition: ColumnElement[bool]) -> Any:
    return db.session.scalars(unscoped(select(model).where(condition), WHY)).one_or_none()
