"""The posts somebody held on a day, in the words of that day, as the register had them then and as it has them now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select

from lms.audit.models import AuditEntry
from lms.db import db, utc_now
from lms.operate.records.actors import Actors
from lms.operate.records.finding import WHY
from lms.operate.records.persons import Post, RosterSource
from lms.people.models import Assignment, Role, RosterImport, RosterRow
from lms.people.scope import unscoped
from lms.text.dates import local_today
from lms.units.models import Unit
from lms.units.queries import names_on, paths_of, place_on


def posts_on(people: Sequence[int], on: date, written_at: datetime, actors: Actors) -> tuple[Post, ...]:
    """Posts that ran on the day by what is known now, or by what was known when the record was written."""
    rows = db.session.execute(_query(people, on, written_at)).all()
    units = {row.Assignment.unit_id for row in rows}
    places = _places(units, on)
    now = paths_of(units, local_today(utc_now()))
    return tuple(_post(row, places[row.Assignment.unit_id], now, written_at, actors) for row in rows)


def _query(people: Sequence[int], on: date, written_at: datetime) -> Select[*tuple[Any, ...]]:
    known_then = and_(
        Assignment.recorded_at <= written_at,
        or_(Assignment.superseded_at.is_(None), Assignment.superseded_at > written_at),
    )
    query = (
        select(Assignment, Role, Unit.key, RosterRow, RosterImport)
        .join(Role, Role.id == Assignment.role_id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .outerjoin(RosterRow, RosterRow.id == Assignment.roster_row_id)
        .outerjoin(RosterImport, RosterImport.id == RosterRow.import_id)
        .where(
            Assignment.person_id.in_(people),
            Assignment.first_day <= on,
            or_(Assignment.last_day.is_(None), Assignment.last_day >= on),
            or_(Assignment.superseded_at.is_(None), known_then),
        )
        .order_by(Role.position, Assignment.id)
    )
    return unscoped(query, WHY)


def _places(units: set[int], on: date) -> dict[int, dict[str, str]]:
    """unit → level → name as of that day; a unit that stood nowhere that day has no level."""
    stood = place_on(units, on)
    called = names_on({node for place in stood.values() for node in place.values()}, on)
    return {unit: {level: called[node] for level, node in stood.get(unit, {}).items()} for unit in units}


def _post(
    row: Row[*tuple[Any, ...]], place: dict[str, str], now: dict[int, str], written_at: datetime, actors: Actors
) -> Post:
    post: Assignment = row.Assignment
    corrected_later = post.superseded_at is None or post.superseded_at > written_at
    return Post(
        assignment_id=post.id,
        person_id=post.person_id,
        role_code=row.Role.code,
        role=row.Role.name,
        line=row.Role.line,
        unit_key=row.key,
        place=place,
        place_now=now.get(post.unit_id, ""),
        first_day=post.first_day,
        last_day=post.last_day,
        recorded_at=post.recorded_at,
        superseded_at=post.superseded_at,
        superseded_by_id=post.superseded_by_id,
        known_then=post.recorded_at <= written_at and corrected_later,
        stands=post.superseded_at is None,
        from_list=_source(row.RosterRow, row.RosterImport, actors) if row.RosterRow else None,
    )


def _source(row: RosterRow, taken: RosterImport, actors: Actors) -> RosterSource:
    return RosterSource(
        import_id=taken.id,
        file_name=taken.file_name,
        file_sha256=taken.file_sha256,
        list_date=taken.list_date,
        sheet=row.sheet,
        row_no=row.row_no,
        entered_by=actors(_confirmed_by(taken.id) or taken.created_by),
    )


def _confirmed_by(import_id: int) -> str | None:
    confirmed = (AuditEntry.subject == f"roster_import:{import_id}") & (AuditEntry.action == "roster.confirmed")
    return db.session.scalar(select(AuditEntry.actor).where(confirmed).order_by(AuditEntry.seq.desc()).limit(1))
