"""Coverage is a question asked of the facts: one read gives every counted post with its holder's last training.

Merged people are one person from the moment the merge was recorded; whoever asks sees only the posts of their own
subtree and line, because the read passes `visible()` like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from itertools import compress
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from lms.access import Viewer
from lms.certificates.models import Achievement
from lms.chunks import CHUNK, chunks
from lms.coverage.models import Plan, PlanRole, RequirementSet
from lms.coverage.places import Places, counted_units, places_of, standing
from lms.coverage.rules import valid_since
from lms.db import db
from lms.people.models import Assignment, PersonMerge
from lms.people.scope import read_columns, units_of, unscoped, visible

READERS = ("manager", "inspector", "administrator")
NAMES = ("manager", "inspector")
"""Who reads, behind a figure, the names: an administrator looks after accounts, for which a sum is enough."""


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


@dataclass(frozen=True)
class Facts:
    """All facts of a question, as columns of one length: a province is counted without an object for each post."""

    person_id: Sequence[int] = ()
    role_id: Sequence[int] = ()
    unit_id: Sequence[int] = ()
    ward_id: Sequence[int | None] = ()
    hamlet_id: Sequence[int | None] = ()
    since: Sequence[date] = ()
    trained_on: Sequence[date | None] = ()

    @property
    def columns(self) -> tuple[Sequence[Any], ...]:
        return tuple(getattr(self, one.name) for one in fields(self))

    def __len__(self) -> int:
        return len(self.person_id)

    def __iter__(self) -> Iterator[Fact]:
        return map(Fact._make, zip(*self.columns, strict=True))

    def where(self, wanted: Iterable[bool]) -> Facts:
        """Those for which `wanted` says so, one by one."""
        kept = list(wanted)
        return Facts(*(tuple(compress(column, kept)) for column in self.columns))


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


def facts(viewer: Viewer, question: Question) -> Facts:
    """Every counted post in the scope that the viewer may see, as it was on `question.on`."""
    places = _places(viewer, question)
    found = _facts(_posts(viewer, question, places), places)
    return _as_one(found, question, merges(question.known_on, among=set(found.person_id)))


def facts_of_people_at(viewer: Viewer, question: Question, node: int) -> Facts:
    """Of `facts()`, all those of everybody who has one in this ward or hamlet: enough for any list of its people.

    What they hold elsewhere in the scope is among them, also where it is entered under a record merged with theirs.
    """
    places = _places(viewer, question)
    here = {unit: place for unit, place in places.items() if node in place}
    records = set(read_columns(_posts(viewer, question, here))[0])
    merged = merges(question.known_on, among=records)
    whole = sorted(records_of({merged.get(record, record) for record in records}, merged))
    found = [_facts(_posts(viewer, question, places, some), places) for some in chunks(whole)]
    columns = zip(*(one.columns for one in found), strict=True) if found else ()
    return _as_one(Facts(*([value for values in column for value in values] for column in columns)), question, merged)


def _places(viewer: Viewer, question: Question) -> Places:
    return places_of(units_of(viewer, *READERS), question.scope, question.tree_on)


def facts_at(viewer: Viewer, question: Question, places: Places, merged: dict[int, int]) -> Facts:
    """`facts` of the posts in these units of the scope alone. `merged`: as `merges()` gives it for the question."""
    return _as_one(_facts(_posts(viewer, question, places), places), question, merged)


def _facts(posts: Select[*tuple[Any, ...]], places: Places) -> Facts:
    people, roles, units, since, trained_on = read_columns(posts)
    wards, hamlets = ([places[unit][level] for unit in units] for level in (0, 1))
    return Facts(people, roles, units, wards, hamlets, since, trained_on)


def _as_one(found: Facts, question: Question, merged: dict[int, int]) -> Facts:
    """The same facts with merged records as one person, trained by the last training of them all."""
    if not merged:
        return found
    touched = _touched(merged, set(found.person_id))
    trained = _trained_as_one(question, merged, touched) if touched else {}
    people = tuple(merged.get(person, person) for person in found.person_id)
    last = tuple(
        trained[person] if person in touched else day for person, day in zip(people, found.trained_on, strict=True)
    )
    return replace(found, person_id=people, trained_on=last)


def stands_in(viewer: Viewer, question: Question, units: Collection[int]) -> ColumnElement[bool]:
    """SQL: a post of the scope in `units`, which are all that the viewer may count there, or a part of them."""
    seen = units_of(viewer, *READERS)
    return Assignment.unit_id.in_(standing(seen, question.scope, question.tree_on, units))


def units_counted(viewer: Viewer, question: Question) -> set[int]:
    """The units of the scope that the viewer may count."""
    return counted_units(units_of(viewer, *READERS), question.scope, question.tree_on)


def counting(viewer: Viewer) -> Viewer:
    """`viewer` with nothing but the rights to read figures: an own post elsewhere, or a right to hold classes there,
    adds nobody to the figure of an area."""
    return replace(viewer, person_id=None, grants=viewer.grants_for(*READERS))


def naming(viewer: Viewer) -> Viewer:
    """`viewer` with nothing but the rights to read the names behind figures."""
    return replace(viewer, person_id=None, grants=viewer.grants_for(*NAMES))


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


def merges(known_on: datetime, among: Collection[int] | None = None) -> dict[int, int]:
    """record → the person they turned out to be, followed to the end, as known at an instant.

    `among`: at least those that join one of these records, or anything joined with it, to another. Where the records
    are few, no other merges are read: a country has thousands.
    """
    query = select(PersonMerge.person_id, PersonMerge.into_id).where(
        PersonMerge.recorded_at <= known_on, or_(PersonMerge.undone_at.is_(None), PersonMerge.undone_at > known_on)
    )
    step = _steps(query) if among is None or len(among) > CHUNK else _steps_from(query, among)
    return {person: _last(step, person) for person in step}


def _steps(query: Select[int, int]) -> dict[int, int]:
    return dict(db.session.execute(unscoped(query, "merged people count once")).all())


def _steps_from(query: Select[int, int], records: Collection[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    seen, new = set[int](), set(records)
    while new:
        seen |= new
        for some in chunks(sorted(new)):
            found |= _steps(query.where(or_(PersonMerge.person_id.in_(some), PersonMerge.into_id.in_(some))))
        new = {*found, *found.values()} - seen
    return found


def records_of(people: Collection[int], merged: Mapping[int, int]) -> Iterator[int]:
    """All records of these people: their own, and those that turned out to be theirs."""
    yield from people
    yield from (record for record, person in merged.items() if person in people)


def _last(step: dict[int, int], person: int) -> int:
    while person in step:
        person = step[person]
    return person


def _posts(
    viewer: Viewer, question: Question, units: Collection[int], records: Collection[int] | None = None
) -> Select[*tuple[Any, ...]]:
    """`records`: of these people's records alone."""
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
            stands_in(viewer, question, units),
            Assignment.first_day <= question.on,
            or_(Assignment.last_day.is_(None), Assignment.last_day >= question.on),
            *known_posts(question.known_on),
        )
    )
    if records is not None:
        query = query.where(Assignment.person_id.in_(records))
    return visible(counting(viewer), query, of=Assignment)


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
