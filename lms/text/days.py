"""The shapes of a written date, shared by dates that are typed and dates of birth out of lists."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

Precision = Literal["year", "month", "day"]

# Matched against `search_key`, where "ngày 5 tháng 6 năm 1973" has lost its marks.
ISO = re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})")
DAY_FIRST = re.compile(
    r"(?:ngay )?(?P<d>\d{1,2})(?:[-/.,\s]+|\s*thang\s*)(?P<m>\d{1,2})"
    r"(?:[-/.,\s]+|[,\s]*nam\s*)(?P<y>\d{4}|\d{2})"
)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the year, the month or the day; `value` is then the first day of that year or month."""

    value: date
    precision: Precision


def existing_day(year: int, month: int, day: int) -> date | None:
    """The day, or None if the calendar has no such day (31/02)."""
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, day)
