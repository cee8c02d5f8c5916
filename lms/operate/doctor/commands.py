"""`lms doctor`"""

from __future__ import annotations

import json
import sys

import click
from flask.cli import with_appcontext

from lms.operate.doctor import Finding
from lms.operate.doctor.examining import examine


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def doctor(as_json: bool) -> None:
    """Examine this installation; a line each: ok, warn or bad, what is, how to mend it. Exit 1 if anything is bad."""
    found = examine()
    whole = all(one.state != "bad" for one in found)
    if as_json:
        click.echo(json.dumps({"fit": whole, "findings": [one._asdict() for one in found]}, ensure_ascii=False))
    else:
        click.echo("\n".join(map(_line, found)))
    sys.exit(0 if whole else 1)


def _line(one: Finding) -> str:
    return f"{one.state:<5}{one.what}" + (f"\n     → {one.mend}" if one.mend else "")
