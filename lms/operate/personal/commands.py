"""`lms people data` and `lms audit who-saw`: answering a person who asks."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from lms.audit.operations import record
from lms.db import db
from lms.durable import new_file
from lms.operate.personal.packing import pack
from lms.operate.personal.who_saw import Seen, who_saw
from lms.operate.personal.whose import of_person
from lms.operate.records.actors import Actors
from lms.people.commands import Day, refusable
from lms.text.dates import day_begins


@click.command("data")
@click.argument("person_id", type=int, metavar="ID")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@refusable
def data_command(person_id: int, output: Path) -> None:
    """Write everything that is held about a person to FILE (a ZIP: JSON, and a page to read), for them.

    The file is readable by its owner alone, and one that is there already is not written over. It names nobody else.
    """
    whose = of_person(person_id)
    with db.write():
        record("data.exported", whose.subject)
    file = pack(whose)
    try:
        with new_file(output, replace=False) as out:
            out.write(file)
    except FileExistsError:
        raise click.UsageError(f"{output} is there already.") from None
    click.echo(f"{output} written: {len(file)} bytes.", err=True)


@click.command("who-saw")
@click.argument("person_id", type=int, metavar="PERSON")
@click.option("--since", type=Day(), required=True, help="A day, in the site's time zone.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable answer on stdout.")
@refusable
def who_saw_command(person_id: int, since: date, as_json: bool) -> None:
    """Who did anything with a person's records since a day, and who took away a list that may have held them.

    "sure" entries are about this person. A "may" entry is a list taken by somebody whose area covered the person
    then: the audit keeps the filter of a list, not its people. Pages only looked at are not recorded. Asking is itself
    an entry.
    """
    whose, actors = of_person(person_id), Actors()
    found = who_saw(whose, day_begins(since))
    with db.write():
        record("data.who_saw", whose.subject, since=since)
    if as_json:
        click.echo(json.dumps([_plain(seen, actors) for seen in found], ensure_ascii=False))
        return
    click.echo("\n".join(_line(seen, actors) for seen in found) or "Nobody, as far as the audit tells.")


def _plain(seen: Seen, actors: Actors) -> dict[str, object]:
    return {**seen._asdict(), "at": seen.at.isoformat(), "name": actors(seen.actor).name}


def _line(seen: Seen, actors: Actors) -> str:
    certainty = "sure" if seen.sure else "may "
    parts = (f"{seen.at:%Y-%m-%d %H:%M}Z", certainty, seen.action, seen.subject, seen.actor, actors(seen.actor).name)
    return "  ".join(parts)
