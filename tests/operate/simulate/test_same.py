"""The same seed and last day give the same country, and its provinces are the same in a small and a large one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from lms import create_app
from lms.access import SYSTEM
from lms.coverage.answers import Row, answer, question
from lms.db import db
from lms.operate.simulate.building import build
from lms.operate.simulate.places import country
from lms.operate.simulate.wanted import Wanted, shares, wards_for
from lms.people.models import Assignment
from lms.people.scope import unscoped
from tests.databases import new_sqlite, settings_for

UNTIL = date(2026, 11, 24)


def wanted(posts: int, provinces: int, seed: int) -> Wanted:
    return Wanted(posts=posts, provinces=provinces, seed=seed, until=UNTIL)


def figures(folder: Path, seed: int) -> tuple[tuple[Row, ...], list[tuple[object, ...]]]:
    """The cells of a small country in a database of its own, and all its posts."""
    folder.mkdir()
    with create_app(settings_for(new_sqlite(folder), folder)).app_context():
        build(wanted(120, 2, seed), lambda _: None)
        posts = select(Assignment.person_id, Assignment.unit_id, Assignment.first_day).order_by(Assignment.id)
        rows = [tuple(row) for row in db.session.execute(unscoped(posts, "what was invented"))]
        found = answer(SYSTEM, question(on=UNTIL, scope="mo-phong-1")).rows
        db.session.rollback()
        db.engine.dispose()
        return found, rows


def test_the_same_seed_and_day_give_the_same_figures(tmp_path: Path) -> None:
    one, again, other = (figures(tmp_path / name, seed) for name, seed in (("a", 7), ("b", 7), ("c", 8)))
    assert one == again != other


def test_a_province_is_the_same_in_a_small_country_and_in_a_large_one() -> None:
    assert country(wanted(4_000, 1, 3))[0] == country(wanted(100_000, 34, 3))[0]


@pytest.mark.parametrize("whole", [1, 100, 40_000, 1_000_000])
def test_shares_add_up_and_fall(whole: int) -> None:
    found = shares(whole, 34)
    assert sum(found) == whole and len(found) == 34 and min(found) >= 0
    assert sum(found[:17]) >= sum(found[17:])


def test_the_full_size_is_the_size_of_the_country() -> None:
    assert shares(1_000_000, 34)[0] == 40_000
    assert sum(map(wards_for, shares(1_000_000, 34))) == pytest.approx(3_321, abs=5)
