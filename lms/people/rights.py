"""Which units, lines and persons a manager may act on. Reading is `scope.visible`; this is about changing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, exists, or_, select
from sqlalchemy.orm import aliased
from werkzeug.exceptions import Forbidden, NotFound

from lms.access import Viewer
from lms.access.current import viewer
from lms.db import db, utc_now
from lms.people.models import LINES, Assignment, Person
from lms.people.scope import may_act_among, may_act_in, visible
from lms.text.dates import local_today

READERS = ("manager", "organiser", "inspector")


def today() -> date:
    return local_today(utc_now())


def managing(who: Viewer) -> Viewer:
    """`who` with nothing but the rights to change the register."""
    return replace(who, person_id=None, grants=who.grants_for("manager"))


def lines_in(who: Viewer, unit_id: int) -> frozenset[str]:
    """The lines whose posts `who` keeps in the unit; all three for a manager without a line."""
    return frozenset(line for line in LINES if may_act_in(who, unit_id, "manager", line=line))


def lists_kept(who: Viewer, unit_ids: Collection[int], line: str | None) -> set[int]:
    """Those of the units whose list `who` keeps: of the line, or of all three."""
    kept = [may_act_among(who, unit_ids, "manager", line=one) for one in ((line,) if line else LINES)]
    return set[int].intersection(*kept)


def require_some_line(who: Viewer, unit_id: int) -> frozenset[str]:
    """`lines_in`, or 403 where there is none."""
    lines = lines_in(who, unit_id)
    if not lines:
        raise Forbidden
    return lines


def running(post: type[Assignment], day: date | SQLColumnExpression[date]) -> ColumnElement[bool]:
    return and_(
        post.superseded_at.is_(None),
        post.first_day <= day,
        or_(post.last_day.is_(None), post.last_day >= day),
    )


def managed_ids(who: Viewer, day: date) -> Select[int]:
    """A SELECT of the persons whom `who` may change: a post in their area runs or is to come, or none runs anywhere.

    Somebody who left for another ward stays in the history of the old one, which may read but not write.
    """
    other = aliased(Assignment)
    at_work = exists().where(
        other.person_id == Assignment.person_id, other.superseded_at.is_(None), not_over(other, day)
    )
    held = select(Assignment.person_id).where(
        Assignment.superseded_at.is_(None), or_(not_over(Assignment, day), ~at_work)
    )
    return visible(managing(who), held, of=Assignment)


def not_over(post: type[Assignment], day: date) -> ColumnElement[bool]:
    return or_(post.last_day.is_(None), post.last_day >= day)


def managed_among(who: Viewer, person_ids: Collection[int]) -> set[int]:
    """Those of `person_ids` whom `who` may change (and whose phone is shown in full)."""
    statement = select(Person.id).where(Person.id.in_(person_ids))
    if not _everywhere(who):
        statement = statement.where(Person.id.in_(managed_ids(who, today())))
    return set(db.session.scalars(visible(managing(who), statement)))


def require_managed(person_id: int) -> Person:
    """The person, locked for a change, if the viewer may change it; otherwise 404, as if there were none."""
    if person_id not in managed_among(viewer(), [person_id]):
        raise NotFound
    statement = select(Person).where(Person.id == person_id, Person.superseded_at.is_(None)).with_for_update()
    found = visible(managing(viewer()), statement).execution_options(populate_existing=True)
    person = db.session.scalars(found).one_or_none()
    if person is None:
        raise NotFound
    return person


def _everywhere(who: Viewer) -> bool:
    return any(grant.unit_id is None and grant.line is None for grant in who.grants_for("manager"))
