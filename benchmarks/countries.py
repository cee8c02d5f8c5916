"""Invented countries to measure in: an application on a durable database of either engine, filled by `lms simulate`.

With LMS_BENCH_KEEP (a folder) a country that was loaded once is used again, whatever day it is then; without it, it
is thrown away.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
import psycopg
from flask import Flask

from lms import create_app
from lms.config import Settings
from lms.db import db
from lms.operate import reference, schema
from lms.operate.simulate.building import build
from lms.operate.simulate.wanted import Wanted
from tests.postgres import Cluster, binaries

SECRET = "benchmarks-only-1234567890-abcdefghijklmnop"
UNTIL = date(2026, 11, 24)


def engines() -> list[str]:
    return ["sqlite", "postgresql"] if binaries() else ["sqlite"]


@contextmanager
def country(engine: str, posts: int, provinces: int, *, attempts: int = 0, certificates: int = 0) -> Iterator[Flask]:
    """An application on `engine` with the country in it; its context is pushed. The last day is always the same."""
    wanted = Wanted(posts, provinces, seed=1, until=UNTIL, attempts=attempts, certificates=certificates)
    name = f"{engine}-{posts}-{provinces}-{attempts}-{certificates}"
    with _folder(name) as folder, database(engine, folder) as url:
        app = create_app(_settings(url, folder))
        with _quiet(logging.getLogger("lms.web")), app.app_context():
            if not (folder / "loaded").exists():
                _load(wanted)
                (folder / "loaded").touch()
            yield app
            db.session.rollback()
            db.engine.dispose()


@contextmanager
def _quiet(log: logging.Logger) -> Iterator[None]:
    """A line for each request is not what is measured."""
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)


def _load(wanted: Wanted) -> None:
    schema.upgrade()
    reference.load()
    build(wanted, lambda what: click.echo(f"… {what}", err=True))


def _settings(url: str, folder: Path) -> Settings:
    given = {"environment": "test", "secret_key": SECRET, "database_url": url, "instance_dir": folder}
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    kept = os.environ.get("LMS_BENCH_KEEP")
    folder = Path(kept) / name if kept else Path(tempfile.mkdtemp(prefix="lms-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # an ordinary user runs PostgreSQL in it
    try:
        yield folder
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database that keeps what it acknowledges; PostgreSQL runs as long as the block."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'lms.sqlite'}"
        return
    with _server(folder) as server:
        yield f"{server}/lms"


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """PostgreSQL as durable as its defaults make it."""
    found = binaries()
    assert found is not None, "engines() names PostgreSQL only where it is installed"
    (folder / "pg").mkdir(exist_ok=True)
    cluster = Cluster(found, durable=True, root=folder / "pg")
    if cluster.data.exists():
        cluster.up()
    else:
        _create_database(cluster.start())
    try:
        yield f"postgresql+psycopg://lms@127.0.0.1:{cluster.port}"
    finally:
        cluster.down()


def _create_database(server: str) -> None:
    with psycopg.connect(f"{server.replace('+psycopg', '')}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE lms")
