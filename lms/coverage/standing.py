"""How far the denominator can be trusted: whose lists were confirmed when, who was written down as gone of late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy import func, select

from lms.access import Viewer
from lms.coverage.facts import Question, counting, known_posts, stands_in, units_counted
from lms.coverage.models import PlanRole
from lms.db import db
from lms.people.models import LINES, Assignment, RosterConfirmation
from lms.people.scope import visible
from lms.text.dates import add_months, day_begins

STALE_MONTHS = 6
RECENT_DAYS = 30


@dataclass(frozen=True)
class Confirmed:
    """`oldest`: the day up to which every ward's list is vouched for, None if some ward's never was.

    `stale`: wards whose list nobody confirmed within six months before the day asked, with the last day if any.
    """

    oldest: date | None
    stale: tuple[tuple[int, date | None], ...]


def confirmed(wards: Collection[int], question: Question) -> Confirmed:
    last = _last_days(wards, question)
    limit = add_months(question.on, -STALE_MONTHS)
    days = [last.get(ward) for ward in wards]
    known = [day for day in days if day is not None]
    stale = tuple((ward, day) for ward, day in zip(wards, days, strict=True) if day is None or day < limit)
    return Confirmed(min(known) if known and len(known) == len(days) else None, stale)


def _last_days(wards: Collection[int], question: Question) -> dict[int, date]:
    """ward → the latest day that holds for all three lines: one by one, or confirmed as a whole."""
    query = (
        select(RosterConfirmation.unit_id, RosterConfirmation.line, func.max(RosterConfirmation.as_of))
        .where(
            RosterConfirmation.unit_id.in_(wards),
            RosterConfirmation.as_of <= question.on,
            RosterConfirmation.recorded_at <= question.known_on,
        )
        .group_by(RosterConfirmation.unit_id, RosterConfirmation.line)
    )
    said: dict[int, dict[str | None, date]] = defaultdict(dict)
    for ward, line, day in db.session.execute(query):
        said[ward][line] = day
    whole = {ward: [_latest(by_line.get(line), by_line.get(None)) for line in LINES] for ward, by_line in said.items()}
    return {ward: min(day for day in days if day) for ward, days in whole.items() if all(days)}


def _latest(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)


def departures(viewer: Viewer, question: Question, still_counted: Container[int], merged: Mapping[int, int]) -> int:
    """People written down, in the 30 days up to the day asked, as having left, who are not counted any more."""
    until = min(question.known_on, _end_of(question.on))
    query = (
        select(Assignment.person_id)
        .join(PlanRole, PlanRole.role_id == Assignment.role_id)
        .where(
            PlanRole.plan_id == question.requirement.plan_id,
            stands_in(viewer, question, units_counted(viewer, question)),
            Assignment.last_day < question.on,
            Assignment.recorded_at > until - timedelta(days=RECENT_DAYS),
            Assignment.recorded_at <= until,
            *known_posts(question.known_on),
        )
    )
    left = db.session.scalars(visible(counting(viewer), query, of=Assignment))
    return sum(person not in still_counted for person in {merged.get(person, person) for person in left})


def _end_of(day: date) -> datetime:
    zone = current_app.extensions["settings"].time_zone
    return day_begins(day + timedelta(days=1), zone)
