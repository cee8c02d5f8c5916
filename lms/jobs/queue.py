"""Background work. A queue entry is only a nudge; the promise is a state in a row, and the sweep finds it again.

A room registers `work(kind, function)`: the function finds whatever rows still need work, does it, and can be run any
number of times, also by two workers at once. `nudge(kind)` asks a worker to look now; if the entry, the queue or the
worker is lost, the sweep of the next minute does the same work. The sweep is every worker's own and asks no queue.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import structlog
from flask import Flask, current_app

from lms.config import Settings
from lms.jobs.brokers import broker
from lms.measures import measures
from lms.shared_redis import Breaker

Work = Callable[[], int]
SWEEP_WITHIN = (50.0, 60.0)  # seconds, drawn anew each time: workers that start together drift apart
LAST_WORK_WITHIN = 20.0
log = structlog.get_logger()


def alive_path(settings: Settings) -> Path:
    """The file whose age says when a worker of this machine last looked at all the rows, or finished one of many
    (`lms doctor`)."""
    return settings.instance_dir / "worker.alive"


class Queue:
    """The kinds of work of one application, and the huey that carries the nudges."""

    def __init__(self, settings: Settings) -> None:
        self.kinds: dict[str, Work] = {}
        self.huey, self.troubles = broker(settings)
        self.breaker = Breaker()
        self.alive = alive_path(settings)
        self.task: Callable[[str], Any] = _unbound
        self.sweep: Callable[[], None] = _unbound_sweep
        self.ending = Event()
        """The worker was told to end: long work stops after what it has in hand, and goes on with the next one."""
        self.of_worker = False
        """This process is a worker, not a page or a command that does the same work once."""
        self._turn = Lock()

    def bind(self, app: Flask) -> None:
        def run(kind: str) -> int:
            with self._turn, app.app_context():
                return self.run(kind)

        def sweep() -> None:
            for kind in self.kinds:
                if self.ending.is_set():
                    return
                try:
                    run(kind)
                except Exception as error:  # one kind that fails must not keep the others waiting
                    log.error("work failed", kind=kind, exc_info=error)
            self.show_life()

        self.task, self.sweep = self.huey.task(name="work")(run), sweep

    def show_life(self) -> None:
        with suppress(OSError):  # a full disk is told of elsewhere, and keeps no work waiting
            self.alive.touch()

    def run(self, kind: str) -> int:
        """Do all the work of a kind that waits; returns how many rows were brought to their end."""
        try:
            done = self.kinds[kind]()
        except Exception:
            measures().jobs_failed.labels(kind).inc()
            raise
        if done:
            measures().jobs.labels(kind).inc(done)
            log.info("work done", kind=kind, rows=done)
        return done

    @contextmanager
    def sweeping(self) -> Iterator[None]:
        """Sweep now and every minute, beside the block."""
        self.of_worker = True
        sweeper = Thread(target=self._sweep_on, name="sweep", daemon=True)
        sweeper.start()
        try:
            yield
        finally:
            self.ending.set()
            sweeper.join(LAST_WORK_WITHIN)

    def _sweep_on(self) -> None:
        while not self.ending.is_set():
            self.sweep()
            self.ending.wait(random.uniform(*SWEEP_WITHIN))


def _unbound(kind: str) -> int:
    raise RuntimeError("the queue is not bound to an application")


def _unbound_sweep() -> None:
    raise RuntimeError("the queue is not bound to an application")


def init_app(app: Flask, settings: Settings) -> None:
    queue = Queue(settings)
    queue.bind(app)
    app.extensions["queue"] = queue


def queue() -> Queue:
    found: Queue = current_app.extensions["queue"]
    return found


def work(app: Flask, kind: str, function: Work) -> None:
    app.extensions["queue"].kinds[kind] = function


def nudge(kind: str) -> None:
    """Ask a worker to look at a kind of work now. Call it after the commit; losing it costs a minute, never work."""
    found = queue()
    if found.breaker.open:
        return
    try:
        found.task(kind)
    except found.troubles as error:
        found.breaker.trip()
        log.warning("nudge lost", kind=kind, error=type(error).__name__)


def ending() -> bool:
    """Asked by long work between two rows, and so a worker's sign of life: what is left waits in the rows."""
    found = queue()
    if found.of_worker:
        found.show_life()
    return found.ending.is_set()


def consume(app: Flask) -> None:
    """Run the worker in this process until it is told to stop."""
    found: Queue = app.extensions["queue"]
    with found.sweeping():
        # The scheduler has nothing to do here; each of its looks at a queue that is away is a line in the log.
        found.huey.create_consumer(workers=1, periodic=False, scheduler_interval=60).run()
