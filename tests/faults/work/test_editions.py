"""A new edition while fifty attempts are open (safety.md F19): each is scored by the one it was taken with."""

from __future__ import annotations

import json
import random
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.access.current import act_as
from lms.certificates.models import Achievement
from lms.courses.models import Edition, Enrolment
from lms.db import db
from lms.people.scope import unscoped
from lms.quizzes.models import EditionItem, ItemResult
from lms.quizzes.submissions import receive_submission
from tests import editions
from tests.factories import Make
from tests.faults import scoring
from tests.faults.scoring import Score
from tests.long import LONG
from tests.quizzes.learners import Learner, attempt_of, begin, new_learner

pytestmark = [pytest.mark.both, pytest.mark.timeout(1200 if LONG else 120)]
OPEN, ROUNDS, THREADS = 50, 10 if LONG else 1, 4
Body = Mapping[str, Any]


def items(right: str) -> list[editions.Body]:
    """Ten items whose right option is `right`: another letter makes another answer key of the same questions."""
    return [editions.single(number, right) for number in range(1, 11)]


@dataclass(frozen=True)
class Taken:
    learner: Learner
    ticket: str
    body: str
    claim: Score


def taken(make: Make, bodies: Sequence[Body], rng: random.Random) -> Taken:
    """An open attempt and what will be handed in: mostly right by `bodies`."""
    learner = new_learner(make)
    ticket = begin(learner)
    by_id = {body["id"]: body for body in bodies}
    drawn = [by_id[item["key"]] for item in attempt_of(ticket).items]
    some = {place: scoring.right_options(body) if rng.random() < 0.9 else ["c"] for place, body in enumerate(drawn, 1)}
    sent = [{"item": place, "answer": answer} for place, answer in some.items()]
    return Taken(learner, ticket, json.dumps({"ticket": ticket, "answers": sent}), scoring.claim(drawn, some, 80))


def hand_in_all(app: Flask, works: list[Taken]) -> None:
    """Until none is left; several threads may share `works`."""
    with app.app_context():
        while works:
            try:
                work = works.pop()
            except IndexError:
                return
            act_as(work.learner.viewer)
            with db.write():
                assert receive_submission(work.learner.viewer, str(uuid.uuid4()), work.body).state == "accepted"


def score_of(ticket: str) -> Score:
    attempt = attempt_of(ticket)
    assert attempt.points is not None and attempt.points_max is not None and attempt.passed is not None
    return Score(int(attempt.points * 1000), int(attempt.points_max), attempt.passed)


def versions_of(edition_id: int) -> set[int]:
    return set(db.session.scalars(select(EditionItem.question_version_id).where(EditionItem.edition_id == edition_id)))


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_each_open_attempt_is_scored_by_its_own_edition(app: Flask, make: Make, turn: int) -> None:
    first = make.edition(items("b"))
    rng = random.Random(turn)
    works = [taken(make, items("b"), rng) for _ in range(OPEN)]
    before, during, after = list(works[::3]), list(works[1::3]), list(works[2::3])
    hand_in_all(app, before)
    db.session.rollback()
    threads = [threading.Thread(target=hand_in_all, args=(app, during)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    second = make.edition(items("a"))
    for thread in threads:
        thread.join()
    hand_in_all(app, after)

    assert {work.ticket: score_of(work.ticket) for work in works} == {work.ticket: work.claim for work in works}
    assert {work.claim.passed for work in works} == {True, False}
    counted = set(db.session.scalars(select(ItemResult.question_version_id)))
    assert counted <= versions_of(first)
    assert counted.isdisjoint(versions_of(second))
    named = set(db.session.scalars(unscoped(select(Achievement.edition), "test")))
    assert named == {f"k1 · 1 · {db.session.get_one(Edition, first).content_hash}"}


def test_who_begins_afterwards_gets_the_new_one(app: Flask, make: Make) -> None:
    """The control: the same answers by the other key are worth nothing."""
    make.edition(items("b"))
    old = taken(make, items("b"), random.Random(1))
    second = make.edition(items("a"))
    new = taken(make, items("a"), random.Random(1))
    hand_in_all(app, [old, new])
    assert (score_of(old.ticket), score_of(new.ticket)) == (old.claim, new.claim)
    assert json.loads(old.body)["answers"] != json.loads(new.body)["answers"]
    on = select(Enrolment.edition_id).where(Enrolment.person_id == new.learner.person_id)
    assert db.session.scalars(unscoped(on, "test")).one() == second
