"""Whose record it is: the person then and now, with everybody who turned out to be the same person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import or_, select

from lms.certificates.operations import birth_of
from lms.db import db
from lms.operate.records.actors import Actors
from lms.operate.records.earlier import LOST, fact_then
from lms.operate.records.finding import WHY
from lms.operate.records.persons import Holder, Merge, NameWord
from lms.operate.records.posts import posts_on
from lms.people.merging import active_merges, members, root_of
from lms.people.models import IdentityCheck, Person, PersonMerge
from lms.people.register_list import birth_words, phone_words
from lms.people.roster.changes import pack_birth, unpack_birth
from lms.people.scope import unscoped
from lms.text.dates import show_birth


class Moment(NamedTuple):
    """The day the record is about, and the instant at which it was written down."""

    on: date
    written_at: datetime


def group_of(person_id: int) -> list[int]:
    """Every entry of the register that is this person today; the one that stands first."""
    merges = active_merges()
    root = root_of(person_id, merges)
    return [root, *members(merges).get(root, [])]


def holder_of(person_id: int, moment: Moment, actors: Actors) -> Holder:
    group = group_of(person_id)
    people = _people({person_id, *group})
    then, now = people[person_id], people[group[0]]
    words = _words({person_id, *group})
    said = next((word for word in reversed(words) if _was_said(word, person_id, moment)), None)
    name = fact_then(person_id, "full_name", moment.written_at, then.full_name)
    birth = fact_then(person_id, "birth", moment.written_at, pack_birth(birth_of(then)))
    return Holder(
        person_id=person_id,
        name_then=(said.full_name if said else None) if name is LOST else name,
        birth_then=(said.birth if said else None) if birth is LOST else _birth_words(birth),
        person_id_now=now.id,
        name_now=now.full_name,
        birth_now=birth_words(now),
        sex=now.sex,
        phone=phone_words(now.phone, in_full=False),
        on=moment.on,
        posts=posts_on(group, moment.on, moment.written_at, actors),
        words=words,
        merges=_merges(group),
    )


def _was_said(word: NameWord, person_id: int, moment: Moment) -> bool:
    return word.person_id == person_id and word.recorded_at <= moment.written_at


def _birth_words(packed: list[str] | None) -> str:
    known = unpack_birth(packed)
    return show_birth(known) if known else ""


def _people(ids: Collection[int]) -> dict[int, Person]:
    query = unscoped(select(Person).where(Person.id.in_(ids)), WHY)
    return {person.id: person for person in db.session.scalars(query)}


def _words(ids: Collection[int]) -> tuple[NameWord, ...]:
    query = select(IdentityCheck).where(IdentityCheck.person_id.in_(ids)).order_by(IdentityCheck.id)
    return tuple(
        NameWord(
            person_id=word.person_id,
            answer=word.answer,
            full_name=word.full_name,
            birth=word.birth_text,
            message=word.message,
            recorded_at=word.recorded_at,
            resolved_at=word.resolved_at,
        )
        for word in db.session.scalars(unscoped(query, WHY))
    )


def _merges(group: Collection[int]) -> tuple[Merge, ...]:
    """Those that hold, and those that were taken back."""
    touched = or_(PersonMerge.person_id.in_(group), PersonMerge.into_id.in_(group))
    query = select(PersonMerge).where(touched).order_by(PersonMerge.id)
    found = db.session.scalars(unscoped(query, WHY))
    return tuple(Merge(row.person_id, row.into_id, row.recorded_at, row.undone_at) for row in found)
