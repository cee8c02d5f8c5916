"""`lms simulate`"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime

import click
from flask.cli import with_appcontext

from lms.db import utc_now
from lms.operate.simulate.building import build, next_country
from lms.operate.simulate.guard import refusal
from lms.operate.simulate.wanted import Wanted
from lms.text.dates import local_today
from lms.units.queries import scopes


@click.command("simulate")
@click.option("--posts", type=click.IntRange(1), required=True, help="Running posts of counted roles; others on top.")
@click.option("--provinces", type=click.IntRange(1, 99), default=34, show_default=True)
@click.option("--seed", default=1, show_default=True, help="The same seed and last day give the same figures.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the three years (default: today).")
@click.option("--attempts", type=click.IntRange(0), default=0, help="Closed quiz attempts.  [default: 0]")
@click.option("--certificates", type=click.IntRange(0), default=0, help="Issued, without their files.  [default: 0]")
@click.option("--json", "json_too", is_flag=True, help="Say what was loaded as JSON.")
@with_appcontext
def simulate(json_too: bool, until: datetime | None, **options: int) -> None:
    """Load an invented country for benchmarks; exit 1 where real people are, or might be."""
    why_not = refusal()
    if why_not:
        click.echo(f"lms: {why_not}", err=True)
        sys.exit(1)
    last = until.date() if until else local_today(utc_now())
    wanted = Wanted(until=last, country=next_country({scope.code for scope in scopes()}), **options)
    started = time.monotonic()
    counts = build(wanted, _timed(started))
    seconds = round(time.monotonic() - started, 1)
    if json_too:
        click.echo(json.dumps({"scope": wanted.root, "rows": counts, "seconds": seconds}))
        return
    click.echo(f"{wanted.root}: {', '.join(f'{many:,} {table}' for table, many in counts.items())} in {seconds} s.")


def _timed(started: float) -> Callable[[str], None]:
    return lambda what: click.echo(f"{time.monotonic() - started:6.1f} s  {what}", err=True)
