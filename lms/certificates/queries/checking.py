"""What anybody may learn who holds a paper: enough to compare it with, and nothing else (safety.md P1, S38)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from lms.certificates import rules
from lms.certificates.models import Achievement, Certificate
from lms.certificates.queries.cards import state_of
from lms.certificates.rules import State
from lms.db import db
from lms.people.scope import unscoped
from lms.text.names import mask_name


@dataclass(frozen=True)
class Checked:
    """The whole of what is public. A new field here is a decision about people's data.

    Of a replaced certificate not even the masked holder: that name was wrong, and the right one is on another paper.
    """

    code: str
    state: State
    holder: str
    course: str
    edition: str
    issued_on: date
    valid_until: date


def check(code: str) -> Checked | None:
    """The certificate of a whole, normalised code; None if there is none. There is no search by anything less."""
    wanted = (
        select(Certificate, Achievement.edition)
        .join(Achievement, Achievement.id == Certificate.achievement_id)
        .where(Certificate.code == code)
        .execution_options(populate_existing=True)
    )
    row = db.session.execute(unscoped(wanted, "the public check by a code of 80 random bits")).one_or_none()
    if row is None:
        return None
    certificate, edition = row
    state = state_of(certificate)
    return Checked(
        code=certificate.code,
        state=state,
        holder="" if state == "replaced" else mask_name(certificate.holder_name),
        course=certificate.course_title,
        edition=rules.edition_number(edition),
        issued_on=certificate.issued_on,
        valid_until=certificate.valid_until,
    )
