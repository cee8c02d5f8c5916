"""`lms simulate`: a country that the rest of the product takes for real, and that never comes among people."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from lms.access import SYSTEM
from lms.audit.models import AuditEntry
from lms.certificates.models import Achievement, Certificate, CertificateBook
from lms.coverage.answers import answer, question
from lms.coverage.checking import differences
from lms.coverage.facts import facts
from lms.coverage.slow import Slow
from lms.db import db
from lms.people.models import Assignment, Person
from lms.people.scope import unscoped
from lms.quizzes.models import Attempt
from lms.units.models import Unit, UnitScope
from tests.factories import Make

pytestmark = pytest.mark.both
UNTIL = date(2026, 11, 24)
MERGED = date(2025, 7, 1)


def simulate(app: Flask, *options: str, posts: int = 400) -> Result:
    options = ("--posts", str(posts), "--until", UNTIL.isoformat(), "--json", *options)
    return app.test_cli_runner().invoke(args=["simulate", *options])


def loaded(app: Flask, *options: str, posts: int = 400) -> dict[str, int]:
    done = simulate(app, *options, posts=posts)
    assert done.exit_code == 0, done.stderr
    db.session.rollback()
    rows: dict[str, int] = json.loads(done.stdout)["rows"]
    return rows


def everything(query: object) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.session.execute(unscoped(query, "what was invented"))]  # type: ignore[arg-type]


def test_the_figure_agrees_with_the_slow_reference(app: Flask) -> None:
    loaded(app, "--provinces", "2")
    slow = Slow()
    for on, tree_on in ((UNTIL, UNTIL), (UNTIL - timedelta(days=300), UNTIL), (date(2025, 3, 1), date(2025, 3, 1))):
        for scope in ("mo-phong-1", "mo-phong-1-02"):
            assert list(differences(slow, question(on=on, tree_on=tree_on, scope=scope))) == []
    known = question(on=UNTIL, scope="mo-phong-1", known_on=UNTIL - timedelta(days=200))
    assert list(differences(slow, known)) == []


def test_as_many_posts_run_on_the_last_day_as_were_asked_for(app: Flask) -> None:
    loaded(app, "--provinces", "3", posts=301)
    found = facts(SYSTEM, question(on=UNTIL, scope="mo-phong-1"))
    assert len(found) == 301
    assert 0 < len(set(found.person_id)) < 301, "some hold two posts"
    shown = answer(SYSTEM, question(on=UNTIL, scope="mo-phong-1")).total
    assert 0 < shown.valid < shown.ever < shown.counted


def test_three_years_leave_ends_corrections_transfers_and_expiries(app: Flask) -> None:
    rows = loaded(app, "--provinces", "1", posts=600)
    posts = list(db.session.scalars(unscoped(select(Assignment), "what was invented")))
    assert len(posts) == rows["assignment"]
    by_id = {post.id: post for post in posts}
    superseded = [post for post in posts if post.superseded_at]
    assert superseded and all(post.superseded_by_id in by_id for post in superseded)
    assert any(by_id[post.superseded_by_id].first_day != post.first_day for post in superseded), "corrected"
    ended = [post for post in posts if post.last_day]
    assert ended and all(post.superseded_at is None for post in ended)
    running = {post.person_id for post in posts if post.last_day is None and post.superseded_at is None}
    assert any(post.person_id in running for post in ended), "transferred"
    days = everything(select(func.min(Achievement.completed_on), func.max(Achievement.completed_on)))
    assert days[0][0] < UNTIL - timedelta(days=730) and days[0][1] < UNTIL
    kinds = Counter(kind for (kind,) in everything(select(Achievement.kind)))
    assert set(kinds) == {"online", "class", "outside"}


def test_nothing_was_written_down_after_the_last_day(app: Flask) -> None:
    loaded(app, "--provinces", "1")
    for column in (Assignment.recorded_at, Assignment.superseded_at, Achievement.recorded_at, Person.recorded_at):
        assert everything(select(func.max(column)))[0][0].date() < UNTIL


def test_posts_from_before_the_merger_stand_in_the_units_of_then(app: Flask) -> None:
    loaded(app, "--provinces", "1")
    query = select(Assignment.first_day, Unit.key).join(Unit, Unit.id == Assignment.unit_id)
    for first_day, key in everything(query):
        assert not (first_day >= MERGED and "cu" in str(key).rsplit("/", 1)[-1])
    assert any("cu" in str(key) for _, key in everything(query))


def test_units_are_marked_as_invented_and_stand_beside_those_that_ship(app: Flask) -> None:
    shipped = set(db.session.scalars(select(Unit.key)))
    loaded(app, "--provinces", "2")
    units = dict(db.session.execute(select(Unit.key, Unit.invented)).all())
    assert shipped <= set(units)
    assert all(invented for key, invented in units.items() if key not in shipped)
    assert set(db.session.scalars(select(UnitScope.code))) > {"current-wards", "mo-phong-1", "mo-phong-1-01"}


def test_attempts_and_certificates_are_as_many_as_asked_for(app: Flask) -> None:
    rows = loaded(app, "--provinces", "1", "--attempts", "700", "--certificates", "30")
    assert (rows["attempt"], rows["certificate"]) == (700, 30)
    attempts = list(db.session.scalars(unscoped(select(Attempt), "what was invented")))
    assert {bool(attempt.passed) for attempt in attempts} == {True, False}
    assert all(attempt.closed_at and len(attempt.items) == attempt.points_max for attempt in attempts)
    book = {row.year: row.last for row in db.session.scalars(select(CertificateBook))}
    serials = everything(
        select(Certificate.serial_year, func.max(Certificate.serial_no)).group_by(Certificate.serial_year)
    )
    assert book == dict(serials)


def test_what_comes_after_gets_numbers_of_its_own(app: Flask, make: Make) -> None:
    loaded(app, "--provinces", "1", posts=50)
    person = make.person("Lê Thị Ân")
    make.assignment(person, "CTV_DS", "vl/nguyet-hoa", date(2026, 1, 1))
    make.achievement(person, date(2026, 2, 1))


def test_a_second_country_stands_beside_the_first(app: Flask) -> None:
    loaded(app, "--provinces", "1", posts=50)
    before = answer(SYSTEM, question(on=UNTIL, scope="mo-phong-1")).total
    done = simulate(app, "--provinces", "1", posts=50)
    assert json.loads(done.stdout)["scope"] == "mo-phong-2"
    db.session.rollback()
    assert answer(SYSTEM, question(on=UNTIL, scope="mo-phong-1")).total == before


def test_the_load_is_recorded_once(app: Flask) -> None:
    loaded(app, "--provinces", "1", posts=50)
    actions = Counter(db.session.scalars(select(AuditEntry.action)))
    assert actions == {"simulate.loaded": 1}


def test_not_among_people(app: Flask, make: Make) -> None:
    make.person("Lê Thị Ân")
    refused = simulate(app)
    assert refused.exit_code == 1
    assert "did not invent" in refused.stderr
    assert list(db.session.scalars(select(Unit.key).where(Unit.key.like("mo-phong%")))) == []


def test_not_in_production(app: Flask) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"environment": "production"})
    refused = simulate(app)
    assert refused.exit_code == 1
    assert "production" in refused.stderr


def test_a_load_that_fails_leaves_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lms.operate.simulate.building.Load.close", cut)
    simulate(app, "--provinces", "1", posts=50)
    db.session.rollback()
    assert everything(select(func.count()).select_from(Person)) == [(0,)]
    assert list(db.session.scalars(select(Unit.key).where(Unit.key.like("mo-phong%")))) == []
