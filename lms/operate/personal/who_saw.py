"""Who saw a person's data: what the audit says for certain, and which lists taken away may have held them.

Pages that were only looked at are not recorded (domain.md §6: no more tracking than needed); files that were taken
away, and records that the operator opened, are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select

from lms.access import GrantValue, Viewer
from lms.access.viewer import SYSTEM
from lms.accounts.models import Account, Grant
from lms.audit.models import AuditEntry
from lms.db import db
from lms.operate.personal.trail import subjects_of
from lms.operate.personal.whose import WHY, Whose
from lms.people.scope import could_see, unscoped
from lms.text.dates import local_today

OF_ANY_DAY = ("coverage.people_exported", "coverage.people_printed")
LISTS = ("people.exported", "certificates.exported", *OF_ANY_DAY)
"""Whole lists; the entry holds the filter, not the people, so whoever's area covered the person may have had them.

Those of a figure may be asked "as known on" an earlier day: they hold posts, too, that had been withdrawn since.
"""


class Seen(NamedTuple):
    """`sure`: the entry is about this person; otherwise the list may have held them."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    sure: bool


def who_saw(whose: Whose, since: datetime) -> list[Seen]:
    """By others than the person, in the order of the audit."""
    own = {f"account:{one}" for one in whose.accounts}
    entries = [entry for entry in _entries(whose, since) if entry.actor not in own]
    return [seen for entry in entries for seen in _seen(entry, whose)]


def _entries(whose: Whose, since: datetime) -> Iterator[AuditEntry]:
    concerned = or_(AuditEntry.subject.in_(subjects_of(whose)), AuditEntry.action.in_(LISTS))
    yield from db.session.scalars(select(AuditEntry).where(AuditEntry.at >= since, concerned).order_by(AuditEntry.seq))


def _seen(entry: AuditEntry, whose: Whose) -> Iterator[Seen]:
    is_list = entry.action in LISTS
    if not is_list or _could_see(entry, whose):
        yield Seen(entry.seq, entry.at, entry.actor, entry.action, entry.subject, not is_list)


def _could_see(entry: AuditEntry, whose: Whose) -> bool:
    """With the rights the account had then, over the posts that were known then, whatever became of both since."""
    then = SYSTEM if entry.actor == SYSTEM.actor else _viewer_then(entry.actor, entry.at)
    return could_see(then, whose.people, entry.at, withdrawn=entry.action in OF_ANY_DAY)


def _viewer_then(actor: str, at: datetime) -> Viewer:
    number = actor.removeprefix("account:")
    if not number.isdecimal():
        return Viewer()
    grants = select(Grant).where(
        Grant.account_id == int(number),
        Grant.valid_from <= local_today(at),
        Grant.recorded_at <= at,
        or_(Grant.revoked_at.is_(None), Grant.revoked_at > at),
    )
    held = tuple(GrantValue(one.capability, one.unit_id, one.line) for one in db.session.scalars(grants))
    person = db.session.scalar(unscoped(select(Account.person_id).where(Account.id == int(number)), WHY))
    return Viewer(account_id=int(number), person_id=person, grants=held)
