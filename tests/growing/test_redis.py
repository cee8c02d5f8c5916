"""Redis carries nudges and counts of a minute. Killed, emptied or never there: no work is lost, nobody waits for it."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Thread

import pytest
from flask import Flask

from lms import create_app
from lms.certificates import tasks
from lms.certificates.limits import Limiter
from lms.certificates.shared_limits import SharedLimiter, brake_of
from lms.db import db
from lms.jobs import queue
from tests import databases
from tests.certificates.people import Visitor, certificates, certified, learner, passed, said
from tests.factories import Make
from tests.faults.site import Site, wait_for
from tests.growing.services import RedisServer
from tests.quizzes.learners import begin, new_learner, payload

ADDRESS = "10.1.2.3"


@pytest.fixture
def app(database_url: str, tmp_path: Path, redis_server: RedisServer) -> Iterator[Flask]:
    given = {"queue_url": redis_server.url, "limits_url": redis_server.url}
    made = create_app(databases.settings_for(database_url, tmp_path, **given))
    with made.app_context():
        yield made
        db.session.rollback()
        db.engine.dispose()


@pytest.fixture
def worker(tmp_path: Path, redis_server: RedisServer, app: Flask) -> Iterator[Callable[[], None]]:
    """Starts `lms worker` for the same database and Redis."""
    started: list[subprocess.Popen[bytes]] = []
    settings = app.extensions["settings"]
    site = Site(settings.database_url, tmp_path, environment={"LMS_QUEUE_URL": redis_server.url})
    site.environment |= {"LMS_SECRET_KEY": settings.secret_key, "LMS_ENVIRONMENT": "test"}

    def start() -> None:
        with (tmp_path / "worker.log").open("ab") as log:
            command = [sys.executable, "-m", "lms.cli", "worker"]
            started.append(subprocess.Popen(command, env=site.env, stdout=log, stderr=log))

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(timeout=40)


def made() -> int:
    return sum(row.pdf_key is not None for row in certificates())


@pytest.mark.both
def test_a_nudge_through_redis_wakes_the_worker(
    app: Flask, make: Make, worker: Callable[[], None], redis_server: RedisServer
) -> None:
    certified(learner(make))
    worker()
    wait_for(lambda: made() == 1, what="the worker's first sweep")
    certified(learner(make))
    queue.nudge(tasks.KIND)
    wait_for(lambda: made() == 2, 20, "the nudged work; the next sweep is further away")
    assert redis_server.client().keys("huey.results*") == []


def test_no_work_is_lost_with_redis_absent_at_the_start_emptied_or_killed(
    app: Flask, make: Make, worker: Callable[[], None], redis_server: RedisServer
) -> None:
    """The rows are the promise: a worker finds them by itself, and nudges come through again once Redis is back."""
    certified(learner(make))
    queue.nudge(tasks.KIND)
    redis_server.client().flushall()
    redis_server.kill()
    began = time.monotonic()
    queue.nudge(tasks.KIND)
    assert time.monotonic() - began < 5
    worker()
    wait_for(lambda: made() == 1, what="a worker without its Redis does what waits")
    redis_server.start()
    certified(learner(make))
    wait_for(lambda: _nudged() and made() == 2, 30, "nudges come through again")


def _nudged() -> bool:
    queue.nudge(tasks.KIND)
    return True


def test_after_a_failure_nobody_waits_for_redis_again_for_a_while(app: Flask, redis_server: RedisServer) -> None:
    """Of a machine that drops packets every try would cost its whole time-out, in the middle of a submission."""
    redis_server.kill()
    found, asked = queue.queue(), []
    task = found.task

    def counted(kind: str) -> None:
        asked.append(kind)
        task(kind)

    found.task = counted
    for _ in range(50):
        queue.nudge("some-kind")
    assert len(asked) == 1
    found.breaker.clock = lambda: time.monotonic() + 60
    queue.nudge("some-kind")
    assert len(asked) == 2


def test_who_can_write_into_the_redis_cannot_run_code_in_a_worker(app: Flask, redis_server: RedisServer) -> None:
    ran: list[str] = []
    found = queue.queue()
    queue.work(app, "some-kind", lambda: len(ran.append("ran") or ran))  # type: ignore[func-returns-value]
    queue.nudge("some-kind")
    mine = redis_server.client().lindex("huey.redis.lms", 0)
    for forged in (pickle.dumps(_Evil()), pickle.dumps(_Evil()) + b":" + mine.rpartition(b":")[2]):
        redis_server.client().rpush("huey.redis.lms", forged)
        with pytest.raises(ValueError, match="Separator|Signature"):
            found.huey.dequeue()
    found.huey.execute(found.huey.dequeue())
    assert ran == ["ran"]


class _Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (pytest.fail, ("the worker ran what a stranger had put into the queue",))


@pytest.mark.both
def test_two_workers_do_everything_once_and_hardly_anything_twice(
    engine: str, make: Make, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On one database with no other agreement than its rows."""
    for _ in range(20):
        certified(learner(make))
    for waiting in [learner(make) for _ in range(10)]:
        passed(waiting)
        said(waiting, "right")
    printed: list[object] = []

    def render(paper: object, made_on: object) -> bytes:
        printed.append(paper)
        time.sleep(0.01)
        return b"%PDF " + repr(paper).encode()

    monkeypatch.setattr(tasks, "render_pdf", render)
    start = Barrier(2)

    def work() -> None:
        start.wait()
        with app.app_context():
            for kind in (tasks.WAITING, tasks.KIND):
                queue.queue().run(kind)

    workers = [Thread(target=work) for _ in range(2)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    rows = certificates()
    assert [row.serial_no for row in rows] == list(range(1, 31))
    assert all(row.pdf_key for row in rows) and len({row.achievement_id for row in rows}) == 30
    assert 30 <= len(printed) <= 45


@pytest.mark.both
def test_without_redis_sign_in_stays_limited_and_submissions_come_in(
    app: Flask, make: Make, redis_server: RedisServer
) -> None:
    """Both are the database's business: the one is closed without it, the other never asked for more."""
    redis_server.kill()
    app.config["WTF_CSRF_ENABLED"] = False
    stranger = Visitor(app)
    tries = [stranger.post("/dang-nhap", {"phone": "0912345678", "pin": "730461"}).status for _ in range(11)]
    assert tries[0] == 401 and tries[-1] == 429
    make.edition()
    someone = new_learner(make)
    body = {"id": str(uuid.uuid4()), **json.loads(payload(begin(someone)))}
    headers = {"X-LHP": "1", "Content-Type": "application/json"}
    sent = Visitor(app, someone.account_id).post("/api/v1/submissions", json.dumps(body), headers=headers)
    assert (sent.status, sent.answer.get_json()["state"]) == (200, "accepted")


def test_two_processes_count_one_address_together(redis_server: RedisServer) -> None:
    here, there = (SharedLimiter(redis_server.url, most=6, seconds=30) for _ in range(2))
    assert [limiter.wait(ADDRESS) for limiter in (here, there) * 3] == [0] * 6
    assert 0 < here.wait(ADDRESS) <= 30 and 0 < there.wait(f"::ffff:{ADDRESS}") <= 30
    assert there.wait("10.1.2.4") == 0


def test_each_for_itself_they_would_not(redis_server: RedisServer) -> None:
    here, there = Limiter(most=6), Limiter(most=6)
    assert [limiter.wait(ADDRESS) for limiter in (here, there) * 6] == [0] * 12


def test_the_window_slides_and_being_told_to_wait_does_not_make_it_longer(redis_server: RedisServer) -> None:
    limiter = SharedLimiter(redis_server.url, most=2, seconds=1.0)
    assert limiter.wait(ADDRESS) == limiter.wait(ADDRESS) == 0
    began = time.monotonic()
    wait_for(lambda: limiter.wait(ADDRESS) == 0, 5, "one may ask again")
    assert 0.5 < time.monotonic() - began < 3
    assert 0 < redis_server.client().pttl(f"lms:checks:{ADDRESS}") <= 1000


def test_many_at_once_are_counted_one_by_one(redis_server: RedisServer) -> None:
    limiters = [SharedLimiter(redis_server.url, most=20, seconds=60) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda number: limiters[number % 4].wait(ADDRESS), range(80)))
    assert waits.count(0) == 20


def test_without_redis_each_process_goes_on_counting(redis_server: RedisServer) -> None:
    limiter = SharedLimiter(redis_server.url, most=3, seconds=30)
    redis_server.kill()
    assert [limiter.wait(ADDRESS) for _ in range(3)] == [0] * 3
    assert limiter.wait(ADDRESS) > 0


def test_the_setting_chooses_and_the_page_asks_it(app: Flask, redis_server: RedisServer, tmp_path: Path) -> None:
    assert isinstance(brake_of(databases.settings_for("", tmp_path)), Limiter)
    browser = app.test_client()
    answers = [browser.get("/c/AAAA-AAAA-AAAA-AAAA").status_code for _ in range(61)]
    assert answers == [404] * 60 + [429]
    assert redis_server.client().llen("lms:checks:127.0.0.1") == 60
