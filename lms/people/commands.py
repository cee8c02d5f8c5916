"""`lms roster …` and `lms people …`"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import click
from flask.cli import AppGroup
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.db import db
from lms.people import operations
from lms.people.exporting import template_xlsx
from lms.people.models import Role
from lms.people.roster.batch import Unknown, import_list, unit_named
from lms.people.roster.proposals import LATER
from lms.people.roster.undoing import undo
from lms.text.dates import read_date
from lms.web.refusals import Refusal

roster_cli = AppGroup("roster", help="Staff lists: import one, undo one, write the template.")
people_cli = AppGroup("people", help="People of the register.")
Args = ParamSpec("Args")


class Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        day = read_date(value) if isinstance(value, str) else value
        if not isinstance(day, date):
            self.fail(f"{value!r} is not a date; write 2026-03-05 or 05/03/2026", param, ctx)
        return day


def refusable(command: Callable[Args, None]) -> Callable[Args, None]:
    """Acts as the operator. A refusal goes to stderr with exit code 1; what is not there is one too."""

    @wraps(command)
    def run(*args: Args.args, **kwargs: Args.kwargs) -> None:
        act_as(SYSTEM)
        try:
            command(*args, **kwargs)
        except (Refusal, Unknown) as refusal:
            click.echo(f"lms: {refusal}", err=True)
            sys.exit(1)
        except HTTPException as error:
            click.echo(f"lms: {'nothing has this number' if error.code == 404 else error.description}", err=True)
            sys.exit(1)

    return run


@roster_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--list-date", type=Day(), required=True, help="The day for which the list is true.")
@click.option("--unit", default="", help="Ward, commune or other unit: its name or key. Default: the whole area.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; keep nothing.")
@click.option("--answers", type=click.Path(exists=True, dir_okay=False, path_type=Path), help='{"sheet/row": answer}')
@click.option("--json", "as_json", is_flag=True)
@refusable
def import_command(file: Path, list_date: date, unit: str, dry_run: bool, answers: Path | None, as_json: bool) -> None:
    """Read a staff list, match it, enter what is certain or answered. What is not stays out and is listed."""
    given = _read_answers(answers) if answers else {}
    report = import_list(
        file.read_bytes(),
        file.name,
        list_date,
        unit_named(unit, list_date),
        answers=given,
        dry_run=dry_run,
        tell=lambda words: click.echo(words, err=True),
    )
    click.echo(json.dumps(report, ensure_ascii=False, indent=2) if as_json else _in_words(report))


@roster_cli.command("undo")
@click.argument("import_id", type=int, metavar="IMPORT")
@click.option("--keep-people", is_flag=True, help="Keep people who have achievements; undo the rest.")
@click.option("--json", "as_json", is_flag=True)
@refusable
def undo_command(import_id: int, keep_people: bool, as_json: bool) -> None:
    """Withdraw all that an import wrote. What others built on it since is kept and named."""
    with db.write():
        done = undo(import_id, keep_people=keep_people).pack()
    kept = len(done["kept"])
    words = f"{done['people']} people, {done['posts']} posts, {done['changes']} changes withdrawn; {kept} people kept."
    click.echo(json.dumps(done) if as_json else words)


@roster_cli.command("template")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@refusable
def template_command(file: Path, as_json: bool) -> None:
    """Write the empty list that every ward can fill in."""
    file.write_bytes(template_xlsx(db.session.scalars(select(Role).order_by(Role.position)).all()))
    click.echo(f"{file} written.", err=True)
    if as_json:
        click.echo(json.dumps({"file": str(file)}, ensure_ascii=False))


@people_cli.command("merge")
@click.argument("person", type=int, metavar="A")
@click.argument("into", type=int, metavar="B")
@click.option("--json", "as_json", is_flag=True)
@refusable
def merge_command(person: int, into: int, as_json: bool) -> None:
    """A turned out to be B: their posts and records count together."""
    with db.write():
        target = operations.merge(person, into)
    told = {"person": person, "into": target}
    click.echo(json.dumps(told) if as_json else f"{person} is now part of {target}.")


@people_cli.command("unmerge")
@click.argument("person", type=int, metavar="A")
@click.option("--json", "as_json", is_flag=True)
@refusable
def unmerge_command(person: int, as_json: bool) -> None:
    """Take a merge back."""
    with db.write():
        into = operations.unmerge(person)
    told = {"person": person, "no_longer_into": into}
    click.echo(json.dumps(told) if as_json else f"{person} is no longer part of {into}.")


def _read_answers(path: Path) -> dict[str, Any]:
    try:
        answers = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise click.UsageError(f"{path}: {error}") from error
    if not isinstance(answers, dict):
        raise click.UsageError(f'{path}: expected {{"sheet/row": answer}}')
    return answers


def _in_words(report: dict[str, Any]) -> str:
    rows, applied = report["rows"], report["applied"]
    head = "Nothing kept (dry run)." if report["dry_run"] else f"Import {report['import']}."
    lines = [
        f"{head} Read {report['read']} rows" + (f", the list states {report['stated']}." if report["stated"] else "."),
        f"new {rows['new']}, update {rows['update']}, same {rows['same']}, ask {rows['ask']}, error {rows['error']}",
        f"entered: {applied['rows']} rows, {applied['people']} people, {applied['posts']} posts",
    ]
    lines += [f"column not used, heading unknown: {one}" for one in report["columns_not_used"]]
    still_open = [one for one in report["questions"] if one["answer"] == LATER]
    lines += [f"? {one['row']} {one['kind']}: {one['question']}" for one in still_open]
    lines += [f"! {one['row']}: {'; '.join(one['why'])}" for one in report["errors"]]
    return "\n".join(lines)
