"""The people one may give cards to: all of the area, or those of one staff list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from lms.access import Viewer
from lms.accounts.lists import PAGE, with_office_rights
from lms.accounts.models import Account, Grant
from lms.accounts.operations import card_mark, rights
from lms.accounts.posts import posts_of
from lms.db import db, utc_now
from lms.people.models import Person, PersonMerge
from lms.people.roster.results import people_of_list
from lms.people.scope import unscoped, visible
from lms.text import names
from lms.text.dates import local_today


@dataclass(frozen=True)
class CardPerson:
    """A person one may give a card to; `account_id` of an open account only.

    `state`: "none" no card yet, "waiting" card not used yet, "used" has a PIN. `other_number`: signs in by another
    number than the one of the register. `card_seen`: the mark of the card they have now.
    """

    person_id: int
    name: str
    birth_year: int | None
    posts: str
    account_id: int | None
    state: str
    by_administrator: bool
    other_number: bool
    card_seen: str


@dataclass(frozen=True)
class CardFilter:
    """`state`: "" everybody, "no_pin", or "new", those whom the staff list made. `list_id`: an import that the viewer
    was checked for.
    """

    search: str = ""
    state: str = ""
    list_id: int | None = None


EVERYBODY = CardFilter()


@dataclass(frozen=True)
class CardPage:
    """`total` and `without_card` count all pages."""

    people: tuple[CardPerson, ...]
    total: int
    without_card: int
    next_after: int | None


def people_for_cards(who: Viewer, wanted: CardFilter, after: int | None = None) -> CardPage:
    """People with a running post in the viewer's area, in the order of a roll, a page at a time."""
    statement = _card_people(who, wanted)
    total, without = _count(statement), _count(statement.where(_has_no_card()))
    if after is not None:
        last = visible(rights.serving(who), select(Person.sort_key).where(Person.id == after)).scalar_subquery()
        statement = statement.where(or_(Person.sort_key > last, and_(Person.sort_key == last, Person.id > after)))
    rows = db.session.execute(_marked(statement.limit(PAGE + 1))).all()
    shown = rows[:PAGE]
    return CardPage(_card_rows(who, shown), total, without, shown[-1].id if len(rows) > PAGE else None)


def without_card(who: Viewer, wanted: CardFilter, limit: int) -> tuple[CardPerson, ...]:
    """The first of them who have no card yet: printing again goes on where the last print run ended."""
    statement = _card_people(who, wanted).where(_has_no_card()).limit(limit)
    return _card_rows(who, db.session.execute(_marked(statement)).all())


def chosen_for_cards(who: Viewer, person_ids: Iterable[int]) -> tuple[CardPerson, ...]:
    """Those of the chosen people that the viewer may give a card to; others are left out, as if they did not exist."""
    statement = _card_people(who).where(Person.id.in_(list(person_ids)))
    return _card_rows(who, db.session.execute(_marked(statement)).all())


def _count(statement: Select[*tuple[Any, ...]]) -> int:
    return db.session.scalar(_marked(select(func.count()).select_from(statement.order_by(None).subquery()))) or 0


def _has_no_card() -> ColumnElement[bool]:
    """As `_state` says "none"."""
    unused = and_(Account.pin_hash.is_(None), Account.card_hash.is_(None))
    return or_(Account.id.is_(None), Account.closed_at.is_not(None), unused)


def _card_people(who: Viewer, wanted: CardFilter = EVERYBODY) -> Select[*tuple[Any, ...]]:
    merged_away = select(PersonMerge.person_id).where(PersonMerge.undone_at.is_(None))
    statement = (
        select(
            Person.id,
            Person.full_name,
            Person.birth_date,
            Person.phone,
            Account.phone.label("signs_in_by"),
            Account.id.label("account_id"),
            Account.pin_hash,
            Account.card_hash,
            Account.closed_at,
        )
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Person.superseded_at.is_(None), Person.id.not_in(merged_away), _is_served(who))
    )
    words = names.search_key(wanted.search)
    if words:
        statement = statement.where(Person.search_key.contains(words, autoescape=True))
    if wanted.state == "no_pin":
        statement = statement.where(Account.pin_hash.is_(None))
    if wanted.list_id is not None:
        statement = statement.where(Person.id.in_(people_of_list(wanted.list_id, only_new=wanted.state == "new")))
    return statement.order_by(Person.sort_key, Person.id)


def _is_served(who: Viewer) -> ColumnElement[bool]:
    ids: ColumnElement[bool] = Person.id.in_(rights.served_ids(who, local_today(utc_now())))
    return ids


def _marked(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return unscoped(statement, "narrowed by the running posts the viewer serves")


def _card_rows(who: Viewer, rows: Iterable[Row[Any]]) -> tuple[CardPerson, ...]:
    rows = list(rows)
    posts = posts_of(who, [row.id for row in rows])
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
            bool(row.account_id and row.closed_at is None and row.phone and row.phone != row.signs_in_by),
            card_mark(row.card_hash),
        )
        for row in rows
    )


def _state(row: Row[Any]) -> str:
    if row.account_id is None or row.closed_at is not None:
        return "none"
    if row.pin_hash:
        return "used"
    return "waiting" if row.card_hash else "none"


def _office_among(account_ids: list[int]) -> set[int]:
    return set(db.session.scalars(with_office_rights().where(Grant.account_id.in_(account_ids))))
