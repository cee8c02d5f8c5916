"""Background work. A queue entry is only a nudge; the promise is a state in a row, and the sweep finds it again.

A room registers `work(kind, function)`: the function finds whatever rows still need work, does it, and can be run any
number of times. `nudge(kind)` asks the worker to look now; if the entry, the queue or the worker is lost, the sweep of
the next minute does the same work.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, current_app
from huey import SqliteHuey, crontab
from huey.api import Huey

from lms.config import Settings

Work = Callable[[], int]
log = structlog.get_logger()


class Queue:
    """The kinds of work of one application, and the huey that carries the nudges."""

    def __init__(self, settings: Settings) -> None:
        self.kinds: dict[str, Work] = {}
        self.huey: Huey = SqliteHuey("lms", filename=str(settings.queue_path), fsync=False)
        self.task: Callable[[str], Any] = _unbound
        self.sweep: Callable[[], None] = _unbound_sweep

    def bind(self, app: Flask) -> None:
        def run(kind: str) -> int:
            with app.app_context():
                return self.run(kind)

        def sweep() -> None:
            for kind in self.kinds:
                try:
                    run(kind)
                except Exception as error:  # one kind that fails must not keep the others waiting
                    log.error("work failed", kind=kind, exc_info=error)

        self.task, self.sweep = self.huey.task(name="work")(run), sweep
        self.huey.periodic_task(crontab(), name="sweep")(sweep)

    def run(self, kind: str) -> int:
        """Do all the work of a kind that waits; returns how many rows were brought to their end."""
        done = self.kinds[kind]()
        if done:
            log.info("work done", kind=kind, rows=done)
        return done


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
    """Ask the worker to look at a kind of work now. Call it after the commit; losing it costs a minute, never work."""
    try:
        queue().task(kind)
    except (sqlite3.Error, OSError) as error:
        log.warning("nudge lost", kind=kind, error=type(error).__name__)


def consume(app: Flask, **options: Any) -> None:
    """Run the worker in this process until it is told to stop."""
    app.extensions["queue"].huey.create_consumer(workers=1, periodic=True, **options).run()
