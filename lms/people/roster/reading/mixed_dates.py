"""Columns where day and month may be exchanged: Excel in English turned some texts into dates, others not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from lms.people.roster.reading.cells import year_in_date_format
from lms.sheets.model import Cell

_NUMERIC = re.compile(r"\s*(\d{1,2})\s*([/.\-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})(?:\s+\d{1,2}:\d{2}.*)?\s*")
_EXCEL_DAY_0 = date(1899, 12, 30)
_SERIALS = range(2_101, 80_001)


@dataclass(frozen=True, slots=True)
class DateOrder:
    """`month_first`: proved by one date at least, contradicted by none. `mixed`: both kinds stand there."""

    month_first: bool = False
    mixed: bool = False


def order_of(cells: Iterable[Cell]) -> DateOrder:
    """Look at a whole column. Bare years and texts in words prove nothing."""
    day_first = month_first = texts = stored = 0
    for cell in cells:
        if stored_day(cell):
            stored += 1
            continue
        match = _NUMERIC.fullmatch(cell.text)
        first, second = (int(match[1]), int(match[3])) if match else (0, 0)
        if first and second:  # 00/00/1968 is a year
            texts += 1
            day_first += first > 12 >= second
            month_first += second > 12 >= first
    mixed = bool(stored and texts) or bool(day_first and month_first)
    return DateOrder(bool(month_first) and not mixed, mixed)


def stored_day(cell: Cell) -> date | None:
    """A real date, or a serial number that is one."""
    value = cell.value
    if isinstance(value, date):
        return None if year_in_date_format(value) else value
    digits = cell.text.strip()
    serial = int(digits) if len(digits) <= 5 and digits.isascii() and digits.isdecimal() else 0
    return _EXCEL_DAY_0 + timedelta(days=serial) if serial in _SERIALS else None


def is_ambiguous(cell: Cell) -> bool:
    """Both readings exist and differ: 5/6, but not 25/6 and not 5/5."""
    day = stored_day(cell)
    if day:
        return day.day <= 12 and day.day != day.month
    match = _NUMERIC.fullmatch(cell.text)
    if not match:
        return False
    first, second = int(match[1]), int(match[3])
    return first <= 12 and second <= 12 and first != second


def day_first_text(text: str) -> str:
    """A month-first text with day and month exchanged."""
    match = _NUMERIC.fullmatch(text)
    return f"{match[3]}{match[2]}{match[1]}{match[2]}{match[4]}" if match else text
