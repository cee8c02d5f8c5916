"""Whom the register has and a confirmed list does not. Absence is not leaving: a person says who left, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, select

from lms.access import Viewer
from lms.db import db
from lms.people.models import Assignment, Person, Role, RosterImport, RosterRow
from lms.people.rights import managing, running
from lms.people.scope import visible
from lms.text.dates import PartialDate
from lms.units.queries import paths_of, units_under


@dataclass(frozen=True)
class MissingPost:
    """A running post in the list's unit and in one of its roles that no row speaks of.

    `unit_listed`: the list names other people of the same place, so that this one is missed.
    """

    post_id: int
    person_id: int
    full_name: str
    birth: PartialDate | None
    role: str
    unit: str
    first_day: date
    unit_listed: bool


def missing(roster: RosterImport, rows: Sequence[RosterRow], who: Viewer) -> list[MissingPost]:
    """In the order of names. Empty until the import is confirmed. People who are still asked about are not missing."""
    if roster.state != "confirmed":
        return []
    listed = _listed_posts(rows)
    asked = _people_asked_about(rows)
    found = [row for row in _held(roster, rows, who) if row.Assignment.id not in listed and row.Person.id not in asked]
    places = paths_of({row.Assignment.unit_id for row in found}, roster.list_date)
    named = _units_named(rows)
    return [
        MissingPost(
            post_id=row.Assignment.id,
            person_id=row.Person.id,
            full_name=row.Person.full_name,
            birth=PartialDate(row.Person.birth_date, row.Person.birth_precision) if row.Person.birth_date else None,
            role=row.Role.name,
            unit=places.get(row.Assignment.unit_id, ""),
            first_day=row.Assignment.first_day,
            unit_listed=row.Assignment.unit_id in named,
        )
        for row in sorted(found, key=lambda row: (row.Person.sort_key, row.Person.id))
    ]


def _held(roster: RosterImport, rows: Sequence[RosterRow], who: Viewer) -> Sequence[Row[Assignment, Person, Role]]:
    """Posts of today that ran on the day of the list already, in its unit and in the roles it lists."""
    roles = {role for row in rows if row.effect for role in row.parsed["roles"]}
    statement = (
        select(Assignment, Person, Role)
        .join(Person, Person.id == Assignment.person_id)
        .join(Role, Role.id == Assignment.role_id)
        .where(
            running(Assignment, roster.list_date),
            Assignment.last_day.is_(None),
            Person.superseded_at.is_(None),
            Role.code.in_(roles),
            Assignment.unit_id.in_(units_under(roster.unit_id, roster.list_date)),
        )
    )
    return db.session.execute(visible(managing(who), statement, of=Assignment)).all()


def _listed_posts(rows: Sequence[RosterRow]) -> set[int]:
    posts: set[int] = set()
    for row in rows:
        if row.effect:
            posts.update(row.effect["posts"], row.effect["seen"], (new for _old, new in row.effect["refined"]))
    return posts


def _people_asked_about(rows: Sequence[RosterRow]) -> set[int]:
    waiting = [row for row in rows if not row.effect]
    found = {row.person_id for row in waiting if row.person_id is not None}
    for row in waiting:
        answers = (answer for question in row.questions for answer, _values in question["options"])
        found.update(int(answer.removeprefix("person:")) for answer in answers if answer.startswith("person:"))
    return found


def _units_named(rows: Sequence[RosterRow]) -> set[int]:
    return {row.parsed["units"]["sure"] for row in rows if row.parsed["units"]["sure"] is not None}
