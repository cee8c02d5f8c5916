"""A trend: one read of the facts and one sweep over the dates.

Each person becomes two bit masks over the dates (holds a counted post; is trained), so a date costs one bit test and
equal masks are counted together.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select, union

from lms.access import Viewer
from lms.certificates.models import Achievement
from lms.coverage.facts import READERS, Question, counting, known_posts, merges, qualifies
from lms.coverage.models import PlanRole
from lms.coverage.places import counted_units, standing
from lms.people.models import Assignment, PersonMerge
from lms.people.scope import read_columns, units_of, unscoped, visible
from lms.text.dates import add_months


class Point(NamedTuple):
    on: date
    counted: int
    trained: int


def trend(viewer: Viewer, question: Question, dates: list[date], basis: str = "valid") -> list[Point]:
    """The headline on each of `dates` (rising), on the tree and with the knowledge of `question`."""
    merged = merges(question.known_on)
    units = counted_units(units_of(viewer, *READERS), question.scope, question.tree_on)
    at = Assignment.unit_id.in_(standing(question.scope, question.tree_on, units))
    posts = _masks_of_posts(viewer, question, dates, merged, at)
    training = _masks_of_training(question, dates, merged, at, basis)
    masks = Counter((mask, mask & training.get(person, 0)) for person, mask in posts.items())
    return [_point(day, 1 << place, masks) for place, day in enumerate(dates)]


def _point(day: date, bit: int, masks: Counter[tuple[int, int]]) -> Point:
    counted = sum(many for (posts, _), many in masks.items() if posts & bit)
    trained = sum(many for (_, both), many in masks.items() if both & bit)
    return Point(day, counted, trained)


def _mask(dates: list[date], first: date, last: date | None) -> int:
    """Bits of the dates in [first, last], both inclusive."""
    start = bisect_left(dates, first)
    end = len(dates) if last is None else bisect_right(dates, last)
    return (1 << end) - (1 << start) if end > start else 0


def _masks_of_posts(
    viewer: Viewer, question: Question, dates: list[date], merged: dict[int, int], at: ColumnElement[bool]
) -> dict[int, int]:
    query = (
        select(Assignment.person_id, Assignment.first_day, Assignment.last_day)
        .join(PlanRole, PlanRole.role_id == Assignment.role_id)
        .where(
            PlanRole.plan_id == question.requirement.plan_id,
            at,
            Assignment.first_day <= dates[-1],
            or_(Assignment.last_day.is_(None), Assignment.last_day >= dates[0]),
            *known_posts(question.known_on),
        )
    )
    mask = cache(lambda first, last: _mask(dates, first, last))  # posts are many, days few
    masks: dict[int, int] = defaultdict(int)
    for person, first, last in zip(*read_columns(visible(counting(viewer), query, of=Assignment)), strict=True):
        masks[merged.get(person, person)] |= mask(first, last)
    return masks


def _masks_of_training(
    question: Question, dates: list[date], merged: dict[int, int], at: ColumnElement[bool], basis: str
) -> dict[int, int]:
    needs = question.requirement
    holders = select(Assignment.person_id).where(at, *known_posts(question.known_on))
    who = union(holders, select(PersonMerge.person_id), select(PersonMerge.into_id)) if merged else holders
    query = select(Achievement.person_id, Achievement.completed_on).where(
        Achievement.person_id.in_(who), qualifies(Achievement, dates[-1], question.known_on, needs)
    )

    @cache
    def mask(completed_on: date) -> int:
        since = _mask(dates, completed_on, None)
        if basis == "ever":
            return since if completed_on >= needs.starts_on else 0
        return since & ((1 << bisect_left(dates, add_months(completed_on, needs.months))) - 1)

    masks: dict[int, int] = defaultdict(int)
    rows = zip(*read_columns(unscoped(query, "only joined to posts that passed visible()")), strict=True)
    for person, completed_on in rows:
        masks[merged.get(person, person)] |= mask(completed_on)
    return masks
