"""How many people a unit's list holds on a day, and who has vouched for it when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select

from lms.access import Viewer
from lms.chunks import chunks
from lms.db import db
from lms.people.merging import active_merges, ever_merged, root_of
from lms.people.models import Assignment, Person, Role, RosterConfirmation
from lms.people.rights import READERS, running
from lms.people.scope import own_roots, unscoped
from lms.units.queries import place_on, tree_on, units_under, units_under_each

WHY = "counting the people of a unit; the number alone is shown"


@dataclass(frozen=True)
class ListState:
    """One ward: people at work on the day asked for, and the last confirmation of its list."""

    unit_id: int
    name: str
    people: int
    last: RosterConfirmation | None

    def confirmed_on(self, day: date) -> bool:
        return self.last is not None and self.last.as_of == day

    def stands(self, day: date) -> bool:
        """Somebody has vouched for the list of that day, and the register still holds as many."""
        return self.last is not None and self.last.as_of == day and self.last.people == self.people


def people_at_work(unit_id: int, day: date, line: str | None = None) -> int:
    """Distinct persons (merged ones once) with a post in the unit and line on that day."""
    at_work = _posts(day, line).where(Assignment.unit_id.in_(units_under(unit_id, day)))
    merges = active_merges()
    return len({root_of(person_id, merges) for person_id in db.session.scalars(unscoped(at_work, WHY))})


def _people_of_wards(wards: Sequence[int], day: date, line: str | None) -> Counter[int]:
    """`people_at_work` of each ward."""
    people = Counter[int]()
    for some in chunks(wards):
        place = units_under_each(some, day).subquery()
        held = _posts(day, line).join(place, place.c.unit_id == Assignment.unit_id)
        counted = held.with_only_columns(place.c.node_id, func.count(Assignment.person_id.distinct()))
        people.update(dict(db.session.execute(unscoped(counted.group_by(place.c.node_id), WHY)).all()))
        people.subtract(_counted_twice(held.add_columns(place.c.node_id)))
    return people


def _counted_twice(held: Select[int, int]) -> Counter[int]:
    """ward → how many of the records there are of somebody who has another one there. `held`: (record, ward)."""
    merges, records, persons = active_merges(), defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    for record, ward in db.session.execute(unscoped(held.where(Assignment.person_id.in_(ever_merged())), WHY)):
        records[ward].add(record)
        persons[ward].add(root_of(record, merges))
    return Counter({ward: len(records[ward]) - len(persons[ward]) for ward in records})


def _posts(day: date, line: str | None) -> Select[int]:
    """The holder of each post on that day."""
    statement = (
        select(Assignment.person_id)
        .join(Person, Person.id == Assignment.person_id)
        .where(running(Assignment, day), Person.superseded_at.is_(None))
    )
    return statement if line is None else statement.join(Role, Role.id == Assignment.role_id).where(Role.line == line)


def wards_of(who: Viewer, day: date) -> list[tuple[int, str]]:
    """The wards and communes, as they are on `day`, within the grants that let one read lists."""
    roots = own_roots(who, *READERS)
    if roots is not None:  # a grant for a hamlet shows the list of its ward
        stands = place_on(roots, day).items()
        roots |= {place["ward"] for unit, place in stands if place.get("hamlet") == unit and "ward" in place}
    return [(node.unit_id, node.name) for node in tree_on(day, under=roots, down_to="ward") if node.level == "ward"]


def list_states(who: Viewer, day: date, line: str | None = None) -> list[ListState]:
    """Every ward of the viewer's area with its number of people and who has confirmed it last (by date of the list)."""
    wards = wards_of(who, day)
    ids = [unit_id for unit_id, _ in wards]
    people, last = _people_of_wards(ids, day, line), _last_confirmations(ids, line)
    return [ListState(unit_id, name, people[unit_id], last.get(unit_id)) for unit_id, name in wards]


def _last_confirmations(unit_ids: list[int], line: str | None) -> dict[int, RosterConfirmation]:
    """A confirmation of the whole list counts for each of its lines."""
    statement = (
        select(RosterConfirmation)
        .where(RosterConfirmation.unit_id.in_(unit_ids))
        .order_by(RosterConfirmation.as_of, RosterConfirmation.id)
    )
    if line is None:
        statement = statement.where(RosterConfirmation.line.is_(None))
    else:
        statement = statement.where(RosterConfirmation.line.is_(None) | (RosterConfirmation.line == line))
    return {row.unit_id: row for row in db.session.scalars(statement)}
