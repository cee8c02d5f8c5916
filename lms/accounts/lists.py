"""What the administrators' screens read: accounts, and one account with its rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, or_, select
from werkzeug.exceptions import NotFound

from lms.access import Viewer
from lms.accounts.models import Account, Grant
from lms.accounts.operations import rights
from lms.accounts.posts import posts_of
from lms.db import db, utc_now
from lms.people.models import Person
from lms.people.register_list import name_order
from lms.people.scope import units_of, unscoped, visible
from lms.text import names
from lms.text.dates import local_today
from lms.units.models import UnitVersion

PAGE = 50
MOST = 200
"""Accounts on one page; a longer list is not turned over but searched."""
GIVEN_OVER = ("province", "city", "ward", "commune")


@dataclass(frozen=True)
class Office:
    """An account in the administrators' list; `birth_year` and `posts` of a person of the register."""

    account_id: int
    name: str
    office: str
    phone: str | None
    closed: bool
    capabilities: tuple[str, ...]
    birth_year: int | None
    posts: str


@dataclass(frozen=True)
class Offices:
    """`more`: there are others behind the MOST that are shown."""

    found: tuple[Office, ...]
    more: bool


@dataclass(frozen=True)
class Right:
    grant_id: int
    capability: str
    place: str | None
    line: str | None
    since: date
    may_take_back: bool


def accounts_of_office(who: Viewer, search: str = "", closed: bool = False) -> Offices:
    """Accounts with office rights or without a person; with `search`, learners of that name too.

    `closed`: the closed ones, whoever they belonged to.
    """
    wanted = names.search_key(search)
    found = [*_of_people(who, wanted, closed), *_of_no_person(who, wanted, closed)]
    kept = sorted(found, key=lambda one: (one.closed_at is not None, names.sort_key(one.name), one.id))
    return Offices(tuple(_described(who, kept[:MOST])), len(kept) > MOST)


def _of_people(who: Viewer, wanted: str, closed: bool) -> Sequence[Account]:
    """The first of them, one more than are shown: narrowed to the viewer's own before anything is cut off."""
    statement = select(Account).join(Person, Person.id == Account.person_id).where(rights.administered(who))
    if wanted:
        statement = statement.where(Person.search_key.contains(wanted, autoescape=True))
    if closed:
        statement = statement.where(Account.closed_at.is_not(None))
    elif not wanted:
        statement = statement.where(Account.id.in_(with_office_rights()))
    ordered = statement.order_by(Account.closed_at.is_not(None), name_order(), Account.id).limit(MOST + 1)
    return db.session.scalars(unscoped(ordered, "narrowed to whom the viewer administers")).all()


def _of_no_person(who: Viewer, wanted: str, closed: bool) -> list[Account]:
    """Those of offices; of an area, only such as hold or held a right in it are judged at all."""
    statement = select(Account).where(Account.person_id.is_(None))
    if closed:
        statement = statement.where(Account.closed_at.is_not(None))
    units = units_of(who, "administrator")
    if units is not None:
        statement = statement.where(Account.id.in_(select(Grant.account_id).where(Grant.unit_id.in_(units))))
    named = (one for one in db.session.scalars(_accounts(statement)) if wanted in names.search_key(one.name))
    return [one for one in named if rights.administers(who, one)]


def account_for(who: Viewer, account_id: int) -> Account:
    """The account, if the viewer administers or serves it; otherwise 404."""
    account = db.session.scalars(_accounts(select(Account).where(Account.id == account_id))).one_or_none()
    if account is None or not (rights.administers(who, account) or rights.may_serve(who, account)):
        raise NotFound
    return account


def others_on_number(account: Account) -> int:
    """How many other open accounts answer to the same number: a count, no names."""
    same = select(func.count()).where(
        Account.phone == account.phone, Account.id != account.id, Account.closed_at.is_(None)
    )
    return db.session.scalar(unscoped(same, "a count, without names")) or 0


def rights_of(who: Viewer, account_id: int) -> list[Right]:
    grants = rights.active_grants(account_id)
    places = unit_names({grant.unit_id for grant in grants if grant.unit_id is not None})
    return [
        Right(
            grant.id,
            grant.capability,
            places.get(grant.unit_id, "") if grant.unit_id is not None else None,
            grant.line,
            grant.valid_from,
            rights.covers(who, grant.unit_id, grant.line),
        )
        for grant in grants
    ]


def units_to_give(who: Viewer) -> list[tuple[int, str]]:
    """(id, name) of today's provinces, wards and communes that the viewer may give rights over, A to Z."""
    today = local_today(utc_now())
    statement = select(UnitVersion.unit_id, UnitVersion.name).where(
        UnitVersion.kind.in_(GIVEN_OVER),
        UnitVersion.valid_from <= today,
        or_(UnitVersion.valid_to.is_(None), UnitVersion.valid_to > today),
    )
    units = units_of(who, "administrator")
    if units is not None:
        statement = statement.where(UnitVersion.unit_id.in_(units))
    found = [(row.unit_id, row.name) for row in db.session.execute(statement)]
    return sorted(found, key=lambda unit: names.label_sort_key(unit[1]))


def unit_names(unit_ids: Iterable[int]) -> dict[int, str]:
    """The name each unit has now, or had last."""
    statement = select(UnitVersion.unit_id, UnitVersion.name).where(UnitVersion.unit_id.in_(set(unit_ids)))
    ordered = statement.where(UnitVersion.valid_from <= local_today(utc_now())).order_by(UnitVersion.valid_from)
    return {row.unit_id: row.name for row in db.session.execute(ordered)}


def _accounts(statement: Select[Account]) -> Select[Account]:
    return unscoped(statement, "each is judged by rights before it is shown")


def with_office_rights() -> Select[int]:
    return select(Grant.account_id).where(Grant.revoked_at.is_(None), Grant.capability != "learner")


def _births(who: Viewer, person_ids: list[int]) -> dict[int, date | None]:
    statement = select(Person.id, Person.birth_date).where(Person.id.in_(person_ids))
    return {row.id: row.birth_date for row in db.session.execute(visible(rights.serving(who), statement))}


def _described(who: Viewer, accounts: list[Account]) -> list[Office]:
    held = defaultdict(set)
    ids = [account.id for account in accounts]
    for grant in db.session.scalars(select(Grant).where(Grant.account_id.in_(ids), Grant.revoked_at.is_(None))):
        held[grant.account_id].add(grant.capability)
    people = [account.person_id for account in accounts if account.person_id is not None]
    births, posts = _births(who, people), posts_of(who, people)
    return [
        Office(
            one.id,
            one.name,
            one.office or "",
            one.phone,
            one.closed_at is not None,
            tuple(sorted(held[one.id])),
            birth.year if (birth := births.get(one.person_id or 0)) else None,
            posts.get(one.person_id or 0, ""),
        )
        for one in accounts
    ]
