"""Which posts a row would add to the register. Pure.

A post in a unit that was merged matches the row's unit through lineage, so that no double comes into being. Absence
ends nothing; a list that is older than an end recorded later does not bring the post back unasked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from lms.people.roster.places import Places
from lms.people.roster.proposals import Known, KnownPost, Listed, PostPlan, Reason
from lms.people.roster.reading.roles_table import SPECIALISES


@dataclass(frozen=True, slots=True)
class Posts:
    """`ended`: posts that the register says had ended, by something learned after the list was written."""

    plans: tuple[PostPlan, ...] = ()
    ended: tuple[KnownPost, ...] = ()

    @property
    def new(self) -> tuple[PostPlan, ...]:
        return tuple(plan for plan in self.plans if plan.act != "seen")


def posts_of(row: Listed, known: Known | None, places: Places, list_date: date) -> Posts:
    """What becomes of each role of the row, for a person known or new. Nothing while the unit is unknown."""
    if row.unit_id is None:
        return Posts()
    plans: list[PostPlan] = []
    ended: list[KnownPost] = []
    for role in row.roles:
        found = _post(role, row.unit_id, known, places, list_date)
        if isinstance(found, KnownPost):
            ended.append(found)
        else:
            plans.append(found)
    return Posts(tuple(plans), tuple(ended))


def again(row: Listed, posts: Posts, list_date: date) -> tuple[PostPlan, ...]:
    """The posts that had ended, added again because somebody said so."""
    unit_id = row.unit_id
    assert unit_id is not None or not posts.ended
    return tuple(PostPlan("add", post.role, unit_id or post.unit_id, list_date) for post in posts.ended)


def why(plans: Iterable[PostPlan], known: Known | None) -> tuple[Reason, ...]:
    by_id = {post.assignment_id: post for post in known.posts} if known else {}
    reasons = []
    for plan in plans:
        values: dict[str, object] = {"role": plan.role, "unit": plan.unit_id, "first_day": plan.first_day.isoformat()}
        if plan.last_day:
            values["last_day"] = plan.last_day.isoformat()
        if plan.assignment_id in by_id:
            values["known_unit"] = by_id[plan.assignment_id].unit_id
        reasons.append(Reason(f"post_{plan.act}", values))
    return tuple(reasons)


def _post(role: str, unit_id: int, known: Known | None, places: Places, day: date) -> PostPlan | KnownPost:
    held = [post for post in known.posts if post.role == role or SPECIALISES.get(post.role) == role] if known else []
    for post in held:
        if _runs(post, day) and places.within(post.unit_id, unit_id, day):
            return PostPlan("seen", role, unit_id, post.first_day, post.last_day, post.assignment_id)
    for post in held:
        if _runs(post, day) and post.role == role and places.within(unit_id, post.unit_id, day):
            return PostPlan("refine", role, unit_id, post.first_day, post.last_day, post.assignment_id)
    later = _later(held, unit_id, places, day)
    if later:
        return PostPlan("earlier", role, unit_id, day, later.first_day - timedelta(days=1))
    ended = _ended_since(held, unit_id, places, day)
    return ended or PostPlan("add", role, unit_id, day)


def _runs(post: KnownPost, day: date) -> bool:
    return post.first_day <= day and (post.last_day is None or day <= post.last_day)


def _later(held: list[KnownPost], unit_id: int, places: Places, day: date) -> KnownPost | None:
    """The next spell in the same place, looked at on the tree of the day it began."""
    spells = [
        post
        for post in held
        if post.first_day > day and places.stand(post.unit_id, post.first_day) == places.stand(unit_id, post.first_day)
    ]
    return min(spells, key=lambda post: post.first_day, default=None)


def _ended_since(held: list[KnownPost], unit_id: int, places: Places, day: date) -> KnownPost | None:
    """A spell in this place that was over on the day of the list, by a word recorded after that day."""
    spells = [
        post
        for post in held
        if post.last_day is not None
        and post.last_day < day < post.recorded_on
        and places.within(post.unit_id, unit_id, day)
    ]
    return max(spells, key=lambda post: post.first_day, default=None)
