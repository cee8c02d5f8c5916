"""The steps of an upgrade, in order; see the room's own words for why there is none that takes back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import func, inspect, select, table
from sqlalchemy.engine import Connection

from lms.db import db, utc_now
from lms.operate import reference, schema
from lms.operate.backup import Refused, figures
from lms.operate.backup.archive import Manifest
from lms.operate.backup.making import create, snapshot
from lms.operate.backup.places import Place, beside, opened
from lms.operate.backup.restoring import Check, examined, rebuild, refuse_differences
from lms.operate.doctor.database import sqlite_file
from lms.operate.upgrading.alone import alone

NAME = "before-upgrade-"


@dataclass(frozen=True)
class Upgraded:
    """`backup` is None where nothing had to be migrated."""

    before: str
    now: str
    backup: Path | None = None
    rows: int = 0
    checks: int = 0


def upgrade(folder: Path, key: str, say: Callable[[str], None]) -> Upgraded:
    """Bring the database to this version. Raises with everything as it was; `say` gets a line before each long step."""
    at = _schema_now()
    if at == schema.head():
        reference.load()
        return Upgraded(at, at)
    _refuse_other_user_or_small_disk(folder)
    with alone() as hold:
        hold.remove_leftovers()
        _remove_drafts(folder)
        backup = folder / f"{NAME}{utc_now():%Y%m%d-%H%M%S-%f}.backup"
        say(f"Backing up schema {at} into {backup} …")
        create(backup, key)
        manifest = examined(backup, key)
        _refuse_unknown_tables(manifest)
        say(f"Building the database of this version beside, from {manifest.rows} rows; the live one is untouched …")
        changes = ", ".join(schema.said_changes(at))
        if changes:
            say(f"The migrations say that they change {changes}; all else must come out as it was.")
        with beside() as place:
            checks = rebuild(place, backup, key, manifest) + _finish(place, manifest)
            refuse_differences(checks)
            hold.let_go()
            place.take_over(keep=False)
    return Upgraded(at, _schema_now(), backup, manifest.rows, len(checks))


def _schema_now() -> str:
    with db.engine.connect() as connection:
        at = schema.current(connection)
    if at is None:
        raise Refused("The database is not set up yet: there is nothing to upgrade. Run: lms db upgrade")
    return at


def _refuse_other_user_or_small_disk(folder: Path) -> None:
    """A new file belongs to whoever makes it: root's could not be opened by the site."""
    path = sqlite_file(current_app.extensions["settings"])
    if path is None:
        return
    if path.stat().st_uid != os.geteuid():
        raise Refused(f"Run this as the user whom the database belongs to, which the site runs as: {path.owner()}.")
    size = path.stat().st_size
    for place in {folder, path.parent}:
        if shutil.disk_usage(place).free < 2 * size:
            raise Refused(f"{place} needs {2 * size // 10**6} MB free: the database once more, and its backup.")


def _remove_drafts(folder: Path) -> None:
    """Backups that a killed run had begun: hidden, and without their sealed end."""
    for draft in folder.glob(f".{NAME}*"):
        draft.unlink()


def _refuse_unknown_tables(manifest: Manifest) -> None:
    """A table that this version has no word for is not in the backup: its rows would be gone, not migrated."""
    with db.engine.connect() as connection:
        unknown = set(inspect(connection).get_table_names()) - set(manifest.tables) - {"alembic_version"}
    if unknown:
        raise Refused(
            f"The database has tables that this version does not know: {', '.join(sorted(unknown)[:5])}. "
            "They would be lost. Set them aside (DROP or another database), or ask whoever made this version."
        )


def _finish(place: Place, manifest: Manifest) -> list[Check]:
    """What ships with this version, then the last look: at head, no table shorter, the figure countable."""
    with opened(place):
        reference.load()
        with snapshot() as connection:
            shorter = [name for name, told in manifest.tables.items() if _lost_rows(connection, name, told["rows"])]
            at = schema.current(connection)
            figures.coverage()
    return [Check("tables with fewer rows", [], shorter), Check("schema", schema.head(), at)]


def _lost_rows(connection: Connection, name: str, before: int) -> bool:
    """A table that the migrations took away has lost none: they say where its rows went."""
    if not inspect(connection).has_table(name):
        return False
    return connection.execute(select(func.count()).select_from(table(name))).scalar_one() < before
