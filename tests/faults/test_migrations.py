"""F12: `lms db upgrade` killed at any statement is simply run again: the same schema, the same data."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from lms.db import db
from lms.operate import schema
from tests.faults.client import URL, prepare
from tests.faults.migrating import Copies, emptied, holds, upgrade
from tests.faults.recount import sound
from tests.faults.seeding import seed
from tests.long import LONG

pytestmark = [pytest.mark.both, pytest.mark.timeout(4 * 3600 if LONG else 180)]
OLDER, LEARNERS = "0003", 3
POINTS = {"sqlite": None if LONG else 6, "postgresql": None if LONG else 2}
MOMENTS = 50 if LONG else 1


@pytest.fixture
def lived_in(app: Flask, database_url: str) -> str:
    """A database of some releases ago, with people, submissions and certificates in it."""
    rng = random.Random(1)
    for paper in seed(app, LEARNERS):
        headers = {"Cookie": paper.cookie, "X-LHP": "1", "Content-Type": "application/json"}
        sent = prepare(paper, rng)
        assert app.test_client(use_cookies=False).post(URL, data=sent.body, headers=headers).status_code == 200
    db.session.rollback()
    schema.downgrade(OLDER)
    emptied()
    return database_url


@pytest.fixture
def empty(app: Flask, database_url: str) -> str:
    schema.downgrade("base")
    emptied()
    return database_url


def test_a_database_with_data_in_it(lived_in: str, tmp_path: Path, engine: str) -> None:
    _kill_everywhere(lived_in, tmp_path, POINTS[engine])


def test_the_first_one(empty: str, tmp_path: Path, engine: str) -> None:
    _kill_everywhere(empty, tmp_path, POINTS[engine])


def _kill_everywhere(url: str, folder: Path, points: int | None) -> None:
    copies = Copies(url, folder)
    whole = copies.new()
    count = upgrade(whole, folder)
    assert count is not None
    expected = holds(whole)
    copies.drop(whole)
    for deadline in _points(count, points):
        copy = copies.new()
        assert upgrade(copy, folder, **deadline) is None or "die_after" in deadline  # type: ignore[arg-type]
        assert upgrade(copy, folder) is not None, deadline
        found = holds(copy)
        differs = {name: set(found[name]) ^ set(expected[name]) for name in expected if found[name] != expected[name]}
        assert (differs, found.keys()) == ({}, expected.keys()), deadline
        assert list(sound(copy)) == []
        copies.drop(copy)


def _points(count: int, points: int | None) -> Iterator[dict[str, float]]:
    """`points` statements, the last among them (None: every one), and moments. The same few each time."""
    rng = random.Random(count)
    every = range(1, count + 1)
    for place in every if points is None else [*rng.sample(every, points - 1), count]:
        yield {"die_before": place}
    for _ in range(MOMENTS):
        yield {"die_after": rng.uniform(0.05, 1.5)}
