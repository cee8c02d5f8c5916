"""`lms serve` and `lms worker`: the web server, with one background worker beside it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from granian import Granian
from granian.constants import Interfaces
from sqlalchemy.exc import OperationalError

from lms.jobs import queue
from lms.operate import schema

THREADS = 4


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True, help="Web processes.")
@click.option("--no-worker", is_flag=True, help="Start no background worker beside the web server.")
@with_appcontext
def serve(host: str, port: int, workers: int, no_worker: bool) -> None:
    """Serve the site. Refuses a database that is behind the code or could lose what it acknowledged."""
    faults = schema.faults()
    if faults:
        click.echo("\n".join(faults), err=True)
        sys.exit(1)
    run_server(host, port, workers, with_worker=not no_worker)


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Do the work that waits in the rows (certificate files, …), now and whenever a web process nudges."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
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


def run_server(host: str, port: int, workers: int, *, with_worker: bool) -> None:
    """Serve until interrupted."""
    with worker_beside(with_worker):
        server = Granian(
            "lms.wsgi:app",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=THREADS,
            log_access=False,
        )
        server.serve()


@contextmanager
def worker_beside(wanted: bool) -> Iterator[None]:
    """A worker process of our own for as long as the block runs."""
    process = subprocess.Popen([sys.executable, "-m", "lms.cli", "worker"]) if wanted else None
    try:
        yield
    finally:
        if process is not None:
            process.terminate()
            process.wait(timeout=30)
