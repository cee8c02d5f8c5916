"""Real threads, each in its own application context, on both databases: a limit is a limit, a finish counts once."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.access.current import act_as
from lms.certificates.models import Achievement, Certificate
from lms.courses.models import Enrolment
from lms.db import db
from lms.people.scope import unscoped
from lms.quizzes.attempts import start_attempt
from lms.quizzes.models import Attempt, Quiz
from lms.quizzes.submissions import receive_submission
from lms.web.refusals import Refusal
from tests.factories import Make
from tests.quizzes.learners import Learner, attempt_of, begin, count, hand_in, new_learner, payload, submissions, wrong

pytestmark = pytest.mark.both
THREADS, ROUNDS, LIMIT = 20, 5, 3


def at_once(app: Flask, learner: Learner, action: Callable[[int], Any], threads: int = THREADS) -> list[Any]:
    """What each thread got: a value, or the message of a refusal."""
    gate = threading.Barrier(threads)

    def run(n: int) -> Any:
        with app.app_context():
            act_as(learner.viewer)
            gate.wait()
            try:
                with db.write():
                    return action(n)
            except Refusal as refusal:
                return refusal.message

    db.session.rollback()
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def start(learner: Learner) -> str:
    query = unscoped(select(Enrolment).where(Enrolment.person_id == learner.person_id), "test")
    enrolment = db.session.scalars(query).one()
    return start_attempt(learner.viewer, enrolment, db.session.scalars(select(Quiz)).one()).ticket


@pytest.mark.attack("S20")
def test_twenty_at_the_limit_never_get_beyond_it(app: Flask, make: Make) -> None:
    """Each round begins with an attempt that was handed in; the last rounds find the limit reached."""
    make.edition(quiz={"max_attempts": LIMIT, "wait_minutes": 0})
    learner = new_learner(make)
    for rounds in range(1, ROUNDS + 1):
        answers = at_once(app, learner, lambda n: start(learner))
        assert count(Attempt) == min(rounds, LIMIT)
        if rounds > LIMIT:
            assert all("dùng hết số lần" in answer for answer in answers)
            continue
        (ticket,) = set(answers)
        hand_in(learner, payload(ticket, wrong))


@pytest.mark.attack("S20")
def test_of_many_finishes_at_once_one_counts(app: Flask, learner: Learner) -> None:
    ticket = begin(learner)
    body = payload(ticket)
    states = at_once(
        app, learner, lambda n: receive_submission(learner.viewer, str(uuid.uuid4()), body).state, threads=8
    )
    assert Counter(states) == {"accepted": 1, "quarantined": 7}
    assert attempt_of(ticket).passed is True
    assert (count(Achievement), count(Certificate), len(submissions())) == (1, 1, 8)


def test_one_submission_sent_many_times_at_once_has_one_receipt(app: Flask, learner: Learner) -> None:
    body, client_id = payload(begin(learner)), str(uuid.uuid4())
    receipts = at_once(app, learner, lambda n: receive_submission(learner.viewer, client_id, body), threads=8)
    assert len(set(receipts)) == 1
    assert receipts[0].state == "accepted"
    assert (len(submissions()), count(Achievement)) == (1, 1)


def test_two_bodies_under_one_id_at_once_are_both_kept(app: Flask, learner: Learner) -> None:
    ticket, client_id = begin(learner), str(uuid.uuid4())
    bodies = [payload(ticket), payload(ticket, wrong)]
    states = at_once(app, learner, lambda n: receive_submission(learner.viewer, client_id, bodies[n]).state, threads=2)
    assert sorted(states) == ["accepted", "conflict"]
    assert {one.body for one in submissions()} == set(bodies)
