"""The number somebody signs in by, and the number of the register: a correction of one offers to move the other."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from lms.access.current import viewer
from lms.accounts.models import Account
from lms.accounts.operations import rights
from lms.db import db
from lms.people.scope import unscoped


@dataclass(frozen=True)
class Offer:
    """Move this person's account from `old` (E.164; None: card only) to `new`, the number of the register."""

    account_id: int
    person_id: int
    name: str
    old: str | None
    new: str


def offer_for(person_id: int) -> Offer | None:
    """None where there is nothing to move, or only an administrator may. NotFound unless the viewer serves them."""
    person = rights.require_served_person(person_id)
    query = select(Account).where(Account.person_id == person_id, Account.closed_at.is_(None))
    account = db.session.scalars(unscoped(query, "judged right below")).one_or_none()
    if account is None or not rights.may_serve(viewer(), account):
        return None
    if not person.phone or person.phone == account.phone:
        return None
    return Offer(account.id, person_id, account.name, account.phone, person.phone)
