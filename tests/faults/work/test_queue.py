"""The queue is lost (safety.md F7): absent at the start, emptied, killed. No work is lost, for a queue entry is only a
nudge; who hands in notices nothing; the limits of signing in hold as before.
"""

from __future__ import annotations

import contextvars
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from lms.accounts import door, hashing, rules
from lms.accounts.models import Account
from lms.accounts.operations import tries
from lms.db import db
from tests import databases
from tests.faults.client import URL
from tests.faults.seeding import Paper, seed
from tests.faults.site import Site, wait_for
from tests.faults.work.brokers import Broker, FileBroker, RedisBroker
from tests.faults.work.bulk import progress
from tests.faults.work.processes import worker
from tests.faults.work.writers import all_right
from tests.long import LONG

pytestmark = pytest.mark.timeout(400 if LONG else 120)
PHONE, PIN = "+84900000001", "730462"
SWEPT_WITHIN = 90.0
KINDS = {"file": FileBroker, "redis": RedisBroker}


@pytest.fixture(params=KINDS)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    if request.param == "redis" and shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed (apt-get install redis-server)")
    folder = tmp_path / "instance"
    folder.mkdir()
    made: Broker = KINDS[request.param](folder)
    yield made
    made.kill()


@pytest.fixture
def served(broker: Broker, tmp_path: Path) -> Iterator[Site]:
    """SQLite: which database the promises stand in makes no difference to the queue."""
    site = Site(databases.new_sqlite(tmp_path), tmp_path / "instance", environment=broker.environment)
    with site.app.app_context():
        yield site
    site.close()


def hand_in(site: Site, paper: Paper) -> float:
    """By HTTP, as the API takes it; seconds that it took. The worker then has a file to make."""
    headers = {"Cookie": paper.cookie, "X-LHP": "1", "Content-Type": "application/json"}
    post, began = site.app.test_client(use_cookies=False).post, time.monotonic()
    answer = contextvars.Context().run(post, URL, data=all_right(paper).body, headers=headers)
    db.session.rollback()
    assert (answer.status_code, answer.get_json()["state"]) == (200, "accepted")
    return time.monotonic() - began


def made(number: int) -> bool:
    return progress() == (number, number)


def test_without_any_queue_at_the_start_all_is_done(served: Site, broker: Broker) -> None:
    """And when it comes, the worker that began without it takes what it carries."""
    papers = seed(served.app, 2)
    hand_in(served, papers[0])
    broker.empty()
    with worker(served) as running:
        wait_for(lambda: made(1), 60, "the file without a queue")
        assert running.poll() is None
        if LONG:
            broker.start()
            hand_in(served, papers[1])
            wait_for(lambda: made(2), SWEPT_WITHIN, "the file of the second")


def test_a_queue_that_forgot_or_was_killed_costs_a_minute_at_most(served: Site, broker: Broker) -> None:
    """In `make test` the minute is cut short: a worker that begins sweeps at once."""
    papers = seed(served.app, 4)
    broker.start()
    hand_in(served, papers.pop())
    assert broker.holds() > 0, "the nudge is in the queue"
    broker.empty()
    assert broker.holds() == 0
    with worker(served) as running:
        wait_for(lambda: made(1), 60, "the file that nobody asked for any more")
        broker.kill()
        waited = [hand_in(served, paper) for paper in papers]
        assert sum(waited) < 10, "who hands in does not wait for a queue that is gone"
        if LONG:
            wait_for(lambda: made(4), SWEPT_WITHIN, "the files of the sweep")
        assert running.poll() is None
    with worker(served):
        wait_for(lambda: made(4), 60, "the files")


def test_the_limits_of_signing_in_hold_without_it(served: Site, broker: Broker) -> None:
    """They stand in the database: the tenth wrong try locks, whatever became of the queue."""
    broker.kill()
    with db.write() as session:
        session.add(Account(name="Người Mẫu", phone=PHONE, pin_hash=hashing.hash_secret(PIN)))
    assert isinstance(door.check(door.claim_number(PHONE, "10.0.0.1"), PIN), door.Known)
    for _ in range(rules.TRIES_BEFORE_LOCK):
        with db.write():
            tries.begin(tries.number_key(PHONE))
    refused = door.check(door.claim_number(PHONE, "10.0.0.1"), PIN)
    assert isinstance(refused, door.TurnedAway) and not refused.checked


def test_a_try_that_cannot_be_counted_is_not_checked(
    served: Site, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fail closed: the right PIN opens nothing while the tries cannot be written."""
    with db.write() as session:
        session.add(Account(name="Người Mẫu", phone=PHONE, pin_hash=hashing.hash_secret(PIN)))

    def full(_key: str) -> None:
        raise OperationalError("disk full", None, Exception())

    monkeypatch.setattr(tries, "begin", full)
    monkeypatch.setattr(hashing, "matching", lambda *_given: pytest.fail("was checked"))
    with pytest.raises(OperationalError):
        door.check(door.claim_number(PHONE, "10.0.0.1"), PIN)
