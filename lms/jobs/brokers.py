"""What carries the nudges: a SQLite file for one machine, Redis for several. Both may be lost at any moment."""

from __future__ import annotations

import sqlite3

from huey import RedisHuey, SqliteHuey
from huey.api import Huey
from huey.serializer import SignedSerializer

from lms.config import Settings
from lms.keys import key_for
from lms.shared_redis import connections

NAME = "lms"
Troubles = tuple[type[Exception], ...]


def broker(settings: Settings) -> tuple[Huey, Troubles]:
    """The queue of these settings, and what it raises when it cannot be reached. Results of work are never stored."""
    if not settings.queue_url:
        return SqliteHuey(NAME, results=False, filename=str(settings.queue_path), fsync=False), (sqlite3.Error, OSError)
    from redis.exceptions import RedisError

    signed = SignedSerializer(_key(settings.secret_key))
    queue = RedisHuey(NAME, results=False, connection_pool=connections(settings.queue_url), serializer=signed)
    return queue, (RedisError, OSError)


def _key(secret: str) -> bytes:
    """Entries are pickles: who can write into the Redis must not be able to run code in our workers by that."""
    return key_for(secret, "lms job queue", "sign").hex().encode()
