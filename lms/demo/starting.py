"""Build the demo once, and say who can be signed in as."""

from __future__ import annotations

import gc
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import event

from lms.config import Settings
from lms.db import db
from lms.demo.build import build
from lms.demo.cast import DemoAccount, demo_accounts
from lms.operate import reference, schema


def start(staff: int) -> list[DemoAccount]:
    """What `lms demo` serves is there; whoever can be signed in as."""
    ensure_built(staff)
    found = demo_accounts()
    db.session.rollback()
    db.engine.dispose()
    return found


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
    """No waiting for the disk: a build that a crash cuts short begins anew anyway. Little looking for garbage."""

    def hurry(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    engine, usual = db.engine, gc.get_threshold()
    gc.set_threshold(50_000, 20, 20)
    event.listen(engine, "connect", hurry)
    try:
        yield
    finally:
        event.remove(engine, "connect", hurry)
        gc.set_threshold(*usual)
        db.session.rollback()
        engine.dispose()


def as_json(found: list[DemoAccount]) -> str:
    return json.dumps([one.as_json() for one in found], ensure_ascii=False)


def listing(found: list[DemoAccount], port: int) -> str:
    lines = [
        f"  {one.capability:<14} {one.phone:<12} {', '.join(filter(None, (one.who, one.area, one.state)))}"
        for one in found
        if one.main
    ]
    pin = found[0].pin if found else ""
    return "\n".join([f"http://127.0.0.1:{port}", f"Mã PIN của mọi người mẫu: {pin}", *lines])
