"""Whom a file is about: the entries of the register that are one person, and their accounts."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.access import Viewer
from lms.accounts.models import Account
from lms.db import db
from lms.operate.records.holder import group_of
from lms.people.models import Person
from lms.people.scope import one_person, unscoped

WHY = "a person's own data, for them"


class Whose(NamedTuple):
    """Ids; somebody of an office may have an account and no entry in the register."""

    people: frozenset[int]
    accounts: frozenset[int]

    @property
    def subject(self) -> str:
        """How the audit names them."""
        return f"person:{min(self.people)}" if self.people else f"account:{min(self.accounts)}"


def of_viewer(who: Viewer) -> Whose:
    """The account that is signed in, and its person as far as the viewer's own rights go."""
    if who.account_id is None:
        raise NotFound
    people = db.session.scalars(one_person(who.person_id)).all() if who.person_id is not None else ()
    return Whose(frozenset(people), frozenset([who.account_id]))


def of_person(person_id: int) -> Whose:
    """The person, whoever they were merged with, and all their accounts, closed ones too. Raises NotFound."""
    if db.session.scalar(unscoped(select(Person.id).where(Person.id == person_id), WHY)) is None:
        raise NotFound
    people = frozenset(group_of(person_id))
    accounts = db.session.scalars(unscoped(select(Account.id).where(Account.person_id.in_(people)), WHY))
    return Whose(people, frozenset(accounts))
