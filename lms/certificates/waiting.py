"""Achievements whose certificate still waits for the holder's word on the printed name, as pieces of SQL."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, exists, func, null, or_, select
from sqlalchemy.sql.selectable import ScalarSelect

from lms.certificates.models import Achievement, Certificate
from lms.people.models import IdentityCheck, Person
from lms.people.queries import still_holds


def is_without_certificate() -> ColumnElement[bool]:
    """An online achievement that stands, of which we know what to print, and that has no certificate yet."""
    return (
        (Achievement.kind == "online")
        & Achievement.paper_facts.is_not(null())
        & Achievement.revoked_at.is_(None)
        & Achievement.superseded_at.is_(None)
        & ~exists().where(Certificate.achievement_id == Achievement.id)
    )


def last_check_id() -> ScalarSelect[int | None]:
    """The id of the holder's last word on the name, for the achievement of the statement around it."""
    last = select(func.max(IdentityCheck.id)).where(IdentityCheck.person_id == Achievement.person_id)
    return last.correlate(Achievement).scalar_subquery()


def is_confirmed() -> ColumnElement[bool]:
    """The holder said that the name of today is right, or what was reported has been put right."""
    good = or_(IdentityCheck.answer == "right", IdentityCheck.resolved_at.is_not(None))
    own = Person.id == IdentityCheck.person_id
    return exists().where(IdentityCheck.id == last_check_id(), own, good, still_holds()).correlate(Achievement)


def ready_to_issue() -> Select[int]:
    """Ids of achievements whose certificate can be issued now, oldest first."""
    return select(Achievement.id).where(is_without_certificate(), is_confirmed()).order_by(Achievement.id)
