"""What goes on beside the web: the worker, backups, and whatever of the site stands on other machines."""

from __future__ import annotations

import time
from datetime import timedelta

from lms.audit import tasks
from lms.config import Settings
from lms.jobs.queue import alive_path
from lms.operate.doctor import Finding, bad, ok, warn
from lms.shared_redis import connections
from lms.storage.files import StorageUnavailable, storage

HEARD_WITHIN = timedelta(minutes=5)
BACKED_UP_WITHIN, OVERDUE = timedelta(hours=26), timedelta(days=3)
SEALED_WITHIN = timedelta(hours=36)
DRAFT = "."
"""A backup appears under its own name only when it is whole; before that it is a hidden file."""


def worker_lives(settings: Settings) -> list[Finding]:
    path = alive_path(settings)
    if not path.exists():
        return warn("no worker has run here yet: certificates wait", "lms serve starts one; alone: lms worker")
    ago = timedelta(seconds=round(time.time() - path.stat().st_mtime))
    if ago > HEARD_WITHIN:
        return bad(
            f"the worker last gave a sign of life {ago} ago", "restart it (systemctl restart lms-worker), see its log"
        )
    return ok(f"the worker gave a sign of life {ago} ago")


def backups_are_made(settings: Settings) -> list[Finding]:
    folder = settings.backup_dir
    if folder is None:
        return warn(
            "nobody says where backups are kept", 'LMS_BACKUP_DIR=…, and a timer (docs/operating.md, "Every day")'
        )
    if not folder.is_dir():
        return bad("the folder of LMS_BACKUP_DIR is not there", f"mkdir -m 700 {folder}, or mount its disk")
    made = [path for path in folder.iterdir() if path.suffix == ".backup" and not path.name.startswith(DRAFT)]
    if not made:
        return bad("there is no backup yet", f"lms backup create {folder}/first.backup")
    age = timedelta(seconds=round(time.time() - max(path.stat().st_mtime for path in made)))
    told, mend = f"the last backup is {age} old", "see the log of the timer: journalctl -u lms-backup"
    return bad(told, mend) if age > OVERDUE else warn(told, mend) if age > BACKED_UP_WITHIN else ok(told)


def checkpoints_are_made(settings: Settings) -> list[Finding]:
    """The worker makes one a day, the timer of deploy/ one every 15 minutes: without, a cut end cannot be found."""
    made = tasks.newest(settings)
    if made is None:
        return warn(
            "there is no checkpoint of the audit record yet", "the worker makes one; at once: lms audit checkpoint"
        )
    age = timedelta(seconds=round(time.time() - made.stat().st_mtime))
    told = f"the last checkpoint of the audit record is {age} old"
    return (
        bad(told, "see the worker's log: journalctl -u lms-worker -u lms-checkpoint")
        if age > SEALED_WITHIN
        else ok(told)
    )


def bucket_answers(settings: Settings) -> list[Finding]:
    """Asked for a file that cannot be there: it must say so, and not that it is away or closed to us."""
    if not settings.storage_url:
        return []
    try:
        storage().read(f"doctor/00/{'0' * 64}")
    except FileNotFoundError:
        return ok("the bucket answers")
    except StorageUnavailable as error:
        return bad(f"files cannot be kept or read: {error}", "see LMS_STORAGE_URL and LMS_S3_…, and the service itself")
    return ok("the bucket answers")


def redis_answers(settings: Settings) -> list[Finding]:
    named = {"LMS_QUEUE_URL": settings.queue_url, "LMS_LIMITS_URL": settings.limits_url}
    return [one for name, url in named.items() if url for one in _redis(name, url)]


def _redis(name: str, url: str) -> list[Finding]:
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        Redis(connection_pool=connections(url)).ping()
    except (RedisError, OSError) as error:
        return warn(
            f"the Redis of {name} does not answer ({type(error).__name__}): work begins within a minute, not at once",
            "start it, or see the address and its password",
        )
    return ok(f"the Redis of {name} answers")
