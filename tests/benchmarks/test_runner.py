"""The runner: figures against bars, a table with the machine, and a file that keeps them all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from benchmarks import __main__ as runner
from benchmarks import coverage
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.measuring import memory_growth, percentile, times
from lms.operate import benching


def run(*arguments: str, file: Path | None = None) -> Result:
    return CliRunner().invoke(runner.main, arguments, env={"LMS_FIGURES": str(file) if file else None})


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """What the benchmark `coverage` yields, without measuring."""
    found = [at_most("one ward", 9.5, "ms", 10), Figure("whole country", 1234.4, "ms")]

    def yields(*, full: bool) -> Iterator[Figure]:
        yield from found

    monkeypatch.setattr(coverage, "run", yields)
    return found


def test_a_table_names_the_machine_and_each_bar(measured: list[Figure], tmp_path: Path) -> None:
    done = run("coverage", file=tmp_path / "f.jsonl")
    assert done.exit_code == 0, done.output
    for words in ("cores", "Python 3", "SQLite 3", "python -m benchmarks", "one ward", "≤ 10", "met", "1,234"):
        assert words in done.stdout


def test_a_bar_that_is_missed_is_said_and_ends_with_one(measured: list[Figure], tmp_path: Path) -> None:
    measured.append(at_least("submissions", 90, "/s", 120))
    done = run("coverage", file=tmp_path / "f.jsonl")
    assert done.exit_code == 1
    assert "MISSED" in done.stdout


def test_every_run_is_kept_as_lines_of_json(measured: list[Figure], tmp_path: Path) -> None:
    file = tmp_path / "deep" / "f.jsonl"
    for options in ((), ("--json", "--full")):
        done = run("coverage", *options, file=file)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["name"] for line in lines] == ["one ward", "whole country"] * 2
    assert lines[0].keys() >= {"value", "unit", "bar", "passed", "cpu", "cores", "at", "command", "full"}
    assert [json.loads(line) for line in done.stdout.splitlines()] == lines[2:]


def test_without_a_name_they_are_listed_and_an_unknown_one_is_refused() -> None:
    assert "coverage" in run().stdout
    refused = run("speed")
    assert refused.exit_code == 2
    assert "there are:" in refused.stderr


def test_lms_bench_says_plainly_where_there_are_none(
    app: Flask, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benching, "SOURCE", tmp_path)
    refused = app.test_cli_runner().invoke(args=["bench", "coverage"])
    assert refused.exit_code == 2
    assert "no folder benchmarks/" in refused.stderr


def test_times_and_percentiles() -> None:
    runs = iter(range(100))
    found = times(lambda: next(runs), runs=4)
    assert (len(found.warm), next(runs)) == (4, 5)
    assert found.first >= 0 and found.median <= found.p95 <= max(found.warm)
    assert [percentile(range(1, 101), at) for at in (50, 95, 100)] == [50, 95, 100]


def test_memory_that_is_taken_and_given_back_was_seen() -> None:
    with memory_growth() as seen:
        taken = bytearray(64_000_000)
        taken[::4096] = b"x" * len(taken[::4096])
        del taken
    assert seen.growth < 2_000
    with memory_growth() as kept:
        taken = bytearray(64_000_000)
        taken[::4096] = b"x" * len(taken[::4096])
    assert 50 < kept.growth < 2_000
