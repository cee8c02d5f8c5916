"""`lms retention …`"""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import NoReturn

import click
from flask.cli import AppGroup

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.db import utc_now
from lms.operate.retention import planning, running
from lms.operate.retention.planning import Plan
from lms.operate.retention.rules import RULES, Rule
from lms.people.commands import Day
from lms.storage.files import StorageUnavailable
from lms.text.dates import local_today

retention_cli = AppGroup("retention", help="How long what is kept: what is due, and letting it go.")
as_json = click.option("--json", "as_json", is_flag=True, help="Machine-readable answer on stdout.")


@retention_cli.command("rules")
@as_json
def rules_command(as_json: bool) -> None:
    """The rules: what, why, how long, and what then happens."""
    words = (f"{one.code}: {one.what}\n    {_period(one)} after: {one.since}\n    {one.then}" for one in RULES)
    click.echo(json.dumps([one._asdict() for one in RULES]) if as_json else "\n".join(words))


@retention_cli.command("plan")
@click.option("--on", type=Day(), help="As if it were this day (default: today).")
@as_json
def plan_command(on: date | None, as_json: bool) -> None:
    """Dry run: what would go, by rule and table. --json lists the keys of the rows and of the files."""
    act_as(SYSTEM)
    found = planning.plan(on or local_today(utc_now()))
    click.echo(json.dumps(found.as_json()) if as_json else _in_words(found))


@retention_cli.command("run")
@click.option("--plan", "expected", metavar="HASH", help="Only if what is due is exactly the plan with this hash.")
@as_json
def run_command(expected: str | None, as_json: bool) -> None:
    """Delete and make nameless what is due today: exactly what `lms retention plan` lists. It cannot be undone.

    Exit 1 if --plan names another plan than what is due, or if files could not be removed (run it again).
    """
    act_as(SYSTEM)
    try:
        done = running.run(local_today(utc_now()), expected)
    except (running.OtherPlan, StorageUnavailable) as error:
        _refuse(str(error))
    words = _in_words(done.plan) if done.run_id is None else f"Run {done.run_id}.\n{_in_words(done.plan)}"
    click.echo(json.dumps({"run": done.run_id, **done.plan.as_json()}) if as_json else words)


def _in_words(found: Plan) -> str:
    if found.empty:
        return f"Nothing is due on {found.on}."
    lines = [
        f"{code:<9}{name:<18}{count:>8}" for code, tables in found.counts.items() for name, count in tables.items()
    ]
    return "\n".join([f"Due on {found.on}, plan {found.sha256}:", *lines, f"{'files':<27}{len(found.files):>8}"])


def _period(one: Rule) -> str:
    told = f"{one.months} months" if one.months else f"{one.days} days"
    return told if one.months or one.days else "for good, not"


def _refuse(why: str) -> NoReturn:
    click.echo(f"lms: {why}", err=True)
    sys.exit(1)
