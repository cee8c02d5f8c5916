"""A figure measured against its bar, the table that is read by people, and the file of all that were measured."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

DEFAULT_FILE = Path("build/figures.jsonl")


@dataclass(frozen=True)
class Figure:
    """`passed` is None where nothing is asked of the value: it is shown to read the others by."""

    name: str
    value: float
    unit: str
    bar: str = ""
    passed: bool | None = None
    note: str = ""


def at_most(name: str, value: float, unit: str, bar: float, note: str = "") -> Figure:
    """A figure that must not exceed `bar`, both in `unit`."""
    return Figure(name, value, unit, f"≤ {_number(bar)}", value <= bar, note)


def at_least(name: str, value: float, unit: str, bar: float, note: str = "") -> Figure:
    """A figure that must reach `bar`, both in `unit`."""
    return Figure(name, value, unit, f"≥ {_number(bar)}", value >= bar, note)


def as_table(found: Sequence[Figure]) -> str:
    """Columns wide enough for what stands in them; the verdict says "missed" so that a reader's eye finds it."""
    rows = [("figure", "value", "unit", "bar", "", "note"), *map(_row, found)]
    widths = [max(len(row[at]) for row in rows) for at in range(5)]
    return "\n".join(_line(row, widths) for row in rows)


def keep(found: Sequence[Figure], surroundings: Mapping[str, object]) -> Path:
    """Append each figure as a JSON line with its surroundings to LMS_FIGURES (default: build/figures.jsonl)."""
    path = Path(os.environ.get("LMS_FIGURES") or DEFAULT_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as lines:
        for figure in found:
            lines.write(json.dumps(asdict(figure) | dict(surroundings), ensure_ascii=False) + "\n")
    return path


def _row(figure: Figure) -> tuple[str, ...]:
    verdict = {True: "met", False: "MISSED", None: ""}[figure.passed]
    return (figure.name, _number(figure.value), figure.unit, figure.bar, verdict, figure.note)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    """The value to the right, words to the left, the note as long as it is."""
    *cells, note = row
    padded = [
        cell.rjust(width) if at == 1 else cell.ljust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join([*padded, note]).rstrip()


def _number(value: float) -> str:
    """Three digits that matter: 0.123, 12.3, 1,234."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
