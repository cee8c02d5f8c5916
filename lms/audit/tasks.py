"""A checkpoint a day, in the instance folder: from there it is copied to another machine, or printed."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

from lms.audit import checkpoints, queries
from lms.audit.checkpoints import Checkpoint
from lms.audit.rules import GENESIS
from lms.config import Settings
from lms.db import utc_now
from lms.text.dates import local_today

KIND = "audit-checkpoint"
KEPT_IN = "checkpoints"


def folder() -> Path:
    return _settings().instance_dir / KEPT_IN


def newest(settings: Settings | None = None) -> Path | None:
    """The checkpoint that was written last, of those in the instance folder and beside the backups."""
    settings = settings or _settings()
    folders = [place / KEPT_IN for place in (settings.instance_dir, settings.backup_dir) if place is not None]
    found = [path for one in folders for path in one.glob("*.json")]
    return max(found, key=lambda path: path.stat().st_mtime_ns, default=None)


def make(secret: str = "") -> bytes:
    """The signed checkpoint of this moment, by `secret` or else by the site's key.

    Counts only grow, so reading them after the head is safe.
    """
    seq, last = queries.head() or (0, GENESIS)
    point = Checkpoint(seq, last, utc_now().isoformat(), queries.counts())
    return checkpoints.sign(point, secret or _settings().secret_key)


def read(path: Path) -> Checkpoint:
    """Signed by the site's key, or by one of before. Raises `BadCheckpoint`, OSError."""
    return checkpoints.read(path.read_bytes(), _settings().secret_key, *_settings().secret_key_fallbacks)


def daily() -> int:
    """The day's checkpoint, once: a name that is taken stays as it is."""
    path = folder() / f"{local_today(utc_now())}.json"
    if path.exists():
        return 0
    try:
        checkpoints.write_new(path, make())
    except FileExistsError:  # another worker was a moment quicker
        return 0
    return 1


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found
