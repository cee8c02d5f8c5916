"""What an edition fixed of its quiz, as it is read from the database. On both databases."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from lms.db import db
from lms.quizzes.fixed import fixed_quiz
from lms.quizzes.models import Quiz
from tests.editions import ITEMS
from tests.factories import Make

pytestmark = pytest.mark.both


def test_what_the_lessons_ask_is_practised_and_nothing_else(app: Flask, make: Make) -> None:
    """The two lessons of the sample ask two items each (tests/editions.py)."""
    edition_id = make.edition()
    quiz_id = db.session.scalars(select(Quiz.id).where(Quiz.edition_id == edition_id)).one()
    items = [item for pool in fixed_quiz(quiz_id).pools.values() for item in pool.values()]
    assert sorted(item.id for item in items if item.practised) == [body["id"] for body in ITEMS[:4]]
    assert len(items) > 4
