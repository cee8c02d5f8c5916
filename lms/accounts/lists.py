"""What the office's screens read: people to give cards to, accounts, and one account with its rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from werkzeug.exceptions import NotFound

from lms.access import Viewer
from lms.accounts.models import Account, Grant
from lms.accounts.operations import rights
from lms.db import db, utc_now
from lms.people.models import Assignment, Person, PersonMerge, Role
from lms.people.scope import own_roots, unscoped, visible
from lms.text import names
from lms.text.dates import local_today
from lms.units.models import UnitPath, UnitVersion

PAGE = 50
GIVEN_OVER = ("province", "city", "ward", "commune")


@dataclass(frozen=True)
class CardPerson:
    """A person one may give a card to; `account_id` of an open account only.

    `state`: "none" no card yet, "waiting" card not used yet, "used" has a PIN.
    """

    person_id: int
    name: str
    birth_year: int | None
    posts: str
    account_id: int | None
    state: str
    by_administrator: bool


@dataclass(frozen=True)
class CardPage:
    people: tuple[CardPerson, ...]
    total: int
    next_after: int | None


@dataclass(frozen=True)
class Office:
    """An account in the administrators' list."""

    account_id: int
    name: str
    office: str
    phone: str | None
    closed: bool
    capabilities: tuple[str, ...]


@dataclass(frozen=True)
class Right:
    grant_id: int
    capability: str
    place: str | None
    line: str | None
    since: date
    may_take_back: bool


def people_for_cards(who: Viewer, search: str = "", only_new: bool = False, after: int | None = None) -> CardPage:
    """People with a running post in the viewer's area, in the order of a roll, a page at a time."""
    statement = _card_people(who, search, only_new)
    total = db.session.scalar(_marked(who, select(func.count()).select_from(statement.order_by(None).subquery()))) or 0
    if after is not None:
        last = select(Person.sort_key).where(Person.id == after).scalar_subquery()
        statement = statement.where(or_(Person.sort_key > last, and_(Person.sort_key == last, Person.id > after)))
    rows = db.session.execute(_marked(who, statement.limit(PAGE + 1))).all()
    shown = rows[:PAGE]
    return CardPage(_card_rows(who, shown), total, shown[-1].id if len(rows) > PAGE else None)


def chosen_for_cards(who: Viewer, person_ids: Iterable[int]) -> tuple[CardPerson, ...]:
    """Those of the chosen people that the viewer may give a card to; others are left out, as if they did not exist."""
    statement = _card_people(who).where(Person.id.in_(list(person_ids)))
    return _card_rows(who, db.session.execute(_marked(who, statement)).all())


def accounts_of_office(who: Viewer, search: str = "") -> list[Office]:
    """Accounts with office rights or without a person; with `search`, learners of that name too."""
    wanted = names.search_key(search)
    office = or_(Account.person_id.is_(None), Account.id.in_(_with_office_rights()))
    found = list(db.session.scalars(_accounts(select(Account).where(office))))
    if wanted:
        by_name = Account.person_id.in_(select(Person.id).where(Person.search_key.contains(wanted, autoescape=True)))
        known = {account.id for account in found}
        learners = db.session.scalars(_accounts(select(Account).where(by_name).limit(PAGE)))
        found += [account for account in learners if account.id not in known]
    kept = [one for one in found if wanted in names.search_key(one.name) and rights.administers(who, one)]
    return _described(sorted(kept, key=lambda one: (one.closed_at is not None, names.sort_key(one.name), one.id)))


def account_for(who: Viewer, account_id: int) -> Account:
    """The account, if the viewer administers or serves it; otherwise 404."""
    account = db.session.scalars(_accounts(select(Account).where(Account.id == account_id))).one_or_none()
    if account is None or not (rights.administers(who, account) or rights.may_serve(who, account)):
        raise NotFound
    return account


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
    roots = own_roots(who, "administrator")
    if roots is not None:
        statement = statement.where(
            UnitVersion.unit_id.in_(select(UnitPath.unit_id).where(UnitPath.node_id.in_(roots)))
        )
    found = [(row.unit_id, row.name) for row in db.session.execute(statement)]
    return sorted(found, key=lambda unit: names.label_sort_key(unit[1]))


