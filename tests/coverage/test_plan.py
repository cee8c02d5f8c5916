"""The hot query goes by indexes on both engines, and never reads all achievements."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import event, insert, text
from sqlalchemy.dialects import postgresql, sqlite

from lms.access import SYSTEM
from lms.certificates.models import Achievement
from lms.coverage.answers import question
from lms.coverage.facts import _posts, facts
from lms.coverage.places import counted_units
from lms.db import db
from lms.people.models import Assignment, Person
from tests.factories import Make

pytestmark = pytest.mark.both
PEOPLE = 3000
THEN = datetime(2025, 1, 1, tzinfo=UTC)


def fill(make: Make) -> None:
    """Enough for a planner to care: every ten thousandth of a country."""
    role, unit = make.role_id("CTV_DS"), make.unit_id("vl/nguyet-hoa")
    ids = range(10_000, 10_000 + PEOPLE)
    with db.write() as session:
        named = [
            {"id": n, "full_name": f"Mẫu {n}", "sort_key": f"{n}", "search_key": "mau", "row_key": f"P{n}"} for n in ids
        ]
        session.execute(insert(Person), named)
        posts = [{"person_id": n, "role_id": role, "unit_id": unit, "first_day": date(2025, 1, 1)} for n in ids]
        session.execute(insert(Assignment), [post | {"recorded_at": THEN} for post in posts])
        session.execute(
            insert(Achievement),
            [
                {
                    "person_id": n,
                    "kind": "online",
                    "course_code": "k1",
                    "title": "K",
                    "tiet": 8,
                    "completed_on": date(2025, month, 1),
                    "source": f"p{n}-{month}",
                    "recorded_by": "test",
                    "recorded_at": THEN,
                }
                for n in ids
                for month in (1, 2, 3)
            ],
        )
        session.execute(text("ANALYZE"))


def test_achievements_are_looked_up_by_person(app: Flask, make: Make, engine: str) -> None:
    fill(make)
    dialect = sqlite.dialect() if engine == "sqlite" else postgresql.dialect()
    asked = question(on=date(2025, 6, 1))
    query = _posts(SYSTEM, asked, counted_units(None, asked.scope, asked.tree_on))
    sql = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN " if engine == "sqlite" else "EXPLAIN "
    plan = "\n".join(str(row[-1]) for row in db.session.execute(text(explain + sql)))
    assert "ix_achievement_person" in plan, plan
    if engine == "sqlite":
        for index in ("ix_assignment_unit", "ix_achievement_person"):
            assert f"USING COVERING INDEX {index}" in plan, plan
    for scan in ("SCAN achievement", "Seq Scan on achievement"):
        assert scan not in plan, plan


def test_a_figure_is_three_reads_however_many_people(app: Flask, make: Make) -> None:
    fill(make)
    asked, statements = question(on=date(2025, 6, 1), tree_on=date(2026, 1, 1)), []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        found = facts(SYSTEM, asked)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert (len(found), len(statements)) == (PEOPLE, 3), statements


def test_postgresql_compiles_no_plans(app: Flask, engine: str) -> None:
    if engine == "postgresql":
        assert db.session.execute(text("SHOW jit")).scalar() == "off"
