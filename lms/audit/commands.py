"""`lms audit …`"""

from __future__ import annotations

import json
import sys

import click
from flask.cli import AppGroup

from lms.audit import queries

cli = AppGroup("audit", help="The chained record of who did what.")


@cli.command("verify")
@click.option("--json", "as_json", is_flag=True)
def verify(as_json: bool) -> None:
    """Re-derive the chain; exit 1 if an entry was changed, removed or inserted."""
    check = queries.verify()
    if as_json:
        click.echo(json.dumps({"entries": check.entries, "faults": check.faults}))
    else:
        click.echo("\n".join(check.faults) or f"{check.entries} entries, the chain is whole.")
    sys.exit(1 if check.faults else 0)
