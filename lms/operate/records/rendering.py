"""The tree as JSON, and as text for a person: the same facts, under the same names."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lms.operate.records.persons import Who
from lms.operate.records.tree import Record

INDENT = "  "


def as_json(record: Record) -> str:
    """Instants and days in ISO 8601, amounts as text; `fits` first, for a script that asks nothing else."""
    return json.dumps({"fits": not record.faults, **asdict(record)}, ensure_ascii=False, default=_plain)


def as_text(record: Record) -> str:
    return "\n".join([_verdict(record), *_lines_of(record, "")])


def _verdict(record: Record) -> str:
    return f"DOES NOT FIT: {len(record.faults)}" if record.faults else "Everything fits together."


def _lines(name: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Who):
        yield f"{indent}{name}: {value.name or '?'} ({value.actor})"
    elif is_dataclass(value) and not isinstance(value, type):
        yield f"{indent}{name}:"
        yield from _lines_of(value, indent + INDENT)
    elif isinstance(value, tuple) and any(is_dataclass(one) for one in value):
        for place, one in enumerate(value, 1):
            yield from _lines(f"{name} {place} of {len(value)}", one, indent)
    else:
        yield f"{indent}{name}: {_words(value)}"


def _lines_of(value: Any, indent: str) -> Iterator[str]:
    for field in fields(value):
        yield from _lines(field.name.replace("_", " "), getattr(value, field.name), indent)


def _words(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
        return "; ".join(value) or "none"
    if isinstance(value, tuple | list | Mapping):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value
