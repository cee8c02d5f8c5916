"""Learners who hand in without a web server between, each in a thread, and the books they keep of what was answered."""

from __future__ import annotations

import json
import random
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask import Flask

from lms.access import Viewer
from lms.access.current import act_as
from lms.db import db
from lms.quizzes.submissions import receive_submission
from tests.faults import scoring
from tests.faults.client import PASS_PERCENT, Sent, prepare
from tests.faults.seeding import Paper, seed


def prepared(papers: Sequence[Paper]) -> list[tuple[Paper, Sent]]:
    """What each will hand in; the same paper always gets the same answers and the same id."""
    return [(paper, prepare(paper, random.Random(paper.ticket))) for paper in papers]


def all_right(paper: Paper) -> Sent:
    answers = {place: scoring.right_options(body) for place, body in enumerate(paper.bodies, 1)}
    listed = [{"item": place, "answer": answer} for place, answer in answers.items()]
    client_id = str(uuid.uuid4())
    body = json.dumps({"id": client_id, "ticket": paper.ticket, "answers": listed}).encode()
    claim = scoring.claim(paper.bodies, answers, PASS_PERCENT)
    return Sent(client_id, paper.ticket, body, claim, paper.person_id, paper.course)


def hand_in(paper: Paper, sent: Sent) -> Sent:
    """Acknowledged when this returns: the receipt is known after the commit."""
    viewer = Viewer(account_id=paper.account_id, person_id=paper.person_id)
    act_as(viewer)
    with db.write():
        receipt = receive_submission(viewer, sent.client_id, sent.body.decode())
    sent.receipt, sent.state = receipt.code, receipt.state
    return sent


class Writers:
    """New learners who come, take the quiz and hand in, without end; `acknowledged` grows meanwhile."""

    def __init__(self, app: Flask, threads: int, pace: float) -> None:
        self.app, self.pace, self.acknowledged = app, pace, list[Sent]()
        self.enough = threading.Event()
        self.threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]

    def _run(self) -> None:
        while not self.enough.wait(self.pace):
            (work,) = prepared(seed(self.app, 1))
            with self.app.app_context():
                self.acknowledged.append(hand_in(*work))

    def stop(self) -> None:
        self.enough.set()
        for one in self.threads:
            one.join(60)


@contextmanager
def writing(app: Flask, *, threads: int = 3, pace: float = 0.05) -> Iterator[Writers]:
    """`pace`: seconds that a thread rests between two papers."""
    seed(app, 1)  # publishes the course, which only one may do
    writers = Writers(app, threads, pace)
    for one in writers.threads:
        one.start()
    try:
        yield writers
    finally:
        writers.stop()
