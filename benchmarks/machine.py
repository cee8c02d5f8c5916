"""On what the figures were measured: a figure without its machine says nothing."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path


def surroundings() -> dict[str, object]:
    """Processor, cores, memory (GiB), versions, moment and command line: what goes beside every figure."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_gib": _memory_gib(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "postgresql": _postgres_version(),
        "load_before": round(os.getloadavg()[0], 2),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": _command(),
    }


def in_words(around: dict[str, object]) -> str:
    postgres = around["postgresql"] or "not installed"
    return "\n".join(
        [
            f"{around['cpu']}, {around['cores']} cores, {around['memory_gib']} GiB, load {around['load_before']}",
            f"Python {around['python']}, SQLite {around['sqlite']}, PostgreSQL {postgres}",
            f"{around['at']}  {around['command']}",
        ]
    )


def _command() -> str:
    return " ".join(["python -m benchmarks", *sys.argv[1:]])


def _cpu_model() -> str:
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gib() -> float | None:
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemTotal"):
            return round(int(line.split()[1]) / 2**20, 1)
    return None


def _lines(path: str) -> list[str]:
    """Empty where the system has no such file."""
    file = Path(path)
    return file.read_text().splitlines() if file.exists() else []


def _postgres_version() -> str | None:
    """Of the newest server on this machine, as its program says it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    if not found:
        return None
    said = subprocess.run([found[-1], "--version"], capture_output=True, text=True, check=True)
    return said.stdout.split()[2]
