"""Making a backup: one consistent snapshot while others write, straight into the sealed file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Select, column, select, table
from sqlalchemy.engine import Connection

from lms.db import db, utc_now
from lms.durable import new_file
from lms.operate import schema
from lms.operate.backup import Refused, figures
from lms.operate.backup.archive import FORMAT, Manifest, Packer, packing
from lms.operate.backup.layout import Table, lines, tables
from lms.storage.files import storage

FILE_KEYS = (("certificate", "pdf_key"), ("roster_import", "file_key"))


def create(destination: Path, key: str, *, force: bool = False) -> Manifest:
    """Write a backup to `destination`, readable by the owner alone. Raises `Refused`; leaves no half file there."""
    if destination.exists() and not force:
        raise Refused(f"{destination} is there already; --force writes over it.")
    with new_file(destination) as out, snapshot() as connection, packing(out, key) as packer:
        return _pack(connection, packer)


def _pack(connection: Connection, packer: Packer) -> Manifest:
    at = schema.current(connection)
    if at is None:
        raise Refused("There is nothing to back up: the database is not set up. Run: lms db upgrade")
    layout = tables(connection)
    manifest = Manifest(
        format=FORMAT,
        made_at=utc_now().isoformat(),
        engine=connection.dialect.name,
        schema=at,
        tables={one.name: one.as_json() | packer.add_table(one.name, lines(connection, one)) for one in layout},
        files=_pack_files(connection, packer, layout),
        audit=figures.audit_head(connection),
        coverage=figures.coverage() if at == schema.head() else None,
    )
    packer.add_manifest(manifest)
    return manifest


@contextmanager
def snapshot() -> Iterator[Connection]:
    """The session's connection in one read transaction: whatever is read in it is as of its first moment.

    In WAL mode SQLite's readers see one state and hold up no writer, so nothing is copied in clear beforehand.
    """
    session = db.session
    session.rollback()
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    connection = session.connection(execution_options=options if db.engine.dialect.name == "postgresql" else {})
    try:
        yield connection
    finally:
        session.rollback()


def _pack_files(connection: Connection, packer: Packer, layout: list[Table]) -> dict[str, Any]:
    """The files that rows of the snapshot name; one that is gone from the storage is named, and the rest goes on."""
    count, size, missing = 0, 0, []
    for key in _file_keys(connection, {one.name for one in layout}):
        try:
            data = storage().read(key)
        except FileNotFoundError:
            missing.append(key)
            continue
        packer.add(f"files/{key}", data)
        count, size = count + 1, size + len(data)
    return {"count": count, "bytes": size, "missing": missing}


def _file_keys(connection: Connection, present: set[str]) -> Iterator[str]:
    for name, field in FILE_KEYS:
        if name in present:
            query: Select[Any] = select(column(field)).select_from(table(name)).where(column(field) > "").distinct()
            yield from connection.execute(query.execution_options(yield_per=1000)).scalars()
