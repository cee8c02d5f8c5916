"""Large scopes: counted province by province by a job, with the same outcome as at once."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import combinations

import pytest
from flask import Flask
from sqlalchemy import select

from lms.access import SYSTEM, GrantValue, Viewer
from lms.coverage.answers import DIMENSIONS, Answer, Row, answer, as_json, question
from lms.coverage.counted import Counted, count_at_once, count_by_province, count_divisions, nothing_to_tell
from lms.coverage.facts import Question, facts, facts_of_people_at
from lms.coverage.keeping import as_plain, from_plain
from lms.coverage.overview import overview
from lms.coverage.people import Wanted, people_of
from lms.db import db
from lms.operate.simulate import wanted as simulated
from lms.operate.simulate.building import build
from lms.people.models import Assignment, PersonMerge
from lms.people.scope import unscoped
from lms.units.models import Unit
from tests.factories import Make

pytestmark = pytest.mark.both
UNTIL = date(2026, 11, 24)
COUNTRY = "mo-phong-1"
BYS = [by for many in range(len(DIMENSIONS) + 1) for by in combinations(DIMENSIONS, many)]


@pytest.fixture
def country(app: Flask, make: Make) -> Question:
    """Three provinces; some people hold posts in two of them, some were entered twice and are one."""
    build(simulated.Wanted(posts=900, provinces=3, seed=1, until=UNTIL), lambda _: None)
    here, there = _people_of("mo-phong-1/01"), _people_of("mo-phong-1/02")
    for person in here[:20]:
        make.assignment(person, "HGV", "mo-phong-1/02/1", UNTIL - timedelta(days=10))
    for person in here[:4]:
        make.assignment(person, "CTV_DS", "mo-phong-1/03", UNTIL - timedelta(days=400))
    with db.write() as session:
        for one, other in zip(here[30:50], there[:20], strict=True):
            session.add(PersonMerge(person_id=one, into_id=other))
    return question(on=UNTIL, scope=COUNTRY)


def _people_of(key: str) -> list[int]:
    units = select(Unit.id).where(Unit.key.startswith(key))
    query = select(Assignment.person_id).where(Assignment.unit_id.in_(units)).distinct().order_by(Assignment.person_id)
    return list(db.session.scalars(unscoped(query, "test")))


def viewers(make: Make) -> list[Viewer]:
    two = tuple(GrantValue("manager", make.unit_id(f"mo-phong-1/0{number}")) for number in (1, 3))
    return [
        SYSTEM,
        Viewer(account_id=1, grants=two),
        Viewer(account_id=2, grants=(GrantValue("inspector", None, "family"),)),
    ]


def through_storage(found: Counted) -> Counted:
    return from_plain(found.question, json.loads(json.dumps(as_plain(found))))


def told(question: Question, found: Counted, by: tuple[str, ...]) -> object:
    """The answer as programs get it."""
    rows = tuple(Row(at, cell) for at, cell in found.divisions[by].items())
    return as_json(Answer(question, "valid", by, rows, found.total))


def test_every_division_is_the_same_province_by_province(country: Question, make: Make) -> None:
    for viewer in viewers(make):
        kept = through_storage(count_divisions(viewer, country, BYS, nothing_to_tell))
        for by in BYS:
            assert told(country, kept, by) == as_json(answer(viewer, country, by=by)), by


def test_the_people_who_count_twice_are_there(country: Question) -> None:
    """Otherwise the comparison would assert nothing."""
    found = facts(SYSTEM, country)
    assert len(found) - len(set(found.person_id)) >= 30
    parts = count_by_province(SYSTEM, country, nothing_to_tell).divisions[("province",)]
    assert sum(cell.counted for cell in parts.values()) > count_at_once(SYSTEM, country).total.counted


def test_the_page_is_the_same_province_by_province(country: Question, make: Make) -> None:
    ward = make.unit_id("mo-phong-1/02/1")
    for viewer in viewers(make):
        at_once = count_at_once(viewer, country)
        kept = through_storage(count_by_province(viewer, country, nothing_to_tell))
        assert (kept.total, kept.beside) == (at_once.total, at_once.beside)
        for by, cells in at_once.divisions.items():
            assert kept.divisions[by] == cells
        for basis in ("valid", "ever"):
            assert overview(kept, basis, ward).trend == overview(at_once, basis, ward).trend


def test_the_people_of_a_ward_are_the_same_from_their_own_facts(country: Question, make: Make) -> None:
    """In every state, and each with all they hold in the scope."""
    for viewer in viewers(make):
        everything = facts(viewer, country)
        nodes = {("unit", make.unit_id("mo-phong-1/02/1"))} | {("hamlet", at) for at in everything.hamlet_id[:3] if at}
        for by, node in nodes:
            own = facts_of_people_at(viewer, country, node)
            for state in ("counted", "trained", "missing", "new", "expiring"):
                wanted = Wanted(((by, node),), state)
                assert people_of(own, country, wanted) == people_of(everything, country, wanted)
            here = people_of(everything, country, Wanted(((by, node),)))
            assert sorted(own, key=str) == sorted((one for one in everything if one.person_id in here), key=str)
