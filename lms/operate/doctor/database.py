"""The database: does it answer, is it at head, does it keep what it acknowledged, is it whole."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from lms.config import Settings
from lms.db import db
from lms.operate import schema
from lms.operate.doctor import Finding, bad, ok, warn

RESTORE = "lms backup restore FILE --replace, of the last good backup; keep the damaged database for an expert"
LARGEST_WAL = 256_000_000
"""Bytes. SQLite folds its log back at 4 MB; one that grows beyond this is held open by a reader that never ends."""
BROKEN_INDEXES = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"


def answers(settings: Settings) -> list[Finding]:
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            return ok(f"the database answers ({connection.dialect.name})")
    except SQLAlchemyError as error:
        return bad(
            f"the database does not answer ({type(error).__name__})",
            "start it, and see LMS_DATABASE_URL and the rights of the folder",
        )


def is_ready(settings: Settings) -> list[Finding]:
    faults = schema.faults()
    if not faults:
        return ok(f"the schema is at {schema.head()}, and what is acknowledged is on disk")
    return [Finding("bad", fault, _mend(fault)) for fault in faults]


def _mend(fault: str) -> str:
    if fault.startswith("schema"):
        return "stop the site, then run that command"
    return "take the setting back to its default in the configuration of the database"


def is_whole(settings: Settings) -> list[Finding]:
    """SQLite reads every page; PostgreSQL is asked for indexes that were never finished."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            broken = list(connection.exec_driver_sql(BROKEN_INDEXES).scalars())
            return (
                bad(f"indexes are not valid: {', '.join(broken)}", "REINDEX INDEX …")
                if broken
                else ok("indexes are valid")
            )
        told = list(connection.exec_driver_sql("PRAGMA quick_check(5)").scalars())
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if told != ["ok"]:
        return bad("the database file is damaged (quick_check)", RESTORE)
    if orphans is not None:
        return bad(f"a row of {orphans[0]} refers to a row of {orphans[2]} that is not there", RESTORE)
    return ok("the database file is whole")


def has_room(settings: Settings) -> list[Finding]:
    """The file lies elsewhere than the instance folder when LMS_DATABASE_URL says so."""
    path = sqlite_file(settings)
    if path is None:
        return []
    free, size = shutil.disk_usage(path.parent).free, path.stat().st_size
    if free < 2 * size:
        return warn(
            f"the disk of the database has {free // 10**6} MB free, the database {size // 10**6} MB",
            "make room: an upgrade or a restore needs its size once more, and the backup beside",
        )
    return ok(f"room for an upgrade: {free // 10**6} MB free, database {size // 10**6} MB")


def log_is_folded(settings: Settings) -> list[Finding]:
    path = sqlite_file(settings)
    if path is None:
        return []
    wal = Path(f"{path}-wal")
    size = wal.stat().st_size if wal.exists() else 0
    if size > LARGEST_WAL:
        return warn(
            f"the write-ahead log has grown to {size // 10**6} MB",
            "end sqlite3 sessions that stay open, or restart the site",
        )
    return ok(f"the write-ahead log has {size // 1000} kB")


def sqlite_file(settings: Settings) -> Path | None:
    url = make_url(settings.database)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
