"""Who an actor of the audit is, in the words that an office sees."""

from __future__ import annotations

from sqlalchemy import select

from lms.access import SYSTEM
from lms.accounts.models import Account
from lms.db import db
from lms.operate.records.finding import WHY
from lms.operate.records.persons import Who
from lms.people.scope import unscoped

OPERATOR = "the operator at the command line, or the server itself"
_PREFIX = "account:"


class Actors:
    """Names of actors, each read once."""

    def __init__(self) -> None:
        self.known: dict[str, Who] = {}

    def __call__(self, actor: str) -> Who:
        if actor not in self.known:
            self.known[actor] = Who(actor, _name(actor))
        return self.known[actor]

    def maybe(self, actor: str | None) -> Who | None:
        return None if actor is None else self(actor)


def account(account_id: int) -> str:
    return f"{_PREFIX}{account_id}"


def _name(actor: str) -> str:
    if actor == SYSTEM.actor:
        return OPERATOR
    number = actor.removeprefix(_PREFIX)
    if number == actor or not number.isdecimal():
        return actor
    query = select(Account.name, Account.office).where(Account.id == int(number))
    row = db.session.execute(unscoped(query, WHY)).one_or_none()
    return "" if row is None else ", ".join(filter(None, (row.name, row.office)))
