"""What a unit was called, and what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, and_, or_, select

from lms.chunks import chunks
from lms.db import db
from lms.units.models import UnitLineage, UnitVersion
from lms.units.queries.standing import paths_of
from lms.units.queries.tree import names_on


@dataclass(frozen=True)
class LineageEvent:
    """On `on` the land of the origin became (part of) the heir's; both with their names of that time."""

    origin_id: int
    origin_name: str
    heir_id: int
    heir_name: str
    on: date
    kind: str
    legal_ref: str | None
    note: str | None


def versions_of(unit_id: int) -> list[UnitVersion]:
    """The unit's versions, oldest first."""
    return list(
        db.session.scalars(select(UnitVersion).where(UnitVersion.unit_id == unit_id).order_by(UnitVersion.valid_from))
    )


def lineage_of(unit_id: int) -> list[LineageEvent]:
    """All that was merged into the unit, and all that it became, oldest first."""
    links = _links(or_(UnitLineage.from_unit_id == unit_id, UnitLineage.to_unit_id == unit_id))
    return [_event(link) for link in links]


def origins_of(unit_ids: Collection[int], day: date) -> dict[int, list[str]]:
    """What each unit had taken over by `day`, as it was called just before: {khóm 13: ["Khóm 4, Phường 8"]}."""
    links: list[UnitLineage] = []
    for some in chunks(unit_ids):
        links += _links(and_(UnitLineage.to_unit_id.in_(some), UnitLineage.on_date <= day))
    origins: dict[int, list[str]] = {}
    for eve, of_that_day in groupby(sorted(links, key=_day_before), key=_day_before):
        taken = list(of_that_day)
        paths = paths_of([link.from_unit_id for link in taken], eve)
        for link in taken:
            origins.setdefault(link.to_unit_id, []).append(paths[link.from_unit_id])
    return origins


def _links(condition: ColumnElement[bool]) -> list[UnitLineage]:
    ordered = select(UnitLineage).where(condition).order_by(UnitLineage.on_date, UnitLineage.id)
    return list(db.session.scalars(ordered))


def _day_before(link: UnitLineage) -> date:
    return link.on_date - timedelta(days=1)


def _event(link: UnitLineage) -> LineageEvent:
    before, after = names_on([link.from_unit_id], _day_before(link)), names_on([link.to_unit_id], link.on_date)
    return LineageEvent(
        origin_id=link.from_unit_id,
        origin_name=before[link.from_unit_id],
        heir_id=link.to_unit_id,
        heir_name=after[link.to_unit_id],
        on=link.on_date,
        kind=link.kind,
        legal_ref=link.legal_ref,
        note=link.note,
    )
