"""The one scoping function: what of the register a viewer may see.

`visible()` narrows a SELECT to the viewer's own person, and to people who hold or held a post in the unit subtree and
line of one of the viewer's grants. A guard on the session refuses every SELECT that touches the people tables and was
marked neither by `visible()` nor, for work of the system itself, by `unscoped()`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVarTuple, cast

from sqlalchemy import (
    BindParameter,
    ClauseElement,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    event,
    false,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql.util import find_tables
from werkzeug.exceptions import Forbidden, NotFound

from lms.access import GrantValue, Viewer
from lms.chunks import chunks
from lms.db import BigInt, at_time, db, utc_now
from lms.people.models import Assignment, Person, PersonMerge, Role
from lms.text.dates import local_today
from lms.units.models import UnitPath, UnitScope

SEES_PEOPLE = ("manager", "organiser", "inspector", "administrator")
GUARDED = frozenset(
    [
        "person",
        "person_merge",
        "assignment",
        "identity_check",
        "roster_row",
        "account",
        "enrolment",
        "attempt",
        "achievement",
        "certificate",
    ]
)
RIGHTS_SCOPE = "all"
MARK = "lms_people"

Columns = TypeVarTuple("Columns")


class UnscopedPeople(RuntimeError):
    """A statement touches people and passed neither `visible()` nor `unscoped()`."""


def visible(viewer: Viewer, statement: Select[*Columns], *, of: Any = Person) -> Select[*Columns]:
    """`statement` narrowed to the rows of `of` (Person, or a class or alias with `person_id`) that may be seen."""
    return statement.where(_may_see(viewer, of)).execution_options(**{MARK: "visible"})


def own(statement: Select[*Columns], *, of: Any) -> Select[*Columns]:
    """`statement` narrowed to the rows of `of` that are the person's whose id is given as `me` when it is run.

    For what every page of a learner asks: built once, where `visible()` would be built anew for each viewer.
    """
    return statement.where(of.person_id == bindparam("me")).execution_options(**{MARK: "own"})


def read_columns(statement: Select[*Columns]) -> list[list[Any]]:
    """The values of each column of a statement that selects columns alone, for counting.

    Without the session's work of making objects, and without a row object that outlives its thousand: tens of
    thousands of them would set the collector going through everything there is. UnscopedPeople unless the statement
    passed one of the functions above.
    """
    _require_mark(statement)
    found = db.session.connection().execute(statement)
    columns: list[list[Any]] = [[] for _ in range(len(found.keys()))]
    for rows in found.partitions(1000):
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            column.extend(values)
    return columns


def read_rows(statement: Select[*Columns], asked: Mapping[str, Any]) -> Sequence[Row[*Columns]]:
    """The rows of a statement that selects columns alone, as `read_columns`: where milliseconds count."""
    _require_mark(statement)
    return db.session.connection().execute(statement, asked).all()


def _require_mark(statement: Select[*Columns]) -> None:
    """The session's own guard does not see what is asked of its connection."""
    if MARK not in statement.get_execution_options():
        raise UnscopedPeople("a SELECT of plain columns was marked by neither visible() nor unscoped()")


def unscoped(statement: Select[*Columns], why: str) -> Select[*Columns]:
    """`statement` as it is, for work of the system (judging, matching, counting); `why` is kept for the reader."""
    return statement.execution_options(**{MARK: why})


def one_person(person_id: int | BindParameter[int]) -> Select[int]:
    """A SELECT of the ids of the person and of everybody merged into it, over any number of steps: whose records,
    kept where they were made, are the person's own.
    """
    start = literal(person_id, BigInt) if isinstance(person_id, int) else person_id
    group = select(start.label("id")).cte("one_person", recursive=True, nesting=True)
    step = select(PersonMerge.person_id).where(PersonMerge.into_id == group.c.id, PersonMerge.undone_at.is_(None))
    return unscoped(select(group.union(step).c.id), "which persons are one: ids only")


def require_person(viewer: Viewer, person_id: int) -> Person:
    """The person, if the viewer may see them; otherwise 404, exactly as if there were no such person."""
    person = db.session.scalars(visible(viewer, select(Person).where(Person.id == person_id))).one_or_none()
    if person is None:
        raise NotFound
    return person


def could_see(viewer: Viewer, people: Collection[int], at: datetime, *, withdrawn: bool = False) -> bool:
    """Did the viewer's grants cover one of the people at the instant `at`, by the posts and the tree of then?

    For saying afterwards who may have seen somebody: `visible()` knows only what stands now. `withdrawn`: also by posts
    that had been withdrawn before, which a list "as known on" an earlier day still holds.
    """
    stood = true() if withdrawn else or_(Assignment.superseded_at.is_(None), Assignment.superseded_at > at)
    held = select(Assignment.person_id).where(Assignment.recorded_at <= at, stood, Assignment.person_id.in_(people))
    with at_time(at):
        areas = [and_(true(), *_post_conditions(grant, Assignment)) for grant in _grants(viewer)]
    known = select(Person.id).where(Person.id.in_(people), Person.recorded_at <= at)
    if not any(grant.unit_id is None and grant.line is None for grant in _grants(viewer)):
        known = known.where(Person.id.in_(held.where(or_(false(), *areas))))
    return db.session.scalar(unscoped(known.limit(1), "whether there is one: no person is shown")) is not None


