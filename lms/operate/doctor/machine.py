"""The machine: clock, time zones, disk, what others may read."""

from __future__ import annotations

import shutil
import stat
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.config import Settings
from lms.db import db
from lms.operate.doctor import Finding, bad, ok, warn

SET_CLOCK = "set the clock: timedatectl set-ntp true (or date -s), on every machine of the site"
APART, FAR_APART = timedelta(seconds=5), timedelta(minutes=1)
LITTLE, TOO_LITTLE = 2_000_000_000, 200_000_000
"""Bytes free."""


def clock_agrees(settings: Settings) -> list[Finding]:
    """With the database's own clock: on one machine it is the same one."""
    with db.engine.connect() as connection:
        if connection.dialect.name != "postgresql":
            return ok("the clock is the database's own: one machine")
        theirs: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    apart = abs(datetime.now(UTC) - theirs)
    told = f"our clock and the database's are {apart.total_seconds():.1f} s apart"
    return bad(told, SET_CLOCK) if apart > FAR_APART else warn(told, SET_CLOCK) if apart > APART else ok(told)


def clock_went_on(settings: Settings) -> list[Finding]:
    """An entry of the record that is dated after now: the clock was ahead then, or is behind now."""
    newest = db.session.scalar(select(func.max(AuditEntry.at)))
    now = datetime.now(UTC)
    if newest is not None and newest > now + APART:
        return bad(f"the newest audit entry is dated {newest - now} after now", SET_CLOCK)
    return ok(f"the clock says {now:%Y-%m-%d %H:%M} UTC, after every audit entry")


def zone_is_known(settings: Settings) -> list[Finding]:
    try:
        here = datetime.now(ZoneInfo(settings.time_zone))
    except (ZoneInfoNotFoundError, ValueError):
        return bad(
            f"no data for the time zone {settings.time_zone}", "see LMS_TIME_ZONE; pip install tzdata brings the data"
        )
    return ok(f"in {settings.time_zone} it is {here:%H:%M %z}")


def disks_have_room(settings: Settings) -> list[Finding]:
    places = {"instance folder": settings.instance_dir, "temporary files": Path(tempfile.gettempdir())}
    if not settings.storage_url:
        places["files"] = settings.files_dir if settings.files_dir.exists() else settings.instance_dir
    return [one for name, folder in places.items() for one in _disk(name, folder)]


def _disk(name: str, folder: Path) -> list[Finding]:
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as written:
            written.write(b"written by lms doctor")
    except OSError as error:
        return bad(f"{name}: cannot be written ({error.strerror})", "give the folder to the user that the site runs as")
    free = shutil.disk_usage(folder).free
    told, mend = f"{name}: {free // 10**6} MB free", "remove what is not needed (old backups, kept databases), or grow"
    return bad(told, mend) if free < TOO_LITTLE else warn(told, mend) if free < LITTLE else ok(told)


def secrets_are_kept(settings: Settings) -> list[Finding]:
    """Whoever reads these reads everything: the settings, the key of backups, a SQLite database."""
    held = (settings.instance_dir / "lms.env", settings.backup_key_file)
    files = [path for path in held if path is not None and path.exists()]
    found = [one for path in files for one in _closed(path)]
    return found or ok("the secrets come from the environment")


def _closed(path: Path) -> list[Finding]:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return bad(f"{path.name} can be opened by others (mode {mode:04o})", f"chmod 600 {path}")
    return ok(f"{path.name}: its owner alone")
