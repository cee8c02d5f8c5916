"""The list of people: searched, filtered, in the order of names, a page at a time, only what the viewer may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from lms.access import Viewer
from lms.chunks import chunks
from lms.db import db
from lms.people.merging import active_merges, members, merged_away
from lms.people.models import Assignment, IdentityCheck, Person, PersonMerge, Role
from lms.people.rights import managed_among, running
from lms.people.scope import SEES_PEOPLE, own_roots, unscoped, visible
from lms.text.dates import PartialDate, show_birth
from lms.text.names import search_key
from lms.text.phones import mask_phone, show_phone
from lms.units.queries import paths_of, units_under

PAGE = 50
WORDS = 6
STATES = ("working", "left", "reported", "no_phone", "all")


@dataclass(frozen=True)
class Filter:
    """`after`: the person after whom the page begins. `state`: one of STATES."""

    text: str = ""
    unit_id: int | None = None
    role: str = ""
    state: str = "working"
    after: int | None = None


@dataclass(frozen=True)
class ListedPost:
    role: str
    unit: str
    unit_id: int
    first_day: date
    last_day: date | None


@dataclass(frozen=True)
class ListedPerson:
    """`phone` is as it may be shown: in full to whoever keeps this person, else masked; "" if there is none.

    `note` is for whoever keeps this person; "" for everybody else.
    """

    person_id: int
    full_name: str
    birth: str
    sex: str | None
    phone: str
    row_key: str
    note: str
    posts: tuple[ListedPost, ...]
    reported: bool


@dataclass(frozen=True)
class Page:
    """`first`: the number of the first person of the page within `total`; `next_after`: where the next one begins."""

    people: tuple[ListedPerson, ...]
    total: int
    first: int
    next_after: int | None


def page_of(who: Viewer, wanted: Filter, day: date, size: int = PAGE) -> Page:
    matching = _matching(who, wanted, day)
    total = _count(matching)
    before = _count(matching.where(_up_to(who, wanted.after))) if wanted.after else 0
    ids = db.session.scalars(_ordered(who, matching, wanted.after).limit(size + 1)).all()
    people = _described(who, ids[:size], day)
    return Page(people, total, before + 1, ids[size - 1] if len(ids) > size else None)


def everybody(who: Viewer, wanted: Filter, day: date) -> Iterator[ListedPerson]:
    """All pages, for the export: who it is, is asked once, and described a thousand at a time; memory stays flat."""
    ids = db.session.scalars(_ordered(who, _matching(who, wanted, day), wanted.after)).all()
    for some in chunks(ids):
        yield from _described(who, some, day)


def name_order() -> ColumnElement[str]:
    """`sort_key` byte by byte, whatever the collation of the database."""
    postgres = db.engine.dialect.name == "postgresql"
    return Person.sort_key.collate("C") if postgres else Person.__table__.c.sort_key


def _count(matching: Select[Any]) -> int:
    counted = select(func.count()).select_from(matching.subquery())
    return db.session.scalar(unscoped(counted, "counts what visible() let through")) or 0


def _ordered(who: Viewer, matching: Select[int], after: int | None) -> Select[int]:
    if after is not None:
        matching = matching.where(~_up_to(who, after))
    return matching.order_by(name_order(), Person.id)


def _up_to(who: Viewer, after: int | None) -> ColumnElement[bool]:
    """Up to somebody whom the viewer sees: where a stranger's name falls among the own people would tell the name."""
    last = visible(who, select(name_order()).where(Person.id == after).correlate(None)).scalar_subquery()
    return or_(name_order() < last, and_(name_order() == last, Person.id <= after))


def _matching(who: Viewer, wanted: Filter, day: date) -> Select[int]:
    statement = select(Person.id).where(Person.superseded_at.is_(None), Person.id.not_in(merged_away()))
    words = search_key(wanted.text).split()[:WORDS]
    if words and _sees_a_country(who, wanted):
        statement = statement.where(Person.id.in_(_named(words)))
    else:
        statement = statement.where(*(Person.search_key.contains(word, autoescape=True) for word in words))
    statement = _with_state(who, statement, wanted, day)
    return visible(who, statement)


def _sees_a_country(who: Viewer, wanted: Filter) -> bool:
    """Then a person is looked at after the other, in the order of a page; else the area, or the role, leaves few."""
    few = wanted.unit_id is not None or (wanted.role and not search_key(wanted.text))
    return not few and own_roots(who, *SEES_PEOPLE) is None


def _named(words: Sequence[str]) -> Select[int]:
    """Everybody of such a name, on their own: read from the index of names, before anything else is asked of them.

    Materialized, or PostgreSQL walks the order of names until it meets one: by the given name, half a country.
    """
    named = aliased(Person)
    query = select(named.id).where(*(named.search_key.contains(word, autoescape=True) for word in words))
    return select(query.cte("named").prefix_with("MATERIALIZED").c.id)