def may_act_in(viewer: Viewer, unit_id: int, *capabilities: str, line: str | None = None) -> bool:
    """True if a grant for one of `capabilities` covers the unit (today's tree) and, where given, the line."""
    return bool(may_act_among(viewer, [unit_id], *capabilities, line=line))


def may_act_among(viewer: Viewer, unit_ids: Collection[int], *capabilities: str, line: str | None = None) -> set[int]:
    """Those of the units for which `may_act_in()` says so."""
    grants = [grant for grant in viewer.grants_for(*capabilities) if grant.line in (None, line)]
    if any(grant.unit_id is None for grant in grants):
        return set(unit_ids)
    nodes = {grant.unit_id for grant in grants}
    if not nodes:
        return set()
    covered = select(UnitPath.unit_id).where(UnitPath.node_id.in_(nodes), *_rights_today())
    asked = (covered.where(UnitPath.unit_id.in_(some)) for some in chunks(unit_ids))
    return {unit_id for query in asked for unit_id in db.session.scalars(query)}


def require_unit(viewer: Viewer, unit_id: int, *capabilities: str, line: str | None = None) -> None:
    """403 unless `may_act_in()`."""
    if not may_act_in(viewer, unit_id, *capabilities, line=line):
        raise Forbidden


def own_roots(viewer: Viewer, *capabilities: str) -> set[int] | None:
    """The units that the viewer's grants name; None means everywhere."""
    grants = viewer.grants_for(*capabilities)
    if any(grant.unit_id is None for grant in grants):
        return None
    return {grant.unit_id for grant in grants if grant.unit_id is not None}


def units_of(viewer: Viewer, *capabilities: str) -> Select[int] | None:
    """The ids of all units that lie in the viewer's grants on today's tree; None means everywhere."""
    roots = own_roots(viewer, *capabilities)
    if roots is None:
        return None
    return select(UnitPath.unit_id).where(UnitPath.node_id.in_(roots), *_rights_today())


def _may_see(viewer: Viewer, of: Any) -> ColumnElement[bool]:
    grants = list(_grants(viewer))
    if any(grant.unit_id is None and grant.line is None for grant in grants):
        return true()
    if of is not Assignment:
        return _among(of.id if of is Person else of.person_id, [*map(_held, grants), *_own_records(viewer)])
    posts = [and_(true(), *_post_conditions(grant, of)) for grant in grants]  # one elsewhere stays hidden
    return or_(false(), *posts, *(of.person_id.in_(own) for own in _own_records(viewer)))


def _among(person_id: Any, holders: list[Select[int]]) -> ColumnElement[bool]:
    """In any of these. As one list: of several, joined by OR, PostgreSQL walks through a long one for each person."""
    if not holders:
        return false()
    first, *others = holders
    among: ColumnElement[bool] = person_id.in_(first.union(*others) if others else first)
    return among


def _own_records(viewer: Viewer) -> list[Select[int]]:
    if viewer.person_id is None:
        return []
    group = one_person(viewer.person_id).subquery()
    return [select(group.c.id)]


def _grants(viewer: Viewer) -> Iterable[GrantValue]:
    return viewer.grants_for(*SEES_PEOPLE)


def _held(grant: GrantValue) -> Select[int]:
    """The holders of the posts that are seen through one grant."""
    return select(Assignment.person_id).where(Assignment.superseded_at.is_(None), *_post_conditions(grant, Assignment))


def _post_conditions(grant: GrantValue, post: Any) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if grant.unit_id is not None:
        under = select(UnitPath.unit_id).where(UnitPath.node_id == grant.unit_id, *_rights_today())
        conditions.append(post.unit_id.in_(under))
    if grant.line is not None:
        conditions.append(post.role_id.in_(select(Role.id).where(Role.line == grant.line)))
    return conditions


def _rights_today() -> list[ColumnElement[bool]]:
    today = local_today(utc_now())
    scope = select(UnitScope.id).where(UnitScope.code == RIGHTS_SCOPE).scalar_subquery()
    return [
        UnitPath.scope_id == scope,
        UnitPath.valid_from <= today,
        or_(UnitPath.valid_to.is_(None), UnitPath.valid_to > today),
    ]


@event.listens_for(Session, "do_orm_execute")
def _refuse_unmarked(state: ORMExecuteState) -> None:
    if not state.is_select or state.is_column_load or state.is_relationship_load or MARK in state.execution_options:
        return
    statement = cast(ClauseElement, state.statement)
    tables = find_tables(statement, check_columns=True, include_joins=True, include_selects=True)
    touched = {table.name for table in tables if getattr(table, "name", None) in GUARDED}
    if touched:
        raise UnscopedPeople(f"a SELECT on {', '.join(sorted(touched))} was marked by neither visible() nor unscoped()")
