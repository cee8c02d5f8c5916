"""Who may serve which account: asked by every operation of this room before it changes anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from werkzeug.exceptions import Forbidden, NotFound

from lms.access import GrantValue, Viewer
from lms.access.current import viewer
from lms.accounts.models import Account, Grant
from lms.db import db, utc_now
from lms.people.models import Assignment, Person
from lms.people.rights import running
from lms.people.scope import may_act_in, units_of, unscoped, visible
from lms.text.dates import local_today

SERVES = ("manager", "administrator")


def serving(who: Viewer) -> Viewer:
    """`who` with nothing but the rights that let one hand out cards: organisers and inspectors only look."""
    return replace(who, person_id=None, grants=who.grants_for(*SERVES))


def served_ids(who: Viewer, day: date) -> Select[int]:
    """Persons with a post running on `day` in the unit subtree and line of a grant of `who`."""
    at_work = select(Assignment.person_id).where(running(Assignment, day))
    return visible(serving(who), at_work, of=Assignment)


def administers_everything(who: Viewer) -> bool:
    return any(grant.unit_id is None and grant.line is None for grant in who.grants_for("administrator"))


def require_served_person(person_id: int, *, lock: bool = False) -> Person:
    """The person, if the viewer may give them a card; otherwise 404, as if there were no such person."""
    who = viewer()
    statement = select(Person).where(Person.id == person_id)
    if lock:
        statement = statement.with_for_update()
    if not administers_everything(who):
        statement = statement.where(Person.id.in_(served_ids(who, local_today(utc_now()))))
    person = db.session.scalars(visible(serving(who), statement)).one_or_none()
    if person is None:
        raise NotFound
    return person


def require_served_account(account_id: int) -> Account:
    """The open account, if the viewer may renew its card or PIN; otherwise 404."""
    account = load(account_id)
    if not may_serve(viewer(), account):
        raise NotFound
    return account


def may_serve(who: Viewer, account: Account) -> bool:
    """An account with office rights is served by an administrator of that area alone: a manager who could reset it
    would sign in with rights above their own.
    """
    if account.closed_at is not None:
        return False
    return administers(who, account) or _serves(who, account)


def require_administered_account(account_id: int) -> Account:
    account = load(account_id)
    if not administers(viewer(), account):
        raise NotFound
    return account


def require_self(account_id: int) -> Account:
    """The account, if it is the viewer's own (or the operator acts)."""
    who = viewer()
    if who.account_id != account_id and not (who.account_id is None and administers_everything(who)):
        raise Forbidden
    return load(account_id)


def load(account_id: int) -> Account:
    """The account locked for a change; NotFound if there is none. Says nothing about rights."""
    statement = unscoped(
        select(Account).where(Account.id == account_id), "one account, judged right after"
    ).with_for_update()
    account = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if account is None:
        raise NotFound
    return account


def active_grants(account_id: int) -> list[Grant]:
    statement = select(Grant).where(Grant.account_id == account_id, Grant.revoked_at.is_(None)).order_by(Grant.id)
    return list(db.session.scalars(statement))


def last_grants(account_id: int) -> list[Grant]:
    """The rights it holds; where none is left, those it held until it lost the last of them."""
    held = active_grants(account_id)
    if held:
        return held
    lost = select(func.max(Grant.revoked_at)).where(Grant.account_id == account_id).scalar_subquery()
    return list(db.session.scalars(select(Grant).where(Grant.account_id == account_id, Grant.revoked_at == lost)))


def covers(who: Viewer, unit_id: int | None, line: str | None) -> bool:
    """True if an administrator's grant of `who` holds all of unit subtree × line: nobody gives more than they have."""
    if unit_id is not None:
        return may_act_in(who, unit_id, "administrator", line=line)
    everywhere = [grant for grant in who.grants_for("administrator") if grant.unit_id is None]
    return any(grant.line in (None, line) for grant in everywhere)


def administers(who: Viewer, account: Account) -> bool:
    """True if `who` is an administrator over all that the account is: its rights and its person.

    Without either, whoever administered its last rights still does: they can give one again, or open it again.
    """
    if not who.can("administrator"):
        return False
    if administers_everything(who):
        return True
    grants = active_grants(account.id) if account.person_id is not None else last_grants(account.id)
    if not all(covers(who, grant.unit_id, grant.line) for grant in grants):
        return False
    only_admin = replace(who, grants=who.grants_for("administrator"))
    return bool(grants) if account.person_id is None else _sees(only_admin, account.person_id)


def administered(who: Viewer) -> ColumnElement[bool]:
    """SQL: what `administers()` says of an account that belongs to a person of the register."""
    if administers_everything(who):
        return true()
    only_admin = replace(who, grants=who.grants_for("administrator"))
    beyond = select(Grant.id).where(Grant.account_id == Account.id, Grant.revoked_at.is_(None), ~_covered(who))
    served = served_ids(only_admin, local_today(utc_now()))
    return and_(Account.person_id.in_(served), ~beyond.correlate(Account).exists())


def _covered(who: Viewer) -> ColumnElement[bool]:
    """SQL: what `covers()` says of a grant's unit and line; never NULL, so that it can be negated."""
    return or_(false(), *(_covered_by(grant) for grant in who.grants_for("administrator")))


def _covered_by(grant: GrantValue) -> ColumnElement[bool]:
    units = units_of(Viewer(grants=(grant,)), "administrator")
    inside = true() if units is None else and_(Grant.unit_id.is_not(None), Grant.unit_id.in_(units))
    return inside if grant.line is None else and_(inside, Grant.line.is_not(None), Grant.line == grant.line)


def _serves(who: Viewer, account: Account) -> bool:
    if account.person_id is None or any(grant.capability != "learner" for grant in active_grants(account.id)):
        return False
    return _sees(who, account.person_id)


def _sees(who: Viewer, person_id: int) -> bool:
    statement = select(Person.id).where(Person.id == person_id, Person.id.in_(served_ids(who, local_today(utc_now()))))
    return db.session.scalar(visible(serving(who), statement)) is not None
