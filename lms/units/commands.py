"""`lms units …`"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
import yaml
from flask.cli import AppGroup
from flask_babel import gettext as _

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.db import db
from lms.text.dates import read_date
from lms.units import operations, queries
from lms.units.models import UnitScope
from lms.web.refusals import Refusal

cli = AppGroup("units", help="Administrative units: take in a file, show the tree of a day.")


@cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def import_file(file: Path, as_json: bool) -> None:
    """Take in a file of schema lhp-units/1, all of it or nothing; exit 1 with every reason if it cannot be."""
    act_as(SYSTEM)
    try:
        document = _read(file)
        with db.write():
            summary = operations.import_units(document)
    except Refusal as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(1)
    for warning in summary.warnings:
        click.echo(warning, err=True)
    counts = asdict(summary)
    click.echo(json.dumps(counts, ensure_ascii=False) if as_json else _told(counts))


@cli.command("show")
@click.option("--on", "day", required=True, help="The day, as 2026-12-14 or 14/12/2026.")
@click.option("--scope", "scope_name", default="all", help="Code or name of a scope.")
@click.option("--json", "as_json", is_flag=True)
def show(day: str, scope_name: str, as_json: bool) -> None:
    """The tree as it was on a day."""
    on, scope = _day(day), _scope(scope_name)
    nodes = queries.tree_on(on, scope.code)
    if as_json:
        click.echo(json.dumps(_as_data(on, scope, nodes), ensure_ascii=False))
        return
    for node in nodes:
        click.echo("  " * node.depth + "  ".join(filter(None, (node.name, node.code, f"({node.key})"))))


def _read(file: Path) -> Any:
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Refusal(_("Không đọc được tệp %(file)s: %(why)s", file=file.name, why=error)) from error


def _day(text: str) -> date:
    day = read_date(text)
    if day is None:
        raise click.BadParameter(f"not a day: {text}", param_hint="--on")
    return day


def _scope(text: str) -> UnitScope:
    scope = queries.find_scope(text)
    if scope is None:
        known = ", ".join(scope.code for scope in queries.scopes())
        raise click.BadParameter(f"no scope {text!r}; there are: {known}", param_hint="--scope")
    return scope


def _told(counts: dict[str, Any]) -> str:
    told = [f"{number} {name.replace('_', ' ')}" for name, number in counts.items() if name != "warnings" and number]
    return ", ".join(told) + "." if told else "Nothing new."


def _as_data(on: date, scope: UnitScope, nodes: list[queries.TreeNode]) -> dict[str, Any]:
    keys = {node.unit_id: node.key for node in nodes}
    units = [
        {
            "key": node.key,
            "name": node.name,
            "kind": node.kind,
            "level": node.level,
            "code": node.code,
            "parent": keys.get(node.parent_id) if node.parent_id else None,
            "from": node.valid_from.isoformat(),
            "to": node.valid_to.isoformat() if node.valid_to else None,
            "depth": node.depth,
            "invented": node.invented,
        }
        for node in nodes
    ]
    return {"on": on.isoformat(), "scope": scope.code, "units": units}
