"""`lms record show`: for an inspector who asks what stands behind a certificate."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.audit.operations import record as note
from lms.db import db
from lms.operate.records.finding import UnknownRecord, find
from lms.operate.records.gathering import gather
from lms.operate.records.rendering import as_json, as_text
from lms.operate.records.tree import Record
from lms.storage.files import StorageUnavailable

record_cli = AppGroup("record", help="All that stands behind one achievement, attempt or certificate.")


@record_cli.command("show")
@click.argument("asked", metavar="ID")
@click.option("--json", "json_too", is_flag=True, help="Machine-readable answer on stdout.")
def show(asked: str, json_too: bool) -> None:
    """Person, posts then, edition, questions, answers and key, score made again, papers, corrections, audit.

    ID: a certificate's code or serial (0147/2026), a ticket or client id (UUID), a receipt (7K4P-22MX),
    achievement:12 (or 12), attempt:12, certificate:12, submission:12. Looking is itself an entry of the audit. Exit 1
    if there is no such record, or if something in it does not fit; the answer is complete all the same.
    """
    act_as(SYSTEM)
    try:
        shown = look_up(asked)
    except (UnknownRecord, StorageUnavailable) as error:
        click.echo(f"lms: {error}", err=True)
        sys.exit(1)
    click.echo(as_json(shown) if json_too else as_text(shown))
    for fault in shown.faults:
        click.echo(f"lms: {fault}", err=True)
    sys.exit(1 if shown.faults else 0)


def look_up(asked: str) -> Record:
    """The record of an id, all of one moment, and the entry that somebody looked at it. Raises `UnknownRecord`.

    Read before the entry is written: a record may take longer than those who hand in should wait for the lock.
    """
    db.read_one_moment()
    found = find(asked)
    shown, subject = gather(asked, found), found.subject
    with db.write():
        note("record.shown", subject, fits=not shown.faults)
    return shown
