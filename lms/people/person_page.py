"""One person as a page shows them: facts, posts over time, who was merged into them, what they reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from werkzeug.exceptions import NotFound

from lms.access import Viewer
from lms.audit.models import AuditDetail, AuditEntry
from lms.db import db
from lms.people.merging import active_merges, members, root_of
from lms.people.models import Assignment, IdentityCheck, Person, Role, RosterImport, RosterRow
from lms.people.operations.persons import open_report
from lms.people.register_list import birth_words, phone_words
from lms.people.rights import managed_among, managing, today
from lms.people.roster.imports import may_open
from lms.people.scope import require_person, visible
from lms.units.queries import paths_of


@dataclass(frozen=True)
class PostShown:
    """`unit` as the place was called when the post began; `unit_now`: today's name, where it is another one.

    `may_change`: the viewer keeps this post. `list_id`: the import it came from, if the viewer may open it.
    """

    post_id: int
    role: str
    unit: str
    unit_now: str
    first_day: date
    last_day: date | None
    may_change: bool
    list_id: int | None


@dataclass(frozen=True)
class PersonPage:
    person: Person
    birth: str
    phone: str
    phone_spare: str
    posts: tuple[PostShown, ...]
    merged: tuple[Person, ...]
    merged_into: int | None
    report: IdentityCheck | None
    may_change: bool


@dataclass(frozen=True)
class Change:
    """One entry of the person's history: what was done, and the facts before and after."""

    entry: AuditEntry
    before: dict[str, Any]
    after: dict[str, Any]


def person_page(who: Viewer, person_id: int) -> PersonPage:
    """404 if the viewer may not see the person."""
    person = require_person(who, person_id)
    may_change = person.superseded_at is None and person.id in managed_among(who, [person.id])
    merges = active_merges()
    merged = members(merges).get(person.id, [])
    return PersonPage(
        person=person,
        birth=birth_words(person),
        phone=phone_words(person.phone, in_full=may_change),
        phone_spare=phone_words(person.phone_spare, in_full=may_change),
        posts=tuple(_posts(who, [person.id, *merged])),
        merged=tuple(_visible_people(who, merged)),
        merged_into=merges.get(person.id),
        report=open_report(person.id),
        may_change=may_change,
    )


def changes_of_person(person_id: int, limit: int = 20) -> list[Change]:
    """The last corrections, newest first; for viewers who may change the person."""
    statement = (
        select(AuditEntry, AuditDetail)
        .outerjoin(AuditDetail, AuditDetail.seq == AuditEntry.seq)
        .where(AuditEntry.subject == f"person:{person_id}")
        .order_by(AuditEntry.seq.desc())
        .limit(limit)
    )
    return [
        Change(entry, (detail.details.get("before") or {}) if detail else {}, _after(detail))
        for entry, detail in db.session.execute(statement)
    ]


def _after(detail: AuditDetail | None) -> dict[str, Any]:
    return (detail.details.get("after") or {}) if detail else {}


def _visible_people(who: Viewer, ids: Sequence[int]) -> Sequence[Person]:
    return db.session.scalars(visible(who, select(Person).where(Person.id.in_(ids)).order_by(Person.id))).all()


def _posts(who: Viewer, person_ids: Sequence[int]) -> list[PostShown]:
    rows = _rows(who, person_ids)
    kept = _kept(who, [row.Assignment.id for row in rows])
    now = paths_of({row.Assignment.unit_id for row in rows}, today())
    return [_post(who, row, now, row.Assignment.id in kept) for row in rows]


def _post(who: Viewer, row: Row[Assignment, str, RosterImport], now: dict[int, str], may_change: bool) -> PostShown:
    post = row.Assignment
    then = paths_of([post.unit_id], post.first_day).get(post.unit_id, "")
    unit_now = now.get(post.unit_id, "")
    return PostShown(
        post_id=post.id,
        role=row.name,
        unit=then or unit_now,
        unit_now=unit_now if unit_now != then else "",
        first_day=post.first_day,
        last_day=post.last_day,
        may_change=may_change,
        list_id=row.RosterImport.id if row.RosterImport and may_open(who, row.RosterImport) else None,
    )


def _rows(who: Viewer, person_ids: Sequence[int]) -> Sequence[Row[Assignment, str, RosterImport]]:
    statement = (
        select(Assignment, Role.name, RosterImport)
        .join(Role, Role.id == Assignment.role_id)
        .outerjoin(RosterRow, RosterRow.id == Assignment.roster_row_id)
        .outerjoin(RosterImport, RosterImport.id == RosterRow.import_id)
        .where(Assignment.person_id.in_(person_ids), Assignment.superseded_at.is_(None))
        .order_by(Assignment.last_day.is_not(None), Assignment.first_day.desc(), Assignment.id.desc())
    )
    return db.session.execute(visible(who, statement, of=Assignment)).all()


def _kept(who: Viewer, post_ids: Sequence[int]) -> set[int]:
    statement = select(Assignment.id).where(Assignment.id.in_(post_ids))
    return set(db.session.scalars(visible(managing(who), statement, of=Assignment)))


def may_see(who: Viewer, person_id: int) -> bool:
    return db.session.scalar(visible(who, select(Person.id).where(Person.id == person_id))) is not None


def kept_post(who: Viewer, post_id: int) -> tuple[PersonPage, PostShown]:
    """A post that the viewer keeps, with its person; 404 otherwise."""
    statement = select(Assignment.person_id).where(Assignment.id == post_id, Assignment.superseded_at.is_(None))
    holder = db.session.scalar(visible(managing(who), statement, of=Assignment))
    if holder is None:
        raise NotFound
    page = person_page(who, root_of(holder, active_merges()))
    return page, next(post for post in page.posts if post.post_id == post_id)
