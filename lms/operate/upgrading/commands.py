"""`lms upgrade`"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
import structlog
from flask import current_app
from flask.cli import with_appcontext

from lms.operate.backup import Refused
from lms.operate.backup.commands import with_key
from lms.operate.upgrading.steps import Upgraded, upgrade
from lms.web.logs import safe_message

log = structlog.get_logger("lms.operate")
FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)
AS_IT_WAS = "Nothing was changed: the database is as it was before, and the version before this one can serve it."


@click.command("upgrade")
@click.option("--backup-dir", type=FOLDER, help="Else LMS_BACKUP_DIR.")
@with_appcontext
@with_key
def upgrade_command(backup_dir: Path | None, key: str, as_json: bool) -> None:
    """Bring the database to this version: back up, build beside, check, take over. Stop the site first.

    Whatever goes wrong, or is killed, leaves the database as it was; run it again.
    """
    folder = backup_dir or current_app.extensions["settings"].backup_dir
    if folder is None:
        raise Refused("Where should the backup go? --backup-dir DIR, or LMS_BACKUP_DIR.")
    try:
        done = upgrade(folder, key, lambda line: click.echo(line, err=True))
    except Refused as refusal:
        raise Refused(f"{refusal} {AS_IT_WAS}") from None
    except Exception as error:
        log.error("the upgrade failed", exc_info=error)
        click.echo(f"lms: the upgrade failed ({type(error).__name__}: {safe_message(error)}). {AS_IT_WAS}", err=True)
        sys.exit(1)
    click.echo(_json(done) if as_json else _words(done))


def _json(done: Upgraded) -> str:
    told = {"from": done.before, "to": done.now, "backup": str(done.backup) if done.backup else None}
    return json.dumps(told | {"rows": done.rows, "checks": done.checks})


def _words(done: Upgraded) -> str:
    if done.backup is None:
        return f"The database is at {done.now}: there is nothing to migrate. Start the site."
    return (
        f"The database went from {done.before} to {done.now}: {done.rows} rows, {done.checks} checks hold.\n"
        f"As it was before: {done.backup} (the version before restores it with: lms backup restore FILE --replace)\n"
        "Start the site."
    )
