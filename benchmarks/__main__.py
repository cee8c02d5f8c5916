"""`python -m benchmarks NAME… [--full] [--json]`: run benchmarks, show a table, keep the figures."""

from __future__ import annotations

import json
import pkgutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib import import_module
from importlib.util import find_spec

import click

import benchmarks
from benchmarks.figures import Figure, as_table, keep
from benchmarks.machine import in_words, surroundings

Run = Callable[..., Iterator[Figure]]


@click.command("benchmarks")
@click.argument("names", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All of them.")
@click.option("--full", is_flag=True, help="At the size of the bars: minutes, on a quiet machine.")
@click.option("--json", "json_too", is_flag=True, help="One JSON line a figure instead of the table.")
def main(names: tuple[str, ...], every: bool, full: bool, json_too: bool) -> None:
    """Measure NAME… (without one: list them); exit 1 if a bar is missed."""
    names = tuple(all_benchmarks()) if every else names
    if not names:
        click.echo("\n".join(f"{name:<12}{_summary(run)}" for name, run in all_benchmarks().items()))
        return
    runs = [_benchmark(name) for name in names]
    around = surroundings() | {"full": full}
    found = [figure for run in runs for figure in _heard(run(full=full))]
    path = keep(found, around)
    click.echo(_lines(found, around) if json_too else f"{in_words(around)}\n\n{as_table(found)}")
    click.echo(f"kept: {path}", err=True)
    sys.exit(any(figure.passed is False for figure in found))


def all_benchmarks() -> dict[str, Run]:
    """name → its `run`, of every module here that has one."""
    modules = {one.name: _module(one.name) for one in pkgutil.iter_modules(benchmarks.__path__) if one.name[0] != "_"}
    return {name: module.run for name, module in modules.items() if hasattr(module, "run")}


def _benchmark(name: str) -> Run:
    if find_spec(f"benchmarks.{name}") is None or not hasattr(_module(name), "run"):
        raise click.UsageError(f"no benchmark {name!r}; there are: {', '.join(all_benchmarks())}")
    run: Run = _module(name).run
    return run


def _module(name: str):  # type: ignore[no-untyped-def]  # a module's names are known only to itself
    return import_module(f"benchmarks.{name}")


def _heard(found: Iterator[Figure]) -> Iterator[Figure]:
    """Each figure as soon as it is there: a long run shows that it lives."""
    for figure in found:
        click.echo(as_table([figure]).splitlines()[1], err=True)
        yield figure


def _summary(run: Run) -> str:
    return (sys.modules[run.__module__].__doc__ or "").splitlines()[0]


def _lines(found: list[Figure], around: dict[str, object]) -> str:
    return "\n".join(json.dumps(asdict(figure) | around, ensure_ascii=False) for figure in found)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
