"""The questions that must stay quick go by indexes on both engines: no walk through everybody for one ward."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, event, select
from sqlalchemy.engine import Connection

from lms.access import SYSTEM, GrantValue, Viewer
from lms.coverage import facts as facts_room
from lms.coverage import people, places
from lms.coverage import trend as trend_room
from lms.coverage.answers import answer, question
from lms.coverage.counted import count_at_once
from lms.coverage.facts import facts
from lms.coverage.rules import month_ends
from lms.coverage.trend import trend
from lms.db import db
from lms.operate.simulate.building import build
from lms.operate.simulate.wanted import Wanted
from lms.people.register_list import Filter, page_of
from lms.people.scope import read_columns
from lms.units.models import Unit

pytestmark = pytest.mark.both
UNTIL = date(2026, 11, 24)
PROVINCE, COUNTRY = "mo-phong-1-01", "mo-phong-1"
BIG = ("assignment", "achievement", "person", "person_merge", "unit_path", "enrolment", "lesson_progress", "attempt")


@pytest.fixture
def land(app: Flask) -> Flask:
    """Two provinces, enough for a planner to care."""
    build(Wanted(posts=6_000, provinces=4, seed=1, until=UNTIL), lambda _: None)
    return app


def manager(key: str = "mo-phong-1/01/1") -> Viewer:
    unit = db.session.scalars(select(Unit.id).where(Unit.key == key)).one()
    return Viewer(account_id=1, grants=(GrantValue("manager", unit),))


def plans_of(work: Callable[[], object]) -> str:
    """The plans of every statement that `work` sends, as the database explains them."""
    with noted() as statements:
        work()
    return "\n".join(plan(*statement) for statement in statements)


@contextmanager
def noted() -> Iterator[list[tuple[str, object]]]:
    found: list[tuple[str, object]] = []

    def note(_: Connection, __: object, statement: str, parameters: object, *rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            found.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def plan(statement: str, parameters: object) -> str:
    """PostgreSQL is told not to walk through a table where it can help it: this country is so small that it would."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)  # type: ignore[arg-type]
    return "\n".join(str(row[-1]) for row in rows)


def scanned(plans: str) -> set[str]:
    """The big tables that are read from end to end: the table itself, or an index of it without a condition."""
    found = re.findall(r"^SCAN (\w+)", plans, re.MULTILINE)
    lines = plans.splitlines()
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        walk = re.search(r"(?:Seq Scan|Index Scan|Index Only Scan)(?: Backward)?(?: using \w+)? on (\w+)", line)
        if walk and "Index Cond" not in below:
            found.append(walk[1])
    return {re.sub(r"_\d+$", "", name) for name in found} & set(BIG)


def test_one_ward_is_found_by_index_whatever_the_scope(land: Flask) -> None:
    for scope in (PROVINCE, COUNTRY):
        plans = plans_of(lambda scope=scope: answer(manager(), question(on=UNTIL, scope=scope)))
        assert scanned(plans) == set(), plans
        for index in ("ix_assignment_unit", "ix_achievement_person", "ix_unit_path_node", "ix_unit_path_unit"):
            assert index in plans, plans


def test_whose_quiz_is_still_to_do_is_asked_of_the_missing_alone(land: Flask) -> None:
    asked = question(on=UNTIL, scope=COUNTRY)
    found = facts(manager(), asked)
    plans = plans_of(lambda: people.people_of(found, asked, people.Wanted(state="untested")))
    assert scanned(plans) == set(), plans
    assert "lesson_progress" in plans and "person_merge" in plans, plans


def test_the_whole_page_of_a_ward_is_found_by_index_in_a_country(land: Flask) -> None:
    plans = plans_of(lambda: count_at_once(manager(), question(on=UNTIL, scope=COUNTRY)))
    assert scanned(plans) <= {"person_merge"}, plans


@pytest.mark.parametrize("chunk", [1, 1000])
def test_a_province_in_a_country_reads_no_more_rows_than_alone(
    land: Flask, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    """However many units it has: whether they are listed, or asked for by what stands in it."""
    monkeypatch.setattr(places, "CHUNK", chunk)
    read: dict[str, list[int]] = {}

    def columns(statement: Select[Any]) -> list[list[Any]]:
        found = read_columns(statement)
        read[scope].append(len(found[0]))
        return found

    monkeypatch.setattr(facts_room, "read_columns", columns)
    monkeypatch.setattr(trend_room, "read_columns", columns)
    for scope in (PROVINCE, COUNTRY):
        read[scope] = []
        count_at_once(manager("mo-phong-1/01"), question(on=UNTIL, scope=scope))
    assert read[COUNTRY] == read[PROVINCE] != []


def test_the_trend_of_one_ward_too(land: Flask) -> None:
    plans = plans_of(lambda: trend(manager(), question(on=UNTIL, scope=COUNTRY), month_ends(UNTIL, 36)))
    assert scanned(plans) == set(), plans
    assert "ix_assignment_unit" in plans and "ix_achievement_person" in plans, plans


def test_a_province_reads_posts_and_training_from_indexes_alone(land: Flask, engine: str) -> None:
    plans = plans_of(lambda: answer(SYSTEM, question(on=UNTIL, scope=PROVINCE)))
    assert "achievement" not in scanned(plans), plans
    if engine == "sqlite":
        for index in ("ix_assignment_unit", "ix_achievement_person"):
            assert f"USING COVERING INDEX {index}" in plans, plans
    else:
        assert re.search("Index Only Scan.* using ix_achievement_person", plans), plans


def test_the_register_of_a_ward_is_found_by_index(land: Flask) -> None:
    plans = plans_of(lambda: page_of(manager(), Filter(text="nguyen"), UNTIL))
    assert not re.search(r"(SCAN|Seq Scan on) person\b", plans), plans
    assert "assignment" not in scanned(plans), plans


@pytest.mark.parametrize("state", ["working", "left", "no_phone"])
def test_who_holds_a_post_is_joined_not_looked_up_in_a_list_for_each_person(
    land: Flask, engine: str, state: str
) -> None:
    """PostgreSQL walks through a list that does not fit its memory, for each person: of a country that took hours."""
    who = manager("mo-phong-1/01")
    plans = plans_of(lambda: page_of(who, Filter(state=state), UNTIL).total)
    if engine == "sqlite":
        assert not {"person", "assignment"} & scanned(plans), plans
        return
    counting = plans.split("Aggregate")[1].partition("Sort Key: ((person.sort_key)")[0]
    assert len(re.findall(r"hashed SubPlan|SubPlan \d+\)", counting)) <= 1, plans


def test_a_scan_would_be_seen(land: Flask, engine: str) -> None:
    """The test above can fail: reading everybody is told as such."""
    plans = plan("SELECT count(*) FROM person WHERE note = 'x'", () if engine == "sqlite" else {})
    assert scanned(plans) == {"person"}, plans
