"""Random registers on random countries: posts that move, late corrections, merged people, papers of every kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from lms.certificates.models import Achievement
from lms.coverage.models import Plan, PlanRole, RequirementSet
from lms.db import db
from lms.people.models import Assignment, Person, PersonMerge, Role
from lms.units.models import Unit, UnitLineage, UnitScope, UnitScopeRoot, UnitVersion
from lms.units.operations import rebuild_paths
from lms.units.rules import Scope
from tests.units.histories import scopes, worlds
from tests.units.slow import World

START = date(2019, 12, 20)
SPAN = 90
PLAN = "random"
COUNTED, OTHER = ("CTV_DS", "HGV", "TTV"), "GV"
PEOPLE = 6

DAYS = st.integers(0, SPAN).map(lambda days: START + timedelta(days=days))
INSTANTS = DAYS.map(lambda day: datetime(day.year, day.month, day.day, 5, tzinfo=UTC))
EARLY = st.one_of(st.just(datetime(2019, 12, 20, 5, tzinfo=UTC)), INSTANTS)
LATER = st.one_of(st.none(), st.none(), INSTANTS)
"""Mostly never: a register in which most is withdrawn has nobody to count."""
PERSON = st.integers(0, PEOPLE - 1)


@dataclass(frozen=True)
class History:
    world: World
    scopes: list[Scope]
    sexes: list[str | None]
    posts: list[dict[str, Any]]
    records: list[dict[str, Any]]
    merges: list[dict[str, Any]]


@st.composite
def histories(draw: st.DrawFn) -> History:
    world = draw(worlds())
    post = st.fixed_dictionaries(
        {
            "person": PERSON,
            "role": st.sampled_from((*COUNTED, OTHER)),
            "unit": st.sampled_from(world.units()),
            "first_day": DAYS,
            "last_day": st.one_of(st.none(), st.none(), DAYS),
            "recorded_at": EARLY,
            "superseded_at": LATER,
        }
    )
    record = st.fixed_dictionaries(
        {
            "person": PERSON,
            "kind": st.sampled_from(("online", "class", "outside")),
            "course_code": st.sampled_from(("k1", "x9")),
            "tiet": st.sampled_from((4, 8)),
            "completed_on": DAYS,
            "recorded_at": EARLY,
            "superseded_at": LATER,
            "verified_at": LATER,
            "revoked_at": LATER,
        }
    )
    merge = st.fixed_dictionaries(
        {"person": st.integers(1, PEOPLE - 1), "into": PERSON, "recorded_at": EARLY, "undone_at": LATER}
    )
    return History(
        world,
        draw(scopes(world)),
        draw(st.lists(st.sampled_from(("nu", "nam", None)), min_size=PEOPLE, max_size=PEOPLE)),
        draw(st.lists(post, min_size=8, max_size=18).map(_possible_posts)),
        draw(st.lists(record, min_size=6, max_size=14)),
        draw(st.lists(merge, min_size=1, max_size=3, unique_by=lambda one: one["person"]).map(_down)),
    )


def _possible_posts(posts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Days in order, and one running post for a person, role and unit."""
    kept, running = [], set()
    for post in posts:
        if post["last_day"] and post["last_day"] < post["first_day"]:
            post = post | {"first_day": post["last_day"], "last_day": post["first_day"]}
        key = (post["person"], post["role"], post["unit"])
        if post["last_day"] is None and post["superseded_at"] is None:
            if key in running:
                continue
            running.add(key)
        kept.append(post)
    return kept


def _down(merges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Into a person of a lower number: never in a circle."""
    return [merge | {"into": merge["into"] % merge["person"]} for merge in merges]


def store(history: History) -> None:
    """Into the database, inside a write that the caller rolls back."""
    units = _store_units(history)
    _store_plan()
    people = [_add(Person(**_named(number), sex=sex)).id for number, sex in enumerate(history.sexes)]
    roles = {role.code: role.id for role in db.session.scalars(select(Role))}
    for post in history.posts:
        fields = {name: post[name] for name in ("first_day", "last_day", "recorded_at", "superseded_at")}
        where = {"role_id": roles[post["role"]], "unit_id": units[post["unit"]]}
        db.session.add(Assignment(person_id=people[post["person"]], **where, **fields))
    for number, record in enumerate(history.records):
        fields = {name: value for name, value in record.items() if name != "person"}
        why = "thử" if record["revoked_at"] else None
        told = {"title": "Khóa mẫu", "source": f"random:{number}", "recorded_by": "test", "revoked_reason": why}
        db.session.add(Achievement(person_id=people[record["person"]], **told, **fields))
    for merge in history.merges:
        when = {"recorded_at": merge["recorded_at"], "undone_at": merge["undone_at"]}
        db.session.add(PersonMerge(person_id=people[merge["person"]], into_id=people[merge["into"]], **when))
    db.session.flush()


def _store_units(history: History) -> dict[str, int]:
    units = {key: _add(Unit(key=f"random/{key}", invented=True)).id for key in history.world.units()}
    for version in history.world.versions:
        db.session.add(
            UnitVersion(
                unit_id=units[version.unit],
                name=version.unit,
                name_key=version.unit,
                kind=version.kind,
                parent_id=units[version.parent] if version.parent else None,
                valid_from=version.begin,
                valid_to=version.end,
            )
        )
    for link in {(link.origin, link.heir, link.on) for link in history.world.links}:
        origin, heir, on = link
        db.session.add(UnitLineage(from_unit_id=units[origin], to_unit_id=units[heir], on_date=on, kind="merge"))
    for scope in history.scopes:
        stored = _add(UnitScope(code=f"random-{scope.code}", name=scope.code, follows=scope.follows, position=90))
        for root in scope.roots:
            db.session.add(UnitScopeRoot(scope_id=stored.id, unit_id=units[root]))
    db.session.flush()
    rebuild_paths()
    return units


def _store_plan() -> None:
    plan = Plan(
        code=PLAN,
        name="Kế hoạch mẫu",
        legal_basis="mẫu",
        starts_on=START + timedelta(days=15),
        scope_code="random-all",
        target_percent=90,
    )
    _add(plan)
    db.session.add(RequirementSet(plan_id=plan.id, version=1, validity_months=1, min_tiet=8, courses=["k1"]))
    for role_id in db.session.scalars(select(Role.id).where(Role.code.in_(COUNTED))):
        db.session.add(PlanRole(plan_id=plan.id, role_id=role_id))


def _named(number: int) -> dict[str, str]:
    name = f"Người Mẫu {number}"
    return {"full_name": name, "sort_key": name, "search_key": name, "row_key": f"R{number}"}


def _add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row
