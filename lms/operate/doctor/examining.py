"""Every check, in the order in which a person would look; one that raises is itself a finding."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app

from lms.config import Settings
from lms.db import db
from lms.operate.doctor import Check, Finding, bad, database, machine, paper, site, work
from lms.web.logs import safe_message

NEEDING_DATABASE: tuple[Check, ...] = (
    database.is_ready,
    database.is_whole,
    database.has_room,
    database.log_is_folded,
    machine.clock_agrees,
    machine.clock_went_on,
)
OTHERS: tuple[Check, ...] = (
    machine.zone_is_known,
    machine.disks_have_room,
    machine.secrets_are_kept,
    paper.prints,
    site.is_https,
    site.proxy_is_believed,
    site.key_is_strong,
    site.catalogues_are_compiled,
    site.content_is_there,
    work.worker_lives,
    work.backups_are_made,
    work.checkpoints_are_made,
    work.bucket_answers,
    work.redis_answers,
)


def examine() -> list[Finding]:
    """All findings. Of a database that does not answer only that is said."""
    settings: Settings = current_app.extensions["settings"]
    found = _run([database.answers], settings)
    if found[0].state == "ok":
        found += _run(NEEDING_DATABASE, settings)
    return found + _run(OTHERS, settings)


def _run(checks: Sequence[Check], settings: Settings) -> list[Finding]:
    return [finding for check in checks for finding in _one(check, settings)]


def _one(check: Check, settings: Settings) -> list[Finding]:
    try:
        return check(settings)
    except Exception as error:
        db.session.rollback()
        name = check.__name__.replace("_", " ")
        told = f"{name}: could not be looked at ({type(error).__name__}: {safe_message(error)})"
        return bad(told, "this is what to tell whoever looks after the program")
