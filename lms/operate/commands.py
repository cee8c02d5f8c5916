"""`lms db …`"""

from __future__ import annotations

import json
import sys

import click
from flask.cli import AppGroup

from lms.operate import reference, schema

db_cli = AppGroup("db", help="The database: bring it up to date, check it.")


@db_cli.command("upgrade")
@click.option("--json", "as_json", is_flag=True)
def upgrade(as_json: bool) -> None:
    """Run the migrations that are missing, and add the units, roles and plans that ship with this version."""
    schema.upgrade()
    reference.load()
    head = schema.head()
    click.echo(json.dumps({"at": head}) if as_json else f"The database is at {head}.")


@db_cli.command("check")
@click.option("--json", "as_json", is_flag=True)
def check(as_json: bool) -> None:
    """Exit 1 if the database is behind the code, or could lose an acknowledged write."""
    faults = schema.faults()
    words = "\n".join(faults) or "The database is durable and up to date."
    click.echo(json.dumps({"faults": faults}) if as_json else words)
    sys.exit(1 if faults else 0)
