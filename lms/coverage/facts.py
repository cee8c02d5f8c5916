"""Coverage is a question asked of the facts: one read gives every counted post with its holder's last training.

Merged people are one person from the moment the merge was recorded; whoever asks sees only the posts of their own
subtree and line, because the read passes `visible()` like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from lms.access import Viewer
from lms.certificates.models import Achievement
from lms.coverage.models import Plan, PlanRole, RequirementSet
from lms.coverage.rules import valid_since
from lms.db import db
from lms.people.models import Assignment, PersonMerge
from lms.people.scope import unscoped, visible
from lms.units.models import UnitPath, UnitScope

PLACE_LEVELS = ("scope", "ward", "hamlet")
READERS = ("manager", "inspector", "administrator")


@dataclass(frozen=True)
class Requirement:
    """What a plan asks: who counts (plan), what trains them and for how long (requirement set)."""

    plan_id: int
    plan_code: str
    plan_name: str
    starts_on: date
    target: int
    version: int
    months: int
    min_tiet: int
    courses: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A figure's parameters. `tree_on`: the tree it is shown on; `known_on`: an instant, what was known then."""

    on: date
    tree_on: date
    known_on: datetime
    scope: str
    requirement: Requirement


class Fact(NamedTuple):
    """One counted post on the day asked: its holder, role, where it stands on the tree, the holder's last training."""

    person_id: int
    role_id: int
    unit_id: int
    ward_id: int | None
    hamlet_id: int | None
    since: date
    trained_on: date | None


def requirement(plan_code: str) -> Requirement:
    """The newest requirement set of a plan. Raises NoResultFound for an unknown plan."""
    query = (
        select(Plan, RequirementSet)
        .join(RequirementSet, RequirementSet.plan_id == Plan.id)
        .where(Plan.code == plan_code)
        .order_by(RequirementSet.version.desc())
        .limit(1)
    )
    plan, needs = db.session.execute(query).one()
    return Requirement(
        plan.id,
        plan.code,
        plan.name,
        plan.starts_on,
        plan.target_percent,
        needs.version,
        needs.validity_months,
        needs.min_tiet,
        tuple(needs.courses),
    )


def facts(viewer: Viewer, question: Question) -> list[Fact]:
    """Every counted post in the scope that the viewer may see, as it was on `question.on`."""
    places = _places(question)
    rows = db.session.execute(_posts(viewer, question))
    found = [
        Fact(person, role, unit, *places[unit], first_day, trained_on)
        for person, role, unit, first_day, trained_on in rows
    ]
    merged = merges(question.known_on)
    return _as_one(found, question, merged) if merged else found


def _as_one(found: list[Fact], question: Question, merged: dict[int, int]) -> list[Fact]:
    """The same facts with merged records as one person, trained by the last training of them all."""
    touched = _touched(merged, {fact.person_id for fact in found})
    trained = _trained_as_one(question, merged, touched) if touched else {}
    return [
        fact._replace(person_id=person, trained_on=trained[person])
        if (person := merged.get(fact.person_id, fact.person_id)) in touched
        else fact
        for fact in found
    ]


def counting(viewer: Viewer) -> Viewer:
    """`viewer` with nothing but the rights to read figures: an own post elsewhere, or a right to hold classes there,
    adds nobody to the figure of an area."""
    return replace(viewer, person_id=None, grants=viewer.grants_for(*READERS))


def trained_since(question: Question, basis: str) -> date:
    """The first day whose training still counts on the day asked, by `basis`: "valid", still valid on that day;
    "ever", any qualifying record since the plan began.
    """
    needs = question.requirement
    return needs.starts_on if basis == "ever" else valid_since(question.on, needs.months)


def qualifies(achievement: Any, question_on: date, known_on: datetime, needs: Requirement) -> ColumnElement[bool]:
    """SQL: this achievement counts toward the requirement on that day, as known then (domain.md §4.1).

    A course of the plan counts whatever its hours; a class or an outside paper must have the minimum, and an outside
    paper counts from the moment somebody verified it.
    """
    enough = achievement.tiet >= needs.min_tiet
    outside = and_(achievement.kind == "outside", enough, achievement.verified_at <= known_on)
    return and_(
        achievement.completed_on <= question_on,
        achievement.recorded_at <= known_on,
        or_(achievement.superseded_at.is_(None), achievement.superseded_at > known_on),
        or_(achievement.revoked_at.is_(None), achievement.revoked_at > known_on),
        or_(
            and_(achievement.kind == "online", achievement.course_code.in_(needs.courses)),
            and_(achievement.kind == "class", enough),
            outside,
        ),
    )


