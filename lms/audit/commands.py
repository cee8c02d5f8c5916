"""`lms audit …`"""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup

from lms.audit import checkpoints, queries, tasks
from lms.audit.checkpoints import BadCheckpoint, Checkpoint
from lms.db import utc_now

cli = AppGroup("audit", help="The chained record of who did what.")


@cli.command("verify")
@click.option("--against", type=click.Path(exists=True, path_type=Path), multiple=True, metavar="FILE")
@click.option("--alone", is_flag=True, help="Hold it against no checkpoint: after a restore, which cuts the end off.")
@click.option("--records", is_flag=True, help="Also each attempt, achievement and certificate: what it was made from.")
@click.option("--json", "as_json", is_flag=True)
def verify(against: tuple[Path, ...], alone: bool, records: bool, as_json: bool) -> None:
    """Re-derive the chain; exit 1 if an entry was changed, removed or inserted.

    It is held against the newest checkpoint of this machine (the folder `checkpoints` of the instance folder and of
    LMS_BACKUP_DIR), or against those given: --against FILE (or a folder of them, as often as you like), kept elsewhere.
    Only a checkpoint tells of an end that was cut off with its head, or of a chain that was made anew.
    """
    if alone and against:
        raise click.UsageError("--alone and --against exclude each other")
    files = [] if alone else [path for given in against for path in _files(given)] or _newest()
    check = queries.verify([_read(path) for path in files])
    faults = [*check.faults, *(_of_records() if records else ())]
    told = {"entries": check.entries, "without_details": check.without_details, "faults": faults}
    if as_json:
        click.echo(json.dumps(told | {"against": [str(path) for path in files], "records": records}))
    else:
        click.echo("\n".join(faults) or _whole(check, files, records))
    sys.exit(1 if faults else 0)


def _newest() -> list[Path]:
    found = tasks.newest()
    return [] if found is None else [found]


def _of_records() -> list[str]:
    """The room of records stands above this one, and has left its question here."""
    return list(islice(current_app.extensions["record_faults"](), queries.MOST_FAULTS))


def _whole(check: queries.ChainCheck, files: list[Path], records: bool) -> str:
    against = f"held against {', '.join(map(str, files))}" if files else "held against no checkpoint"
    lines = [f"{check.entries} entries ({check.without_details} without details), the chain is whole; {against}."]
    return "\n".join(lines + ["Every record is what it was made from."] * records)


@cli.command("checkpoint")
@click.argument("dest", type=click.Path(allow_dash=True, path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True)
def checkpoint(dest: Path | None, as_json: bool) -> None:
    """Write where the chain ends, signed, to DEST: a new file, a folder, or - for stdout (which is JSON already).

    Without DEST: into the folder `checkpoints` of the instance folder. Keep a copy on another machine or on paper.
    """
    data = tasks.make()
    if str(dest) == "-":
        click.echo(data, nl=False)
        return
    path = dest or tasks.folder()
    if dest is None or path.is_dir():
        path /= checkpoints.name_of(utc_now())
    try:
        checkpoints.write_new(path, data)
    except OSError as error:
        taken = "is there already, and a checkpoint is never overwritten"
        _refuse(f"{path} {taken if path.exists() else f'cannot be written: {error.strerror}'}.")
    point = tasks.read(path)
    told = {"file": str(path), "seq": point.seq, "hash": point.hash}
    click.echo(json.dumps(told) if as_json else f"{path}: entry {point.seq}, {point.hash}")


def _files(given: Path) -> list[Path]:
    found = sorted(given.glob("*.json")) if given.is_dir() else [given]
    return found or _refuse(f"{given} holds no checkpoint (*.json).")


def _read(path: Path) -> Checkpoint:
    try:
        return tasks.read(path)
    except BadCheckpoint as error:
        _refuse(f"{path} is refused: {error}.")
    except OSError as error:
        _refuse(f"{path} cannot be read: {error.strerror}.")


def _refuse(why: str) -> NoReturn:
    click.echo(f"lms: {why}", err=True)
    sys.exit(1)
