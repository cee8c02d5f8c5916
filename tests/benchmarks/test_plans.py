"""The questions that must stay quick go by indexes on both engines: no walk through everybody for one ward."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.engine import Connection

from lms.access import SYSTEM, GrantValue, Viewer
from lms.coverage import people
from lms.coverage.answers import answer, question
from lms.coverage.facts import facts
from lms.coverage.rules import month_ends
from lms.coverage.trend import trend
from lms.db import db
from lms.operate.simulate.building import build
from lms.operate.simulate.wanted import Wanted
from lms.people.register_list import Filter, page_of
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


def manager() -> Viewer:
    ward = db.session.scalars(select(Unit.id).where(Unit.key == "mo-phong-1/01/1")).one()
    return Viewer(account_id=1, grants=(GrantValue("manager", ward),))


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


def test_a_scan_would_be_seen(land: Flask, engine: str) -> None:
    """The test above can fail: reading everybody is told as such."""
    plans = plan("SELECT count(*) FROM person WHERE note = 'x'", () if engine == "sqlite" else {})
    assert scanned(plans) == {"person"}, plans
