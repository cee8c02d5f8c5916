"""The people behind a cell: exactly as many as the cell says, at the same dates, with what proves each of them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from lms.certificates.models import Achievement, Certificate
from lms.chunks import chunks
from lms.coverage.answers import column
from lms.coverage.facts import Fact, Facts, Question, merges, qualifies, records_of, trained_since
from lms.coverage.finished import finished_not_tried
from lms.db import db
from lms.people.models import Person, Role
from lms.people.register_list import birth_words
from lms.people.scope import unscoped
from lms.text.dates import add_months
from lms.units.queries import paths_of

STATES = ("counted", "trained", "missing", "new", "expiring", "untested")
NEW_DAYS = 90
PAGE = 50
SEEN = "people whose posts passed visible()"


@dataclass(frozen=True)
class Wanted:
    """One cell and one part of its people. `where`: (dimension, value) pairs, as in the rows of an answer.

    `state`: counted; trained, missing (by `basis`); new (missing, at work for less than 90 days); expiring (valid, but
    not after `before`); untested (missing, has finished the lessons and not tried the quiz).
    """

    where: tuple[tuple[str, Any], ...] = ()
    state: str = "counted"
    basis: str = "valid"
    before: date | None = None


@dataclass(frozen=True)
class Proof:
    """The training that counts last: `code` leads to its certificate where there is one."""

    kind: str
    title: str
    completed_on: date
    expires_on: date
    code: str | None


@dataclass(frozen=True)
class Post:
    role: str
    place: str
    since: date


@dataclass(frozen=True)
class Listed:
    person_id: int
    full_name: str
    birth: str
    phone: str | None
    posts: tuple[Post, ...]
    proof: Proof | None
    trained: bool
    new: bool


@dataclass(frozen=True)
class Page:
    """`first`: the number of the first person shown within `total`; `next_after`: where the next page begins."""

    ids: tuple[int, ...]
    total: int
    first: int
    next_after: int | None


def people_of(found: Facts, question: Question, wanted: Wanted) -> set[int]:
    """The ids of the people in the cell; their number is what the cell says."""
    cell = found
    for by, value in wanted.where:
        cell = cell.where(at == value for at in column(cell, by))
    if wanted.state == "expiring":
        return _trained(cell, question, "valid") - _valid_on(cell, question, wanted.before or question.on)
    if wanted.state == "trained":
        return _trained(cell, question, wanted.basis)
    counted = set(cell.person_id)
    if wanted.state == "counted":
        return counted
    missing = counted - _trained(cell, question, wanted.basis)
    if wanted.state == "new":
        return missing & new_people(found, question.on)
    if wanted.state == "untested":
        return finished_not_tried(question, missing, merges(question.known_on, among=missing))
    return missing


def _trained(cell: Facts, question: Question, basis: str) -> set[int]:
    since = trained_since(question, basis)
    return {person for person, day in zip(cell.person_id, cell.trained_on, strict=True) if day and day >= since}


def _valid_on(cell: Facts, question: Question, day: date) -> set[int]:
    """Whose training of the day asked still counts on a later day."""
    return _trained(cell, replace(question, on=day), "valid")


def new_people(found: Facts, on: date) -> set[int]:
    """Whose posts of that day all began less than 90 days before it."""
    settled = on - timedelta(days=NEW_DAYS)
    return set(found.person_id) - set(found.where(since <= settled for since in found.since).person_id)


def in_order(ids: Collection[int]) -> list[int]:
    """In the order of Vietnamese names; keys are compared letter by letter, the same on both databases."""
    return [person_id for _, person_id in _keys(ids)]


def page_of(ids: Collection[int], after: int | None, size: int = PAGE) -> Page:
    """The page behind the person `after`, who may have left the list since."""
    keys = _keys(ids)
    start = 0
    if after is not None:
        start = bisect_right(keys, _keys([after])[0]) if _keys([after]) else 0
    shown = tuple(person_id for _, person_id in keys[start : start + size])
    return Page(shown, len(keys), start + 1, shown[-1] if start + size < len(keys) else None)


def _keys(ids: Collection[int]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for some in chunks(ids):
        rows = select(Person.sort_key, Person.id).where(Person.id.in_(some))
        found += [(key, person_id) for key, person_id in db.session.execute(unscoped(rows, SEEN))]
    return sorted(found)


def described(ids: Sequence[int], found: Facts, question: Question, basis: str) -> list[Listed]:
    """Rows of a list, in the order of `ids`: all posts that the viewer may see, and the last training that counts."""
    listed = found.where(map(set(ids).__contains__, found.person_id))
    people, proofs = _people(ids), _proofs(ids, question)
    posts = _Posts(listed, question)
    trained, new = _trained(listed, question, basis), new_people(listed, question.on)
    return [
        Listed(
            person_id=person_id,
            full_name=people[person_id].full_name,
            birth=birth_words(people[person_id]),
            phone=people[person_id].phone,
            posts=posts.of(person_id),
            proof=proofs.get(person_id),
            trained=person_id in trained,
            new=person_id in new,
        )
        for person_id in ids
    ]


class _Posts:
    """Names of roles and places for the posts of one list, on the tree that is shown."""

    def __init__(self, listed: Facts, question: Question) -> None:
        self.own: dict[int, list[Fact]] = defaultdict(list)
        for fact in listed:
            self.own[fact.person_id].append(fact)
        self.places = paths_of(set(listed.unit_id), question.tree_on)
        self.roles = {role.id: role for role in db.session.scalars(select(Role))}

    def of(self, person_id: int) -> tuple[Post, ...]:
        facts = sorted(self.own[person_id], key=lambda fact: (self.roles[fact.role_id].position, fact.unit_id))
        posts = [Post(self.roles[fact.role_id].name, self.places.get(fact.unit_id, ""), fact.since) for fact in facts]
        return tuple(posts)


def _people(ids: Sequence[int]) -> dict[int, Person]:
    found: dict[int, Person] = {}
    for some in chunks(ids):
        rows = db.session.scalars(unscoped(select(Person).where(Person.id.in_(some)), SEEN))
        found |= {person.id: person for person in rows}
    return found


def _proofs(ids: Sequence[int], question: Question) -> dict[int, Proof]:
    """person → the last training that counts, over all the records that are theirs."""
    merged = merges(question.known_on, among=ids)
    owner = {record: merged.get(record, record) for record in records_of(set(ids), merged)}
    found: dict[int, Proof] = {}
    for some in chunks(owner):
        rows = (
            select(Achievement, Certificate.code)
            .outerjoin(Certificate, (Certificate.achievement_id == Achievement.id) & Certificate.replaced_at.is_(None))
            .where(
                Achievement.person_id.in_(some),
                qualifies(Achievement, question.on, question.known_on, question.requirement),
            )
        )
        for record, code in db.session.execute(unscoped(rows, SEEN)):
            _keep_last(found, owner[record.person_id], _proof(record, code, question))
    return found


def _keep_last(found: dict[int, Proof], person_id: int, proof: Proof) -> None:
    """Of two trainings of one day, the one with a certificate to show."""
    last = found.get(person_id)
    if last is None or (proof.completed_on, proof.code or "") > (last.completed_on, last.code or ""):
        found[person_id] = proof


def _proof(record: Achievement, code: str | None, question: Question) -> Proof:
    expires = add_months(record.completed_on, question.requirement.months)
    return Proof(record.kind, record.title, record.completed_on, expires, code)
