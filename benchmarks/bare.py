"""What the site is held against: the least that Flask can do for the same answer, behind the same server settings.

`python -m benchmarks.bare FACTORY PORT` serves one of the factories below; what they need is in BARE_… variables.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, g, render_template, request
from granian import Granian
from granian.constants import Interfaces
from sqlalchemy import Engine, create_engine, select, text

from lms import create_app
from lms.access import Viewer, public
from lms.access.current import act_as
from lms.courses import queries
from lms.courses.pages import Place
from lms.db import db
from lms.operate.serving import INSIDE, SPARE, WAITING
from lms.people.models import Person
from lms.people.scope import unscoped
from tests.faults.site import wait_for
from tests.ports import free_port

READER = select(Person.full_name).where(Person.id == 1)


def from_page() -> Flask:
    """The page's own HTML as a template with two places to fill: the reader's name and her form token."""
    app = Flask("bare")
    page = app.jinja_env.from_string(Path(os.environ["BARE_PAGE"]).read_text(encoding="utf-8"))
    engine = create_engine(os.environ["LMS_DATABASE_URL"])

    @app.get("/page")
    def show() -> str:
        return page.render(name=_name(engine), token="0" * 80)

    return app


def from_lesson() -> Flask:
    """Our lesson template drawn from values that are ready: its layout and macros, none of our questions and guards."""
    app = create_app()
    with app.test_request_context():
        ready = queries.lesson_page(Place(**json.loads(os.environ["BARE_PLACE"]) | {"changed": ()}))
    app.before_request_funcs.clear()
    app.after_request_funcs.clear()

    @app.get("/page")
    @public
    def show() -> str:
        name = db.session.scalar(unscoped(READER, "the bare page's one question")) or ""
        g.csrf_token = "0" * 80
        act_as(Viewer(account_id=1, person_id=1, name=name))
        return render_template("courses/lesson.html", page=ready)

    return app


def committing() -> Flask:
    """Commits the rows of BARE_ROWS ({table: rows}) in one transaction for each request, then answers."""
    app, commit = Flask("bare"), _committer(os.environ["LMS_DATABASE_URL"], json.loads(os.environ["BARE_ROWS"]))

    @app.post("/rows")
    def take() -> dict[str, str]:
        commit()
        return {"receipt": request.get_json()["id"]}

    return app


def _name(engine: Engine) -> str:
    with engine.connect() as connection:
        return connection.execute(text("SELECT full_name FROM person WHERE id = 1")).scalar() or ""


def _committer(url: str, rows: Mapping[str, list[list[Any]]]) -> Callable[[], None]:
    own, sqlite = threading.local(), url.startswith("sqlite")

    def commit() -> None:
        if not hasattr(own, "connection"):
            own.connection = _connect(url)
        own.connection.execute("BEGIN IMMEDIATE" if sqlite else "BEGIN")
        for statement, values in _inserts(rows, "?" if sqlite else "%s"):
            own.connection.cursor().executemany(statement, values)
        own.connection.execute("COMMIT")

    return commit


def _connect(url: str) -> Any:
    """As durable as the site: SQLite waits for the disk at each commit, PostgreSQL as its defaults are."""
    if not url.startswith("sqlite"):
        return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _inserts(rows: Mapping[str, list[list[Any]]], mark: str) -> Iterator[tuple[str, list[list[Any]]]]:
    """`bare_…` tables have the columns of ours and no index at all: nothing is easier to write."""
    for table, values in rows.items():
        marks = ", ".join(mark for _ in values[0])
        yield f"INSERT INTO bare_{table} VALUES ({marks})", values


@contextmanager
def served(factory: Callable[[], Flask], environment: Mapping[str, str], ready: str) -> Iterator[int]:
    """The port on which it is served by two processes; `ready`: a path that answers as soon as they do."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.bare", factory.__name__, str(port)]
    server = subprocess.Popen(command, env=dict(environment), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: _answers(port, ready), 60, f"bare {factory.__name__}")
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _answers(port: int, path: str) -> bool:
    from benchmarks.driving import Connection
    from benchmarks.driving import request as asked

    return Connection(port).ask(asked(path))[0] != 0


def main() -> None:
    factory, port = sys.argv[1:]
    Granian(
        f"benchmarks.bare:{factory}",
        factory=True,
        address="127.0.0.1",
        port=int(port),
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=INSIDE + WAITING + SPARE,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    main()
