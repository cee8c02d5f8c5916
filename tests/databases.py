"""One migrated template database per engine and test run; each test gets a copy (milliseconds, not migrations)."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from pathlib import Path

import psycopg

from lms import create_app
from lms.config import Settings
from lms.operate import reference, schema
from tests import postgres

TEMPLATE = "lms_template"
SECRET = "tests-only-1234567890-abcdefghijklmnop"


def settings_for(url: str, folder: Path, **changes: object) -> Settings:
    given = {"environment": "test", "secret_key": SECRET, "database_url": url, "instance_dir": folder}
    given |= {"draft_languages": True} | changes
    return Settings(_env_file=None, **given)


class Databases:
    """Templates made once by the controlling process; workers learn of them from the environment.

    LMS_TEST_LENT: a run around this one (tools.guards) has made them, and removes them.
    """

    def __init__(self) -> None:
        self.lent = "LMS_TEST_LENT" in os.environ
        self.root = Path(os.environ["LMS_TEST_ROOT"] if self.lent else tempfile.mkdtemp(prefix="lms-tests-"))
        self.cluster: postgres.Cluster | None = None

    def start(self) -> None:
        if self.lent:
            return
        os.environ["LMS_TEST_ROOT"] = str(self.root)
        _migrate(f"sqlite:///{self.root / 'template.sqlite'}", self.root)
        found = postgres.binaries()
        if found:
            self.cluster = postgres.Cluster(found)
            os.environ["LMS_TEST_PG"] = self.cluster.start()
            _sql("postgres", f"CREATE DATABASE {TEMPLATE}")
            _migrate(f"{os.environ['LMS_TEST_PG']}/{TEMPLATE}", self.root)

    def stop(self) -> None:
        if self.cluster:
            self.cluster.stop()
        if not self.lent:
            shutil.rmtree(self.root, ignore_errors=True)


def new_sqlite(folder: Path) -> str:
    path = folder / "test.sqlite"
    shutil.copy(Path(os.environ["LMS_TEST_ROOT"]) / "template.sqlite", path)
    return f"sqlite:///{path}"


def new_postgres() -> str:
    name = f"t{uuid.uuid4().hex}"
    # The template's files as they are, not through the log: nobody needs a test's log.
    _sql("postgres", f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    return f"{os.environ['LMS_TEST_PG']}/{name}"


def drop_postgres(url: str) -> None:
    _sql("postgres", f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE)")


def _migrate(url: str, folder: Path) -> None:
    app = create_app(settings_for(url, folder))
    with app.app_context():
        schema.upgrade()
        reference.load()
    with app.app_context():
        from lms.db import db

        if url.startswith("sqlite"):
            with db.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()


def _sql(database: str, statement: str) -> None:
    server = os.environ["LMS_TEST_PG"].replace("+psycopg", "")
    with psycopg.connect(f"{server}/{database}", autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]
