"""`lms bench`: the benchmarks that lie beside the source, and are no part of an installed package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

SOURCE = Path(__file__).resolve().parents[2]


@click.command("bench")
@click.argument("names", nargs=-1)
@click.option("--full", is_flag=True, help="At the size of the bars: minutes, on a quiet machine.")
@click.option("--json", "json_too", is_flag=True, help="One JSON line a figure instead of the table.")
def bench(names: tuple[str, ...], full: bool, json_too: bool) -> None:
    """Measure NAME… against the bars (without one: list them); exit 1 if a bar is missed, 2 without benchmarks/."""
    if not (SOURCE / "benchmarks" / "__main__.py").is_file():
        click.echo(
            "lms: no folder benchmarks/ here: benchmarks come with the source, not with an installed lms", err=True
        )
        sys.exit(2)
    options = ["--full"] * full + ["--json"] * json_too
    path = os.pathsep.join(filter(None, (str(SOURCE), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "benchmarks", *names, *options]
    sys.exit(subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, check=False).returncode)
