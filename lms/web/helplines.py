"""Numbers to call in need, from `content/hotlines.yaml` (schema lhp-hotlines/1), never typed in a template.

A number is shown only if somebody checked it within six months (domain.md §1.4); else "(hỏi số của phường)" stands in
its place. Wards enter their own numbers in the same table.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from flask import current_app

from lms.db import utc_now
from lms.text.dates import add_months, local_today

GOOD_FOR_MONTHS = 6
EVERYWHERE = "Cả nước"
IN_THE_BOX = ("cong-an-phuong", "uy-ban-phuong", "cong-an", "cap-cuu", "tre-em")
"""Ward first: it is nearest and knows the family's lane."""


@dataclass(frozen=True)
class Helpline:
    """One row of the table; `number` is None unless it may be shown today."""

    key: str
    number: str | None
    label: str
    hours: str
    fee: str
    checked_on: date | None
    everywhere: bool = False
    """One number for the whole country."""

    @property
    def dial(self) -> str:
        return "".join(sign for sign in self.number or "" if sign.isdigit() or sign == "+")


def helplines(today: date | None = None) -> dict[str, Helpline]:
    """Every line of the table by its key, as it may be shown `today`; nothing if no content was brought along."""
    changed_at = helplines_changed_at()
    return _shown(_path(), changed_at, today or local_today(utc_now())) if changed_at else {}


def numbers() -> dict[str, str]:
    """key → number, of the lines that may be shown today."""
    return {key: line.number for key, line in helplines().items() if line.number}


def helplines_changed_at() -> int:
    """When the table's file last changed, in nanoseconds; 0 without the file."""
    try:
        return os.stat(_path()).st_mtime_ns
    except FileNotFoundError:
        return 0


def _path() -> str:
    return f"{current_app.extensions['settings'].content_dir}/hotlines.yaml"


def box() -> list[Helpline]:
    """The lines of the box "Cần giúp ngay", in its order."""
    known = helplines()
    return [known[key] for key in IN_THE_BOX if key in known]


def oldest_check(lines: list[Helpline]) -> date | None:
    """The day since when all shown numbers are known to be good."""
    return min((line.checked_on for line in lines if line.number and line.checked_on), default=None)


@lru_cache(maxsize=4)
def _shown(path: str, changed_at: int, today: date) -> dict[str, Helpline]:
    return {row["key"]: _line(row, today) for row in _read(path, changed_at)}


@lru_cache(maxsize=4)
def _read(path: str, changed_at: int) -> list[dict[str, Any]]:
    """`changed_at` is there for the cache: a table changed on disk is read again."""
    table = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = table["hotlines"]
    return rows


def _line(row: dict[str, Any], today: date) -> Helpline:
    checked = row.get("checked_on")
    fresh = isinstance(checked, date) and checked <= today < add_months(checked, GOOD_FOR_MONTHS)
    number = row.get("number")
    return Helpline(
        key=row["key"],
        number=str(number) if number and fresh else None,
        label=row["label"],
        hours=row.get("hours") or "",
        fee=row.get("fee") or "",
        checked_on=checked,
        everywhere=row.get("area") == EVERYWHERE,
    )
