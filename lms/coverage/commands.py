"""`lms coverage …`: the figures, and their comparison with the slow reference."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from lms.access import SYSTEM
from lms.coverage.answers import Answer, answer, as_json, describe, known_words
from lms.coverage.asking import read_basis, read_by, read_question
from lms.coverage.checking import check_all
from lms.coverage.counted import answer_of, count_divisions
from lms.coverage.exporting import as_csv, write_answer
from lms.coverage.large import is_large
from lms.coverage.wording import ahead_words
from lms.web.refusals import Refusal

NOT_YET = {
    "docx": "a report to send upward needs a frozen figure, which this version does not make yet; use xlsx or csv",
    "pdf": "a report to send upward needs a frozen figure, which this version does not make yet; use xlsx or csv",
}
FORMATS = ("table", "json", "csv", "xlsx", "docx", "pdf")


@click.group("coverage", cls=AppGroup, invoke_without_command=True)
@click.option("--on", help="The day of the figure, as 2026-12-14 or 14/12/2026 (default: today).")
@click.option("--tree-on", help="The tree it is shown on (default: that of the day).")
@click.option("--known-on", help="With what had been recorded by the end of this day (default: now).")
@click.option("--scope", help="Code or name of a scope (default: the plan's).")
@click.option("--plan", help="Code of a plan (default: the one of the settings).")
@click.option(
    "--by", default="unit,role", show_default=True, help="Any of unit (ward), hamlet, role, sex; '' for the total."
)
@click.option("--basis", default="valid", show_default=True, help="valid or ever.")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--json", "json_too", is_flag=True, help="The same as --format json.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@click.pass_context
def cli(context: click.Context, /, kind: str, json_too: bool, output: Path | None, **asked: Any) -> None:
    """What share is trained, on any day, for any area and role; exit 1 with the reason if it cannot be said."""
    if context.invoked_subcommand is not None:
        return
    kind = "json" if json_too else kind
    if kind in NOT_YET:
        _refuse(f"no {kind}: {NOT_YET[kind]}")
    if kind == "xlsx" and output is None:
        raise click.UsageError("a spreadsheet needs a file: -o FILE.xlsx")
    try:
        _say(_answered(**asked), kind, output)
    except Refusal as refusal:
        _refuse(refusal.message)


@cli.command("check")
@click.option("--on", help="Check this day alone (default: today, with the last months and the other questions).")
@click.option("--json", "json_too", is_flag=True)
def check(on: str | None, json_too: bool) -> None:
    """Compare with a slow reference written differently; exit 1 with every difference."""
    try:
        checked, differences = check_all(read_question(on, None, None, None), alone=on is not None)
    except Refusal as refusal:
        _refuse(refusal.message)
    if json_too:
        click.echo(json.dumps({"checked": checked, "differences": differences}, ensure_ascii=False))
    else:
        click.echo(f"{checked} questions asked both ways, {len(differences)} differences.")
        for difference in differences:
            click.echo(difference, err=True)
    sys.exit(1 if differences else 0)


def _answered(
    on: str | None, tree_on: str | None, known_on: str | None, scope: str | None, plan: str | None, by: str, basis: str
) -> Answer:
    question = read_question(on, tree_on, known_on, scope, plan)
    divisions, trained_by = read_by(by), read_basis(basis)
    if not is_large(SYSTEM, question):
        return answer(SYSTEM, question, by=divisions, basis=trained_by)
    known_words(divisions, trained_by)
    return answer_of(count_divisions(SYSTEM, question, [divisions], _far), divisions, trained_by)


def _far(done: int, total: int) -> None:
    click.echo(f"… {done} of {total} provinces", err=True)


def _say(found: Answer, kind: str, output: Path | None) -> None:
    if ahead := ahead_words(found.question, found.basis):
        click.echo(f"lms: {ahead}", err=True)
    if kind == "xlsx":
        stream = io.BytesIO()
        write_answer(stream, SYSTEM, found)
        written: bytes = stream.getvalue()
    else:
        text = {"json": _json, "csv": as_csv, "table": _table}[kind](found)
        written = text.encode()
    if output is None:
        click.echo(written.decode(), nl=False)
        return
    output.write_bytes(written)
    click.echo(f"written: {output}", err=True)


def _json(found: Answer) -> str:
    return json.dumps(as_json(found), ensure_ascii=False) + "\n"


def _table(found: Answer) -> str:
    answered = as_json(found)
    names = [*found.by, "trained", "counted", "percent", "missing"]
    total = dict.fromkeys(found.by, "") | dict.fromkeys(found.by[:1], _("Tất cả")) | answered["total"]
    rows = [names, *[[_text(row[name]) for name in names] for row in [*answered["rows"], total]]]
    widths = [max(len(row[at]) for row in rows) for at in range(len(names))]
    lines = [_line(row, widths, len(found.by)) for row in rows]
    return "\n".join([describe(found.question), *lines, ""])


def _line(cells: list[str], widths: list[int], words: int) -> str:
    """Words to the left, figures to the right."""
    padded = [
        text.ljust(width) if at < words else text.rjust(width)
        for at, (text, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()


def _text(value: Any) -> str:
    return "—" if value is None else str(value)


def _refuse(reason: str) -> NoReturn:
    click.echo(f"lms: {reason}", err=True)
    sys.exit(1)
