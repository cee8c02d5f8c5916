"""`lms backup create | restore | drill`"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from lms.config import MIN_SECRET_LENGTH, Settings
from lms.operate.backup import Refused, making, restoring
from lms.operate.backup.archive import Manifest
from lms.operate.backup.restoring import Restored

backup_cli = AppGroup("backup", help="Sealed backups of the database and the files: make, restore, try out.")
FILE = click.Path(dir_okay=False, path_type=Path)
PRESENT = click.Path(dir_okay=False, exists=True, path_type=Path)


def with_key(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options that all three have, and says a refusal in one line with exit code 1."""

    @click.option("--key-file", type=PRESENT, help="File with the key (else LMS_BACKUP_KEY_FILE or LMS_BACKUP_KEY).")
    @click.option("--json", "as_json", is_flag=True)
    @wraps(command)
    def run(key_file: Path | None, **given: Any) -> None:
        try:
            command(key=_key(key_file), **given)
        except Refused as refusal:
            _refuse(str(refusal))
        except OSError as error:
            _refuse(f"{error.strerror or error} ({error.filename or 'while writing'}). Nothing was replaced.")

    return run


@backup_cli.command("create")
@click.argument("destination", type=FILE)
@click.option("--force", is_flag=True, help="Write over DESTINATION if it is there.")
@with_key
def create(destination: Path, key: str, force: bool, as_json: bool) -> None:
    """Back up the database and the files that it names, while the site runs."""
    manifest = making.create(destination, key, force=force)
    for missing in manifest.files["missing"]:
        click.echo(f"lms: the storage has no file {missing}; it is not in the backup.", err=True)
    told = _summary(manifest) | {"written": str(destination)}
    click.echo(json.dumps(told) if as_json else f"{_line(manifest)}\nwritten: {destination}")


@backup_cli.command("restore")
@click.argument("source", type=PRESENT)
@click.option("--replace", is_flag=True, help="Also where the database holds data; that one is kept aside.")
@with_key
def restore(source: Path, key: str, replace: bool, as_json: bool) -> None:
    """Restore into the database of the settings, on either engine. Stop the site first."""
    done = restoring.restore(source, key, replace=replace)
    told = _summary(done.manifest) | {"kept": done.kept}
    lines = [_line(done.manifest), f"restored and compared: {len(done.checks)} checks hold."]
    click.echo(json.dumps(told) if as_json else "\n".join(lines + [f"before: {done.kept}"] * bool(done.kept)))


@backup_cli.command("drill")
@click.argument("source", type=PRESENT, required=False)
@with_key
def drill(source: Path | None, key: str, as_json: bool) -> None:
    """Restore SOURCE (else a backup made now) beside the live database and compare; exit 1 on any difference."""
    done = restoring.drill(source, key)
    click.echo(json.dumps(_checks_json(done)) if as_json else _checks_text(done))
    sys.exit(0 if all(check.holds for check in done.checks) else 1)


def _key(file: Path | None) -> str:
    settings: Settings = current_app.extensions["settings"]
    file = file or settings.backup_key_file
    key = file.read_text().strip() if file else settings.backup_key
    if len(key) < MIN_SECRET_LENGTH or len(set(key)) < 10:
        raise Refused("A backup needs a key of at least 32 random characters: LMS_BACKUP_KEY (lms secret makes one).")
    if key in (settings.secret_key, *settings.secret_key_fallbacks):
        raise Refused("The key of backups must not be LMS_SECRET_KEY: make another with lms secret.")
    return key


def _summary(manifest: Manifest) -> dict[str, Any]:
    return {
        "made_at": manifest.made_at,
        "engine": manifest.engine,
        "schema": manifest.schema,
        "rows": {name: told["rows"] for name, told in manifest.tables.items()},
        "files": manifest.files,
        "audit": manifest.audit,
        "coverage": manifest.coverage,
    }


def _line(manifest: Manifest) -> str:
    counts = f"{manifest.rows} rows in {len(manifest.tables)} tables, {manifest.files['count']} files"
    return f"backup of {manifest.made_at} ({manifest.engine}, schema {manifest.schema}): {counts}"


def _checks_json(done: Restored) -> dict[str, Any]:
    checks = [check._asdict() | {"holds": check.holds} for check in done.checks]
    return {"holds": all(check.holds for check in done.checks), "checks": checks}


def _checks_text(done: Restored) -> str:
    lines = [
        f"ok       {check.what}: {check.restored}"
        if check.holds
        else f"DIFFERS  {check.what}: backup {check.backup}, restored {check.restored}"
        for check in done.checks
    ]
    return "\n".join([_line(done.manifest), *lines])


def _refuse(reason: str) -> None:
    click.echo(f"lms: {reason}", err=True)
    sys.exit(1)
