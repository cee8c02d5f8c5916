"""`lms demo`: one command from nothing to a site with a story."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import event

from lms.config import Settings
from lms.db import db
from lms.demo.build import build
from lms.demo.cast import DemoAccount, demo_accounts
from lms.demo.settings import demo_settings
from lms.operate import reference, schema
from lms.operate.serving import run_server

STAFF = 900


def make_command(create_app: Callable[[Settings], Flask]) -> click.Command:
    """`lms demo`. The application is made here, on settings of its own, by the one who knows every room."""

    @click.command("demo")
    @click.option("--port", default=8000, show_default=True)
    @click.option("--staff", default=STAFF, show_default=True, help="About how many invented people.")
    @click.option("--no-serve", is_flag=True, help="Only make the database.")
    @click.option("--json", "as_json", is_flag=True, help="List the demo accounts as JSON on stdout.")
    def demo(port: int, staff: int, no_serve: bool, as_json: bool) -> None:
        """Serve the site with invented people; the first run makes them, later runs keep the data."""
        with create_app(demo_settings(port)).app_context():
            ensure_built(staff)
            found = demo_accounts()
            db.session.rollback()
            db.engine.dispose()
        click.echo(_as_json(found) if as_json else _listing(found, port))
        if not no_serve:
            run_server("127.0.0.1", port, workers=1, with_worker=True)

    return demo


def ensure_built(staff: int) -> None:
    """Build the demo once. A build that was interrupted begins anew: `demo.built` is written at the end."""
    settings = Settings(_env_file=None)
    built = settings.instance_dir / "demo.built"
    database = Path(settings.database.removeprefix("sqlite:///"))
    if built.exists() and database.exists():
        schema.upgrade()
        reference.load()
        return
    db.session.rollback()
    db.engine.dispose()
    for leftover in (database, Path(f"{database}-wal"), Path(f"{database}-shm")):
        leftover.unlink(missing_ok=True)
    started = time.monotonic()
    with in_a_hurry():
        schema.upgrade()
        reference.load()
        build(settings.content_dir, staff, lambda text: click.echo(f"… {text}", err=True))
    built.write_text("", encoding="utf-8")
    click.echo(f"… xong trong {time.monotonic() - started:.0f} giây", err=True)


@contextmanager
def in_a_hurry() -> Iterator[None]:
    """No waiting for the disk: a build that a crash cuts short begins anew anyway."""

    def hurry(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    engine = db.engine
    event.listen(engine, "connect", hurry)
    try:
        yield
    finally:
        event.remove(engine, "connect", hurry)
        db.session.rollback()
        engine.dispose()


def _as_json(found: list[DemoAccount]) -> str:
    return json.dumps([one.as_json() for one in found], ensure_ascii=False)


def _listing(found: list[DemoAccount], port: int) -> str:
    lines = [
        f"  {one.capability:<14} {one.phone:<12} {', '.join(filter(None, (one.who, one.area, one.state)))}"
        for one in found
        if one.main
    ]
    pin = found[0].pin if found else ""
    return "\n".join([f"http://127.0.0.1:{port}", f"Mã PIN của mọi người mẫu: {pin}", *lines])
