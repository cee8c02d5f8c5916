"""`lms db …`"""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from lms.operate import reference, schema

db_cli = AppGroup("db", help="The database: bring it up to date, check it.")


@db_cli.command("upgrade")
def upgrade() -> None:
    """Run the migrations that are missing, and add the units, roles and plans that ship with this version."""
    schema.upgrade()
    reference.load()
    click.echo(f"The database is at {schema.head()}.")


@db_cli.command("check")
def check() -> None:
    """Exit 1 if the database is behind the code, or could lose an acknowledged write."""
    faults = schema.faults()
    click.echo("\n".join(faults) or "The database is durable and up to date.")
    sys.exit(1 if faults else 0)
