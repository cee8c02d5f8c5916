"""Migrations as functions: bring a database to the newest schema, or say how far behind it is."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from lms.db import db, not_durable

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def config() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    return settings


def upgrade(revision: str = "head") -> None:
    command.upgrade(config(), revision)


def downgrade(revision: str) -> None:
    command.downgrade(config(), revision)


def head() -> str | None:
    return ScriptDirectory.from_config(config()).get_current_head()


def said_changes(since: str) -> list[str]:
    """What the migrations after revision `since` say they change of what was there: "table" or "table.column"."""
    steps = ScriptDirectory.from_config(config()).iterate_revisions("head", since)
    return sorted({name for step in steps for name in getattr(step.module, "changes", ())})


def current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def faults() -> list[str]:
    """Why this database must not be served yet; empty when it may."""
    with db.engine.connect() as connection:
        return [*(f"not durable: {fault}" for fault in not_durable(connection)), *_distance(connection)]


def distance() -> list[str]:
    """Of `faults` what says that the code is for another schema: nothing may work on it."""
    with db.engine.connect() as connection:
        return _distance(connection)


def _distance(connection: Connection) -> list[str]:
    at, newest = current(connection), head()
    if at == newest:
        return []
    return [f"schema is at {at or 'nothing'}, the code needs {newest}: {_way_from(at)}"]


def _way_from(revision: str | None) -> str:
    if revision is None:
        return "lms db upgrade"
    known = {step.revision for step in ScriptDirectory.from_config(config()).walk_revisions()}
    return "lms upgrade" if revision in known else "made by a newer version: use that"
