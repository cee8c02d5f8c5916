"""Another key for what the site signs: what the one before signed stays good, or after a breach is worth nothing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from lms.accounts.operations import end_every_session, revoke_every_token
from lms.audit import checkpoints, tasks
from lms.audit.operations import record
from lms.config import Settings
from lms.db import db, utc_now
from lms.operate.keys import env_file


@dataclass(frozen=True)
class Rotated:
    """`last`: the last checkpoint of the old key. `first`: the first of the new one; None if it cannot be written."""

    file: Path
    last: Path
    first: Path | None
    older: int
    ended: int = 0
    revoked: int = 0


def rotate(*, breach: bool) -> Rotated:
    """Write a new key into `lms.env`. Processes that run keep the old one until they are started anew.

    Raises `env_file.CannotChange` with everything as it was. If the last step fails the checkpoint alone was made.
    """
    settings: Settings = current_app.extensions["settings"]
    file = settings.instance_dir / "lms.env"
    new = secrets.token_urlsafe(48)
    older = [] if breach else [settings.secret_key, *settings.secret_key_fallbacks]
    text = env_file.with_keys(env_file.checked(file, settings.secret_key), new, older)
    last = _checkpoint("last-of-a-key", settings.secret_key)
    with db.write():
        ended, revoked = (end_every_session(), revoke_every_token()) if breach else (0, 0)
        record("key.rotated", "site:key", breach=breach)
        env_file.write(file, text)
    return Rotated(file, last, _first(new), len(older), ended, revoked)


def _first(secret: str) -> Path | None:
    """The key is changed by now: what goes wrong here must not be told as if it were not."""
    try:
        return _checkpoint("first-of-a-key", secret)
    except OSError:
        return None


def _checkpoint(which: str, secret: str) -> Path:
    stamp = checkpoints.name_of(utc_now()).removesuffix(".json")
    path = tasks.folder() / f"{stamp}-{which}-{secrets.token_hex(2)}.json"
    checkpoints.write_new(path, tasks.make(secret))
    return path
