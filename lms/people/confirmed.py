"""How many people a unit's list holds on a day, and who has vouched for it when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from lms.access import Viewer
from lms.db import db
from lms.people.merging import active_merges, root_of
from lms.people.models import Assignment, Person, Role, RosterConfirmation
from lms.people.rights import READERS, running
from lms.people.scope import own_roots, unscoped
from lms.units.queries import tree_on, units_under

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
    return len(_at_work(unit_id, day, line, active_merges()))


def _at_work(unit_id: int, day: date, line: str | None, merges: dict[int, int]) -> set[int]:
    statement = (
        select(Assignment.person_id)
        .join(Person, Person.id == Assignment.person_id)
        .where(
            running(Assignment, day), Person.superseded_at.is_(None), Assignment.unit_id.in_(units_under(unit_id, day))
        )
        .distinct()
    )
    if line is not None:
        statement = statement.join(Role, Role.id == Assignment.role_id).where(Role.line == line)
    return {root_of(person_id, merges) for person_id in db.session.scalars(unscoped(statement, WHY))}


def wards_of(who: Viewer, day: date) -> list[tuple[int, str]]:
    """The wards and communes, as they are on `day`, within the grants that let one read lists."""
    roots = own_roots(who, *READERS)
    nodes = tree_on(day)
    if roots is None:
        return [(node.unit_id, node.name) for node in nodes if node.level == "ward"]
    parents = {node.unit_id: node.parent_id for node in nodes}
    return [
        (node.unit_id, node.name) for node in nodes if node.level == "ward" and _touches(node.unit_id, roots, parents)
    ]


def _touches(unit_id: int, roots: set[int], parents: dict[int, int | None]) -> bool:
    """The ward lies below a root, or a root lies below it (a grant for a hamlet)."""
    above: int | None = unit_id
    while above is not None:
        if above in roots:
            return True
        above = parents.get(above)
    return any(parents.get(root) == unit_id for root in roots)


def list_states(who: Viewer, day: date, line: str | None = None) -> list[ListState]:
    """Every ward of the viewer's area with its number of people and who has confirmed it last (by date of the list)."""
    wards = wards_of(who, day)
    merges = active_merges()
    last = _last_confirmations([unit_id for unit_id, _ in wards], line)
    return [
        ListState(unit_id, name, len(_at_work(unit_id, day, line, merges)), last.get(unit_id))
        for unit_id, name in wards
    ]


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