def known_posts(known_on: datetime) -> list[ColumnElement[bool]]:
    """SQL: the version of each post that was known at an instant."""
    return [
        Assignment.recorded_at <= known_on,
        or_(Assignment.superseded_at.is_(None), Assignment.superseded_at > known_on),
    ]


def in_scope(scope: str, tree_on: date) -> Select[Any]:
    """SQL: the units (also ended ones) whose posts stand inside the scope on the tree of that day."""
    return (
        select(UnitPath.unit_id)
        .join(UnitScope, UnitScope.id == UnitPath.scope_id)
        .where(UnitScope.code == scope, UnitPath.level == "scope", *_on(tree_on))
    )


def merges(known_on: datetime) -> dict[int, int]:
    """person → the person they turned out to be, followed to the end, as known at an instant."""
    query = select(PersonMerge.person_id, PersonMerge.into_id).where(
        PersonMerge.recorded_at <= known_on, or_(PersonMerge.undone_at.is_(None), PersonMerge.undone_at > known_on)
    )
    step = {row.person_id: row.into_id for row in db.session.execute(unscoped(query, "merged people count once"))}
    return {person: _last(step, person) for person in step}


def _last(step: dict[int, int], person: int) -> int:
    while person in step:
        person = step[person]
    return person


def _posts(viewer: Viewer, question: Question) -> Select[*tuple[Any, ...]]:
    record = aliased(Achievement)
    trained_on = (
        select(record.completed_on)
        .where(
            record.person_id == Assignment.person_id,
            qualifies(record, question.on, question.known_on, question.requirement),
        )
        .order_by(record.completed_on.desc())
        .limit(1)
        .correlate(Assignment)
        .scalar_subquery()
    )
    query = (
        select(
            Assignment.person_id,
            Assignment.role_id,
            Assignment.unit_id,
            Assignment.first_day,
            trained_on.label("trained_on"),
        )
        .join(PlanRole, PlanRole.role_id == Assignment.role_id)
        .where(
            PlanRole.plan_id == question.requirement.plan_id,
            Assignment.unit_id.in_(in_scope(question.scope, question.tree_on)),
            Assignment.first_day <= question.on,
            or_(Assignment.last_day.is_(None), Assignment.last_day >= question.on),
            *known_posts(question.known_on),
        )
    )
    return visible(counting(viewer), query, of=Assignment)


def _places(question: Question) -> dict[int, tuple[int | None, int | None]]:
    """unit → (ward, hamlet) on the tree of the question; a ward-level post has no hamlet."""
    query = (
        select(UnitPath.unit_id, UnitPath.level, UnitPath.node_id)
        .join(UnitScope, UnitScope.id == UnitPath.scope_id)
        .where(UnitScope.code == question.scope, UnitPath.level.in_(PLACE_LEVELS), *_on(question.tree_on))
    )
    wards: dict[int, int] = {}
    hamlets: dict[int, int] = {}
    units = set()
    for unit_id, level, node_id in db.session.execute(query):
        units.add(unit_id)
        if node_id is not None:
            (wards if level == "ward" else hamlets)[unit_id] = node_id
    return {unit: (wards.get(unit), hamlets.get(unit)) for unit in units}


def _touched(merged: dict[int, int], people: Iterable[int]) -> set[int]:
    """Those of the people counted who have merged records, as who they are now."""
    return {merged.get(person, person) for person in people} & set(merged.values())


def _trained_as_one(question: Question, merged: dict[int, int], touched: set[int]) -> dict[int, date | None]:
    """For people with merged records: the last training of all the records together."""
    members = {person: into for person, into in merged.items() if into in touched} | {into: into for into in touched}
    query = (
        select(Achievement.person_id, func.max(Achievement.completed_on))
        .where(
            Achievement.person_id.in_(members),
            qualifies(Achievement, question.on, question.known_on, question.requirement),
        )
        .group_by(Achievement.person_id)
    )
    last: dict[int, date | None] = dict.fromkeys(touched)
    for person, day in db.session.execute(unscoped(query, "the records of merged people count together")):
        into = members[person]
        last[into] = max(day, last[into] or day)
    return last


def _on(day: date) -> list[ColumnElement[bool]]:
    return [UnitPath.valid_from <= day, or_(UnitPath.valid_to.is_(None), UnitPath.valid_to > day)]
