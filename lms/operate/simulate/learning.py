"""Enrolments and closed attempts at the quiz behind the online passes: failures first, then the one that passed.

Attempts are rows alone: no steps and no item results, which would be twenty times as many.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from lms.authoring.operations import import_folder, read_folder
from lms.courses.models import Course, Edition
from lms.db import at_time, db
from lms.operate.simulate.bulk import Row
from lms.operate.simulate.days import HOUR, Days
from lms.operate.simulate.training import COURSE, Training
from lms.operate.simulate.wanted import Wanted
from lms.quizzes.fixed import fixed_quiz
from lms.quizzes.models import Quiz
from lms.quizzes.rules import draw

ENROLMENT = ("id", "person_id", "edition_id", "started_on", "completed_on", "recorded_at")
ATTEMPT = (
    *("id", "ticket", "person_id", "enrolment_id", "quiz_id", "number", "allowed", "items"),
    *("started_at", "closed_at", "points", "points_max", "passed"),
)
FOLDER = "k1-kien-thuc-chung"
DRAWS = 200
HALF_AN_HOUR = timedelta(minutes=30)


@dataclass(frozen=True)
class Paper:
    """The quiz as learners got it: prepared draws of items, one of which each attempt pins."""

    quiz_id: int
    edition_id: int
    allowed: int | None
    draws: tuple[list[dict[str, Any]], ...]


@dataclass
class Learning:
    """`enrolments` and `attempts` are rows in the columns ENROLMENT and ATTEMPT."""

    rng: Random
    days: Days
    paper: Paper
    enrolment_ids: Iterator[int]
    attempt_ids: Iterator[int]
    enrolments: list[Row] = field(default_factory=list)
    attempts: list[Row] = field(default_factory=list)

    def learn(self, person: int, passes: list[tuple[int, int]]) -> None:
        """`passes`: (day, failures before it), rising."""
        enrolment = next(self.enrolment_ids)
        first, last = self.days.day(passes[0][0]), self.days.day(passes[-1][0])
        begun = self.days.moment(passes[0][0])
        self.enrolments.append((enrolment, person, self.paper.edition_id, first, last, begun))
        number = 0
        for day, failures in passes:
            for back in range(failures, -1, -1):
                number += 1
                self._attempt(person, enrolment, number, self.days.moment(day) - back * HALF_AN_HOUR, back == 0)

    def _attempt(self, person: int, enrolment: int, number: int, closed: datetime, passed: bool) -> None:
        ticket = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        items = self.rng.choice(self.paper.draws)
        right = self.rng.uniform(0.8, 1) if passed else self.rng.uniform(0.25, 0.75)
        self.attempts.append(
            (next(self.attempt_ids), ticket, person, enrolment, self.paper.quiz_id, number, self.paper.allowed)
            + (
                items,
                closed - HALF_AN_HOUR / 2,
                closed,
                Decimal(round(right * len(items))),
                Decimal(len(items)),
                passed,
            )
        )


def learn_all(learning: Learning, training: Training, attempts: int) -> None:
    """`attempts` in all over the online passes: one passes each, the others fail before them, spread evenly."""
    many = sum(map(len, training.online.values()))
    failures, extra = divmod(max(attempts - many, 0), many or 1)
    order = count()
    for person, passes in training.online.items():
        numbered = [(next(order), day) for day, _ in passes]
        taken = [(day, failures + (at < extra)) for at, day in numbered if at < attempts]
        if taken:
            learning.learn(person, taken)


def prepare(wanted: Wanted, content: Path) -> Paper:
    """The course of the online passes, imported from `content` and published before they began, with its quiz."""
    found = select(Quiz).join(Edition, Edition.id == Quiz.edition_id).join(Course, Course.id == Edition.course_id)
    newest = found.where(Course.code == COURSE, Edition.number.is_not(None)).order_by(Edition.number.desc()).limit(1)
    if db.session.scalar(newest) is None:
        with at_time(datetime.combine(wanted.begin, HOUR)):
            import_folder(read_folder(content / FOLDER), publish=True, folder=FOLDER)
    quiz = db.session.scalars(newest).one()
    return Paper(quiz.id, quiz.edition_id, quiz.max_attempts, _draws(quiz, wanted.rng(0, "draws")))


def _draws(quiz: Quiz, rng: random.Random) -> tuple[list[dict[str, Any]], ...]:
    pools = [(fixed_quiz(quiz.id).pools[slot["category"]], slot["draw"]) for slot in quiz.slots]
    return tuple(
        [
            {"version_id": one.version_id, "key": one.key, "order": list(one.order)}
            for items, count in pools
            for one in draw(items, count, rng)
        ]
        for _ in range(DRAWS)
    )
