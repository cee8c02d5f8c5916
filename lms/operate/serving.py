"""`lms serve` and `lms worker`: the web server, with one background worker beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import parent_process

import click
import structlog
from flask import Flask, current_app
from flask.cli import with_appcontext
from granian import Granian
from granian.constants import Interfaces
from sqlalchemy.exc import OperationalError

from lms.config import Settings
from lms.jobs import queue
from lms.measures import remove_ended
from lms.operate import metrics, schema
from lms.processes import end_with

INSIDE, WAITING, PATIENCE = 4, 56, 10.0
"""Of one web process: requests worked on, requests that wait, and for how many seconds. Four fill a core; what waits
then comes to its turn in a second or two, and above that a phone is better told to come again."""
LINES, LINE_PATIENCE = 32, 1.0
"""Of one web process: bodies that are received at a time, and for how many seconds one waits to be."""
SPARE = 4
"""Threads to turn requests away with."""
LAST_ANSWERS = 20
"""Seconds for what a web process is still working on when the server ends; then it is killed."""
BETWEEN_WORKERS = 2.0
BESIDE = "LMS_BESIDE"
"""In the environment of a background worker: the process id of the server that started it."""

log = structlog.get_logger("lms.operate")


@click.command("serve")
@click.option("--host", help="Else LMS_HOST (127.0.0.1).")
@click.option("--port", type=int, help="Else LMS_PORT (8000).")
@click.option("--workers", type=int, help="Web processes; else LMS_WORKERS (2).")
@click.option("--no-worker", is_flag=True, help="Start no background worker beside the web server.")
@with_appcontext
def serve(host: str | None, port: int | None, workers: int | None, no_worker: bool) -> None:
    """Serve the site. Refuses a database that is behind the code or could lose what it acknowledged."""
    faults = schema.faults()
    if faults:
        click.echo("\n".join(faults), err=True)
        sys.exit(1)
    settings: Settings = current_app.extensions["settings"]
    remove_ended(metrics.folder_of(settings))
    run_server(host or settings.host, port or settings.port, workers or settings.workers, with_worker=not no_worker)


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Do the work that waits in the rows (certificate files, …), now and whenever a web process nudges. Refuses a
    database of another schema."""
    with suppress(OperationalError):  # one that cannot be reached may come back
        if told := schema.distance():
            click.echo("\n".join(told), err=True)
            sys.exit(1)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    metrics.share(app)
    if BESIDE in os.environ:
        end_with(int(os.environ[BESIDE]))
    queue.consume(app)


def refuse_unready(app: Flask) -> None:
    """Whatever server starts a web process: end it rather than answer from a database that is behind the code or
    could lose a write. One that cannot be reached may come back; until then /readyz says so.
    """
    with app.app_context():
        try:
            faults = schema.faults()
        except OperationalError:
            return
    if faults:
        raise SystemExit("\n".join(faults))


def end_with_server() -> None:
    """In a web process that `lms serve` started; whatever else loads the application looks after its own."""
    server = parent_process()
    if server is not None and server.pid is not None:
        end_with(server.pid)


def run_server(host: str, port: int, workers: int, *, with_worker: bool) -> None:
    """Serve until interrupted. A web process that ends is followed by another; one that ends at once ends all."""
    os.register_at_fork(after_in_child=_ready_to_end)
    with worker_beside(with_worker):
        server = Granian(
            "lms.wsgi:app",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=INSIDE + WAITING + LINES + SPARE,
            respawn_failed_workers=True,
            workers_kill_timeout=LAST_ANSWERS,
            log_access=False,
        )
        server.serve()


def _ready_to_end() -> None:
    """A web process that is told to end while it loads ends: it was born with the server's handler, which would only
    take note, and gets its own after loading. The server would wait for it for ever.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def worker_beside(wanted: bool) -> Iterator[None]:
    """A worker process of our own for as long as the block runs; one that ends before is followed by another."""
    keeper = Keeper([sys.executable, "-m", "lms.cli", "worker"], {BESIDE: str(os.getpid())})
    if wanted:
        keeper.start()
    try:
        yield
    finally:
        keeper.stop()


class Keeper:
    """Keeps one process running, from a thread of its own."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.command, self.environment = command, os.environ | environment
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="keeper", daemon=True)

    def start(self) -> None:
        self._process = subprocess.Popen(self.command, env=self.environment)
        self._thread.start()

    def stop(self) -> None:
        """End the process: kindly, then not."""
        self._stopped.set()
        if self._process is None:
            return
        self._process.terminate()
        self._thread.join(timeout=30)
        self._process.kill()

    def _follow(self) -> None:
        while self._process is not None:
            ended = self._process.wait()
            if self._stopped.wait(BETWEEN_WORKERS):
                return
            log.error("the background worker ended; starting another", code=ended)
            self._process = subprocess.Popen(self.command, env=self.environment)
