"""A trend: one read of the facts and one sweep over the dates.

Each person becomes two bit masks over the dates (holds a counted post; is trained), so a date costs one bit test and
equal masks are counted together.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select, union

from lms.access import Viewer
from lms.certificates.models import Achievement
from lms.chunks import CHUNK
from lms.coverage.facts import Question, counting, known_posts, merges, qualifies, stands_in, units_counted
from lms.coverage.models import PlanRole
from lms.people.models import Assignment, Person, PersonMerge
from lms.people.scope import read_columns, unscoped, visible
from lms.text.dates import add_months

BASES = ("valid", "ever")


class Point(NamedTuple):
    on: date
    counted: int
    trained: int


Masks = dict[int, tuple[int, int, int]]
"""person → bits of the dates: holds a counted post; and then is trained by each of `BASES`."""


def trend(viewer: Viewer, question: Question, dates: list[date], basis: str = "valid") -> list[Point]:
    """The headline on each of `dates` (rising), on the tree and with the knowledge of `question`."""
    masks = masks_at(viewer, question, dates, units_counted(viewer, question))
    return points(dates, Counter(masks.values()), basis)


def masks_at(
    viewer: Viewer,
    question: Question,
    dates: list[date],
    units: Collection[int],
    merged: dict[int, int] | None = None,
) -> Masks:
    """Of everybody with a post in these units of the scope, around the dates. `merged`: `merges()`, if it was read."""
    at = stands_in(viewer, question, units)
    held = _masks_of_posts(viewer, question, dates, at)
    merged = merges(question.known_on, among=held) if merged is None else merged
    posts = _as_one(held, merged)
    valid, ever = _masks_of_training(question, dates, merged, at)
    return {person: (mask, mask & valid.get(person, 0), mask & ever.get(person, 0)) for person, mask in posts.items()}


def points(dates: list[date], masks: Counter[tuple[int, int, int]], basis: str) -> list[Point]:
    """`masks`: how many people there are with each."""
    at = 1 + BASES.index(basis)
    pairs: Counter[tuple[int, int]] = Counter()
    for mask, many in masks.items():
        pairs[mask[0], mask[at]] += many
    return [_point(day, 1 << place, pairs) for place, day in enumerate(dates)]


def _point(day: date, bit: int, masks: Counter[tuple[int, int]]) -> Point:
    counted = sum(many for (posts, _), many in masks.items() if posts & bit)
    trained = sum(many for (_, both), many in masks.items() if both & bit)
    return Point(day, counted, trained)


def _mask(dates: list[date], first: date, last: date | None) -> int:
    """Bits of the dates in [first, last], both inclusive."""
    start = bisect_left(dates, first)
    end = len(dates) if last is None else bisect_right(dates, last)
    return (1 << end) - (1 << start) if end > start else 0


def _masks_of_posts(viewer: Viewer, question: Question, dates: list[date], at: ColumnElement[bool]) -> dict[int, int]:
    """record → bits of the dates."""
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
        masks[person] |= mask(first, last)
    return masks


def _as_one(held: dict[int, int], merged: dict[int, int]) -> dict[int, int]:
    """person → the bits of all their records; `held` itself is changed: it is long, and few are merged."""
    for record in merged.keys() & held.keys():
        held[merged[record]] = held.get(merged[record], 0) | held.pop(record)
    return held


def _masks_of_training(
    question: Question, dates: list[date], merged: dict[int, int], at: ColumnElement[bool]
) -> tuple[dict[int, int], dict[int, int]]:
    """Still valid, and ever trained since the plan began: person → bits of the dates, each."""
    needs = question.requirement
    holders = select(Assignment.person_id).where(at, *known_posts(question.known_on))
    who = union(holders, *_records(merged)) if merged else holders
    query = select(Achievement.person_id, Achievement.completed_on).where(
        Achievement.person_id.in_(who), qualifies(Achievement, dates[-1], question.known_on, needs)
    )

    @cache
    def bits(completed_on: date) -> tuple[int, int]:
        since = _mask(dates, completed_on, None)
        until = (1 << bisect_left(dates, add_months(completed_on, needs.months))) - 1
        return since & until, since if completed_on >= needs.starts_on else 0

    valid: dict[int, int] = defaultdict(int)
    ever: dict[int, int] = defaultdict(int)
    rows = zip(*read_columns(unscoped(query, "only joined to posts that passed visible()")), strict=True)
    for person, completed_on in rows:
        who, (still, once) = merged.get(person, person), bits(completed_on)
        valid[who] |= still
        ever[who] |= once
    return valid, ever


def _records(merged: dict[int, int]) -> list[Select[int]]:
    """SQL: all records that were merged, by their ids where they are few."""
    ids = {*merged, *merged.values()}
    if len(ids) <= CHUNK:
        return [select(Person.id).where(Person.id.in_(ids))]
    return [select(PersonMerge.person_id), select(PersonMerge.into_id)]
