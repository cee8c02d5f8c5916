"""Whom the register has and a confirmed list does not, in the places and roles that the list covers.

Absence is not leaving: a person says who left, and when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, select

from lms.access import Viewer
from lms.db import db
from lms.people.models import Assignment, Person, Role, RosterImport, RosterRow
from lms.people.rights import managing, running
from lms.people.roster.register import load_places
from lms.people.roster.staging import taken
from lms.people.scope import visible
from lms.text.dates import PartialDate
from lms.text.names import label_sort_key
from lms.units.queries import paths_of, units_under


@dataclass(frozen=True)
class MissingPost:
    """A running post in a place and in a role of the list that no row speaks of."""

    post_id: int
    person_id: int
    full_name: str
    birth: PartialDate | None
    role: str
    unit: str
    first_day: date


@dataclass(frozen=True)
class Covered:
    """What a list speaks of, by the rows that are in the register: places on its day, and roles."""

    units: frozenset[int]
    roles: frozenset[str]

    def names(self, day: date) -> list[str]:
        return sorted(paths_of(self.units, day).values(), key=label_sort_key)


def covered(roster: RosterImport, rows: Sequence[RosterRow]) -> Covered:
    listed = taken([row for row in rows if row.effect])
    units = {one.unit_id for one in listed if one.unit_id is not None}
    places = load_places(units)
    return Covered(
        frozenset(places.stand(unit_id, roster.list_date) for unit_id in units),
        frozenset(role for one in listed for role in one.roles),
    )


def missing(roster: RosterImport, rows: Sequence[RosterRow], who: Viewer) -> list[MissingPost]:
    """In the order of names. Empty until the import is confirmed. People who are still asked about are not missing."""
    if roster.state != "confirmed":
        return []
    listed, own = _listed_posts(rows), {row.id for row in rows}
    asked = _people_asked_about(rows)
    held = _held(roster, covered(roster, rows), who)
    unlisted = [row for row in held if row.Assignment.id not in listed and row.Assignment.roster_row_id not in own]
    found = [row for row in unlisted if row.Person.id not in asked]
    places = paths_of({row.Assignment.unit_id for row in found}, roster.list_date)
    return [
        MissingPost(
            post_id=row.Assignment.id,
            person_id=row.Person.id,
            full_name=row.Person.full_name,
            birth=PartialDate(row.Person.birth_date, row.Person.birth_precision) if row.Person.birth_date else None,
            role=row.Role.name,
            unit=places.get(row.Assignment.unit_id, ""),
            first_day=row.Assignment.first_day,
        )
        for row in sorted(found, key=lambda row: (row.Person.sort_key, row.Person.id))
    ]


def _held(roster: RosterImport, of: Covered, who: Viewer) -> list[Row[Assignment, Person, Role]]:
    """Posts of today that ran on the day of the list already, in the places and roles it speaks of."""
    statement = (
        select(Assignment, Person, Role)
        .join(Person, Person.id == Assignment.person_id)
        .join(Role, Role.id == Assignment.role_id)
        .where(
            running(Assignment, roster.list_date),
            Assignment.last_day.is_(None),
            Person.superseded_at.is_(None),
            Role.code.in_(of.roles),
            Assignment.unit_id.in_(units_under(roster.unit_id, roster.list_date)),
        )
    )
    found = db.session.execute(visible(managing(who), statement, of=Assignment)).all()
    places = load_places({row.Assignment.unit_id for row in found})
    return [row for row in found if places.stand(row.Assignment.unit_id, roster.list_date) in of.units]


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