def unit_names(unit_ids: Iterable[int]) -> dict[int, str]:
    """The name each unit has now, or had last."""
    statement = select(UnitVersion.unit_id, UnitVersion.name).where(UnitVersion.unit_id.in_(set(unit_ids)))
    ordered = statement.where(UnitVersion.valid_from <= local_today(utc_now())).order_by(UnitVersion.valid_from)
    return {row.unit_id: row.name for row in db.session.execute(ordered)}


def _card_people(who: Viewer, search: str = "", only_new: bool = False) -> Select[*tuple[Any, ...]]:
    merged_away = select(PersonMerge.person_id).where(PersonMerge.undone_at.is_(None))
    statement = (
        select(
            Person.id,
            Person.full_name,
            Person.birth_date,
            Account.id.label("account_id"),
            Account.pin_hash,
            Account.card_hash,
            Account.closed_at,
        )
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Person.superseded_at.is_(None), Person.id.not_in(merged_away), _is_served(who))
    )
    wanted = names.search_key(search)
    if wanted:
        statement = statement.where(Person.search_key.contains(wanted, autoescape=True))
    if only_new:
        statement = statement.where(Account.pin_hash.is_(None))
    return statement.order_by(Person.sort_key, Person.id)


def _is_served(who: Viewer) -> ColumnElement[bool]:
    ids: ColumnElement[bool] = Person.id.in_(rights.served_ids(who, local_today(utc_now())))
    return ids


def _marked(who: Viewer, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return unscoped(statement, "narrowed by the running posts the viewer serves")


def _accounts(statement: Select[Account]) -> Select[Account]:
    return unscoped(statement, "each is judged by rights before it is shown")


def _with_office_rights() -> Select[int]:
    return select(Grant.account_id).where(Grant.revoked_at.is_(None), Grant.capability != "learner")


def _card_rows(who: Viewer, rows: Iterable[Row[Any]]) -> tuple[CardPerson, ...]:
    rows = list(rows)
    posts = _posts(who, [row.id for row in rows])
    in_office = _office_among([row.account_id for row in rows if row.account_id])
    everything = rights.administers_everything(who)
    return tuple(
        CardPerson(
            row.id,
            row.full_name,
            row.birth_date.year if row.birth_date else None,
            posts.get(row.id, ""),
            row.account_id if row.closed_at is None else None,
            _state(row),
            row.account_id in in_office and not everything,
        )
        for row in rows
    )


def _state(row: Row[Any]) -> str:
    if row.account_id is None or row.closed_at is not None:
        return "none"
    if row.pin_hash:
        return "used"
    return "waiting" if row.card_hash else "none"


def _posts(who: Viewer, person_ids: list[int]) -> dict[int, str]:
    today = local_today(utc_now())
    statement = (
        select(Assignment.person_id, Role.short_name, Assignment.unit_id)
        .join(Role, Role.id == Assignment.role_id)
        .where(
            Assignment.person_id.in_(person_ids),
            Assignment.superseded_at.is_(None),
            Assignment.first_day <= today,
            or_(Assignment.last_day.is_(None), Assignment.last_day >= today),
        )
        .order_by(Role.position, Assignment.id)
    )
    rows = db.session.execute(visible(rights.serving(who), statement, of=Assignment)).all()
    places = unit_names({row.unit_id for row in rows})
    said: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        said[row.person_id].append(f"{row.short_name}, {places.get(row.unit_id, '')}")
    return {person: "; ".join(posts) for person, posts in said.items()}


def _office_among(account_ids: list[int]) -> set[int]:
    return set(db.session.scalars(_with_office_rights().where(Grant.account_id.in_(account_ids))))


def _described(accounts: list[Account]) -> list[Office]:
    held = defaultdict(set)
    ids = [account.id for account in accounts]
    for grant in db.session.scalars(select(Grant).where(Grant.account_id.in_(ids), Grant.revoked_at.is_(None))):
        held[grant.account_id].add(grant.capability)
    return [
        Office(
            one.id,
            one.name,
            one.office or "",
            one.phone,
            one.closed_at is not None,
            tuple(sorted(held[one.id])),
        )
        for one in accounts
    ]