def _with_state(who: Viewer, statement: Select[int], wanted: Filter, day: date) -> Select[int]:
    held, holds = _posts(who, wanted, day), _holds_each if _sees_a_country(who, wanted) else _holds_all
    narrowed = wanted.unit_id is not None or bool(wanted.role)
    if wanted.state == "working":
        return statement.where(holds(held.where(running(Assignment, day))))
    if wanted.state == "left":
        ended, at_work = held.where(Assignment.last_day < day), _posts(who, Filter(), day)
        return statement.where(holds(ended), *_holds_none(at_work.where(_not_over(day))))
    if narrowed:
        statement = statement.where(holds(held))
    if wanted.state == "reported":
        return statement.where(Person.id.in_(_reported()))
    if wanted.state == "no_phone":
        return statement.where(Person.phone.is_(None), holds(held.where(running(Assignment, day))))
    return statement


def _not_over(day: date) -> ColumnElement[bool]:
    return or_(Assignment.last_day.is_(None), Assignment.last_day >= day)


def _posts(who: Viewer, wanted: Filter, day: date) -> Select[int]:
    """The holders of posts that the viewer may see, in the unit and role of the filter."""
    statement = select(Assignment.person_id).where(Assignment.superseded_at.is_(None))
    if wanted.unit_id is not None:
        statement = statement.where(Assignment.unit_id.in_(units_under(wanted.unit_id, day)))
    if wanted.role:
        statement = statement.where(Assignment.role_id.in_(select(Role.id).where(Role.code == wanted.role)))
    return visible(who, statement, of=Assignment)


def _holds_each(held: Select[int]) -> ColumnElement[bool]:
    """`_holds_all`, asked of one person after the other."""
    return or_(*_ways_to_hold(held))


def _holds_none(held: Select[int]) -> list[ColumnElement[bool]]:
    """No such post, nor anybody merged into the person: conditions of their own, for PostgreSQL to join without."""
    return [~way for way in _ways_to_hold(held)]


def _ways_to_hold(held: Select[int]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    own = held.where(Assignment.person_id == Person.id).correlate(Person).exists()
    other = held.where(Assignment.person_id == PersonMerge.person_id).correlate(PersonMerge).exists()
    merged = select(PersonMerge.id).where(PersonMerge.undone_at.is_(None), PersonMerge.into_id == Person.id, other)
    return own, merged.correlate(Person).exists()


def _holds_all(held: Select[int]) -> ColumnElement[bool]:
    """The person holds such a post, or somebody merged into them does."""
    merged = select(PersonMerge.into_id).where(PersonMerge.undone_at.is_(None), PersonMerge.person_id.in_(held))
    among: ColumnElement[bool] = Person.id.in_(held.union(merged))
    return among


def _reported() -> Select[int]:
    """Persons whose last word on their printed name is "wrong", and nobody has answered."""
    later = aliased(IdentityCheck)
    said_since = exists().where(later.person_id == IdentityCheck.person_id, later.id > IdentityCheck.id)
    return select(IdentityCheck.person_id).where(
        IdentityCheck.answer == "wrong", IdentityCheck.resolved_at.is_(None), ~said_since
    )


def _described(who: Viewer, ids: Sequence[int], day: date) -> tuple[ListedPerson, ...]:
    if not ids:
        return ()
    rows = {row.id: row for row in db.session.scalars(visible(who, select(Person).where(Person.id.in_(ids))))}
    posts = posts_of(who, ids, day)
    in_full = managed_among(who, ids)
    reported = set(db.session.scalars(unscoped(_reported().where(IdentityCheck.person_id.in_(ids)), "seen above")))
    return tuple(
        ListedPerson(
            person_id=person.id,
            full_name=person.full_name,
            birth=birth_words(person),
            sex=person.sex,
            phone=phone_words(person.phone, in_full=person.id in in_full),
            row_key=person.row_key,
            note=(person.note or "") if person.id in in_full else "",
            posts=tuple(posts.get(person.id, ())),
            reported=person.id in reported,
        )
        for person in (rows[person_id] for person_id in ids if person_id in rows)
    )


def birth_words(person: Person) -> str:
    if person.birth_date is None or person.birth_precision is None:
        return ""
    return show_birth(PartialDate(person.birth_date, person.birth_precision))  # type: ignore[arg-type]


def phone_words(phone: str | None, *, in_full: bool) -> str:
    if not phone:
        return ""
    return show_phone(phone) if in_full else mask_phone(phone)


def posts_of(who: Viewer, ids: Collection[int], day: date) -> dict[int, list[ListedPost]]:
    """Posts running on `day` that the viewer may see, with those of merged persons under who they are now."""
    merged = members(active_merges())
    owner = {member: person_id for person_id in ids for member in [person_id, *merged.get(person_id, ())]}
    rows = _running(who, list(owner), day)
    places = paths_of({row.unit_id for row in rows}, day)
    found: dict[int, list[ListedPost]] = defaultdict(list)
    for row in rows:
        post = ListedPost(row.name, places.get(row.unit_id, ""), row.unit_id, row.first_day, row.last_day)
        found[owner[row.person_id]].append(post)
    return found


def _running(who: Viewer, ids: Collection[int], day: date) -> Sequence[Row[int, str, int, date, date | None]]:
    statement = (
        select(Assignment.person_id, Role.name, Assignment.unit_id, Assignment.first_day, Assignment.last_day)
        .join(Role, Role.id == Assignment.role_id)
        .where(Assignment.person_id.in_(ids), running(Assignment, day))
        .order_by(Role.position, Assignment.id)
    )
    return db.session.execute(visible(who, statement, of=Assignment)).all()
