"""Restoring: read all of it, build it beside, compare, and only then let it take over. A drill stops there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app

from lms.audit import queries as audit
from lms.db import db
from lms.operate import schema
from lms.operate.backup import Refused, figures, migrated
from lms.operate.backup.archive import Manifest, examine, members
from lms.operate.backup.layout import digest, tables
from lms.operate.backup.loading import load
from lms.operate.backup.making import create, snapshot
from lms.operate.backup.places import Place, beside, holds_data, opened
from lms.storage.files import storage


class Check(NamedTuple):
    """One thing as the backup says it, and as it came out."""

    what: str
    backup: Any
    restored: Any

    @property
    def holds(self) -> bool:
        return bool(self.backup == self.restored)


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    checks: list[Check]
    kept: str | None = None


def restore(source: Path, key: str, *, replace: bool = False) -> Restored:
    """Make the backup the live database. Raises `Refused` with everything as it was.

    `replace`: also where the live database holds data; that one is kept under another name.
    """
    manifest = examined(source, key)
    with db.engine.connect() as connection:
        holding = [] if replace else holds_data(connection)
    if holding:
        raise Refused(f"The database holds data ({', '.join(holding[:5])}); --replace sets it aside.")
    with beside() as place:
        checks = rebuild(place, source, key, manifest)
        refuse_differences(checks)
        _put_files_back(source, key)
        db.session.rollback()
        db.engine.dispose()
        return Restored(manifest, checks, place.take_over(keep=replace))


def drill(source: Path | None, key: str) -> Restored:
    """Restore beside and compare, `source` or a backup made now for that; the live database is only read."""
    with tempfile.TemporaryDirectory(prefix=".drill-", dir=current_app.extensions["settings"].instance_dir) as folder:
        if source is None:
            source = Path(folder) / "drill.backup"
            create(source, key)
        manifest = examined(source, key)
        with beside() as place:
            return Restored(manifest, rebuild(place, source, key, manifest))


def examined(source: Path, key: str) -> Manifest:
    manifest = examine(source, key)
    try:
        ScriptDirectory.from_config(schema.config()).get_revision(manifest.schema)
    except CommandError:
        raise Refused(
            f"The backup has schema {manifest.schema}, which this version does not know. Update first."
        ) from None
    return manifest


def refuse_differences(checks: list[Check]) -> None:
    wrong = [check.what for check in checks if not check.holds]
    if wrong:
        raise Refused(f"What was restored differs from the backup: {', '.join(wrong[:5])}. Nothing was replaced.")


def rebuild(place: Place, source: Path, key: str, manifest: Manifest) -> list[Check]:
    """Load at the schema of the backup, compare, migrate to that of the code, and count what people are told."""
    with opened(place):
        schema.upgrade(manifest.schema)
        with db.engine.connect().execution_options(lms_write=True) as connection:
            load(connection, manifest.layout, _table_parts(source, key))
        return _compare_tables(manifest) + _migrate(manifest) + _compare_figures(manifest)


def _migrate(manifest: Manifest) -> list[Check]:
    if manifest.schema == schema.head():
        return []
    with snapshot() as connection:
        before = migrated.kept(connection, manifest, schema.said_changes(manifest.schema))
    schema.upgrade()
    with snapshot() as connection:
        now = migrated.now(connection, before)
    return [Check(f"{one.of.name} after the migrations", _told(one.digest), _told(now[one.of.name])) for one in before]


def _table_parts(source: Path, key: str) -> Iterator[tuple[str, bytes]]:
    for name, data in members(source, key):
        room, _, rest = name.partition("/")
        if room == "tables":
            yield rest.partition("/")[0], data


def _compare_tables(manifest: Manifest) -> list[Check]:
    with snapshot() as connection:
        names = Check("tables", sorted(manifest.tables), [one.name for one in tables(connection)])
        found = {one.name: digest(connection, one) for one in manifest.layout}
    return [names, *(Check(name, _told(manifest.tables[name]), _told(found[name])) for name in found)]


def _told(table: dict[str, Any] | str) -> str:
    if isinstance(table, str):
        return table
    return f"{table['rows']} rows, sha256 {table['sha256'][:16]}"


def _compare_figures(manifest: Manifest) -> list[Check]:
    with snapshot() as connection:
        checks = [
            Check("audit head", manifest.audit, figures.audit_head(connection)),
            Check("audit chain", [], list(audit.verify().faults)),
        ]
        if manifest.coverage is not None:
            checks.append(Check("coverage", manifest.coverage, figures.coverage(manifest.coverage)))
    return checks


def _put_files_back(source: Path, key: str) -> None:
    """Named by their content, they can be added to a storage that is in use: nothing there is written over."""
    for name, data in members(source, key):
        if name.startswith("files/"):
            _put_file_back(name.removeprefix("files/"), data)


def _put_file_back(key: str, data: bytes) -> None:
    kind, _, name = key.partition("/")
    stored = storage().save(kind, data, Path(name).suffix)
    if stored.key != key:
        raise Refused(f"The storage here would name the file {key} otherwise.")
