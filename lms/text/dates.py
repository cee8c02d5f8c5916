"""Dates as people write them here: day first, sometimes only a year."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from lms.text.births import BirthCode, read_birth
from lms.text.days import DAY_FIRST, ISO, PartialDate, existing_day
from lms.text.names import search_key

__all__ = [
    "BirthCode",
    "PartialDate",
    "add_months",
    "day_begins",
    "local_today",
    "read_birth",
    "read_date",
    "show_birth",
    "show_date",
    "show_date_long",
]


def read_date(text: str) -> date | None:
    """A day that a person typed: 5/6/2026, 05.06.2026, 2026-06-05, "ngày 5 tháng 6 năm 2026".

    None for anything else, a day that does not exist, and years outside 1900–2199 (slips of the hand).
    """
    folded = search_key(text)
    match = ISO.fullmatch(folded) or DAY_FIRST.fullmatch(folded)
    if not match or not 1900 <= int(match["y"]) < 2200:
        return None
    return existing_day(int(match["y"]), int(match["m"]), int(match["d"]))


def show_date(day: date) -> str:
    """05/06/1973."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def show_date_long(day: date) -> str:
    """As in "ngày 05 tháng 02 năm 2026", "ngày 05 tháng 3 năm 2026".

    NĐ 30/2020/NĐ-CP, annex I: a zero stands before days below 10 and before months 1 and 2 only.
    """
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def show_birth(birth: PartialDate) -> str:
    """As far as it is known: 1973, 06/1973 or 05/06/1973."""
    whole = show_date(birth.value)
    return {"year": whole[6:], "month": whole[3:], "day": whole}[birth.precision]


def add_months(day: date, months: int) -> date:
    """The same day `months` later (or earlier, if negative), or the last of that month where it is shorter.

    29/02/2024 + 12 → 28/02/2025 (the validity of a record, domain rule). ValueError outside years 1–9999.
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(f"year {year} is outside the calendar")
    return date(year, month0 + 1, min(day.day, calendar.monthrange(year, month0 + 1)[1]))


def day_begins(day: date, tz: str = "Asia/Ho_Chi_Minh") -> datetime:
    """The moment at which `day` begins on the wall: the first for which `local_today` says so."""
    return datetime.combine(day, time(), ZoneInfo(tz))


def local_today(now_utc: datetime, tz: str = "Asia/Ho_Chi_Minh") -> date:
    """The date on the wall at `now_utc`, which must carry its time zone (ValueError if it does not)."""
    if now_utc.tzinfo is None:
        raise ValueError("a moment without a time zone has no local date")
    return now_utc.astimezone(ZoneInfo(tz)).date()
