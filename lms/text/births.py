"""Dates of birth out of a staff list's cells: years, text, Excel's serial numbers, and what went wrong there.

Other rooms take `read_birth` from `lms.text.dates`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from lms.text.days import DAY_FIRST, ISO, PartialDate, Precision, existing_day
from lms.text.names import search_key

BirthCode = Literal[
    "century_added",  # 68 was read as 1968
    "doubtful",  # the list itself doubts it: 1968?
    "from_serial",  # an Excel day number
    "month_first",  # 6/25/1973: only the month can come first
    "day_dropped",  # no such day (31/02): only what stands is kept
    "age_unlikely",  # younger than 16 or older than 90
    "two_digit_year",  # nothing read: the century cannot be told
    "empty_1900",  # nothing read: Excel's zero date
    "out_of_range",  # nothing read: in the future, or 110 years and more ago
    "unreadable",  # nothing read
]
BirthReading = tuple[PartialDate | None, tuple[BirthCode, ...]]

_EXCEL_DAY_0 = date(1899, 12, 30)
_SERIALS = range(2101, 80_001)
_OLDEST = 110
_WORKING_AGES = range(16, 91)
_TWO_DIGIT_AGES = range(18, 91)

_TIME = re.compile(r"[t ]\d{1,2}:\d{2}.*$")
_DOUBT = re.compile(r"\?|~|\bkhoang\b")
_LABEL = re.compile(r"^(?:sinh|sn)\b[\s:]*")
_NUMBER = re.compile(r"(\d{1,5})(?:[.,]0+)?")
_EIGHT_DIGITS = re.compile(r"(?P<d>\d{2})(?P<m>\d{2})(?P<y>(?:19|20)\d{2})")
_MONTH_YEAR = re.compile(r"(?:thang )?(?P<m>\d{1,2})(?:\s*[-/.]\s*|[,\s]*nam\s*)(?P<y>\d{4})")
_NAMED_YEAR = re.compile(r"nam (\d{4}|\d{2})")


@dataclass(frozen=True, slots=True)
class _Written:
    """The figures as they stand; None where nothing is written, `day` 0 where "00" is."""

    year: int
    month: int | None = None
    day: int | None = None
    codes: tuple[BirthCode, ...] = ()

    @property
    def precision(self) -> Precision:
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"


def read_birth(raw: object, *, today: date) -> BirthReading:
    """A date of birth from a cell (text, number, date, datetime or None) with what should be told about it.

    Day first unless the figures prove otherwise. (None, ()) is an empty cell; (None, codes) is a cell that
    says something unusable; codes beside a date are remarks for the preview (see `BirthCode`). Two figures
    are 19xx if that makes an age of 18 to 90, else nothing is guessed. Domain rules 5.3 and 8.2, cases 14–17.
    """
    written = _written(raw, today)
    if isinstance(written, _Written):
        return _judge(written, today)
    return None, (() if written is None else (written,))


def _written(raw: object, today: date) -> _Written | BirthCode | None:
    if raw is None:
        return None
    if isinstance(raw, date):
        return _from_day(raw)
    if isinstance(raw, str):
        return _from_text(raw, today)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _from_number(raw, today)
    return "unreadable"


def _from_day(day: date, *codes: BirthCode) -> _Written:
    return _Written(day.year, day.month, day.day, codes)


def _from_number(number: float, today: date) -> _Written | BirthCode:
    if number == 0:
        return "empty_1900"
    if 1 <= number < _SERIALS.stop and int(number) in _SERIALS:
        return _from_day(_EXCEL_DAY_0 + timedelta(days=int(number)), "from_serial")
    if not 1 <= number < _SERIALS.start or number != int(number):
        return "unreadable"
    return _from_year(int(number), today)


def _from_year(year: int, today: date) -> _Written | BirthCode:
    if year >= 100:
        return _Written(year)
    return _with_century(_Written(year), today)


def _with_century(written: _Written, today: date) -> _Written | BirthCode:
    year = 1900 + written.year
    if today.year - year not in _TWO_DIGIT_AGES:
        return "two_digit_year"
    return _Written(year, written.month, written.day, (*written.codes, "century_added"))


def _from_text(raw: str, today: date) -> _Written | BirthCode | None:
    folded = search_key(raw)
    if not folded:
        return None
    certain = _DOUBT.sub(" ", folded)
    plain = _LABEL.sub("", _TIME.sub("", certain).strip(" '\".,;()"))
    written = _from_plain(" ".join(plain.split()), today)
    if isinstance(written, _Written) and certain != folded:
        return _Written(written.year, written.month, written.day, (*written.codes, "doubtful"))
    return written


def _from_plain(text: str, today: date) -> _Written | BirthCode:
    number = _NUMBER.fullmatch(text) or _NAMED_YEAR.fullmatch(text)
    if number:
        return _from_number(int(number[1]), today)
    month = _MONTH_YEAR.fullmatch(text)
    if month:
        return _Written(int(month["y"]), int(month["m"]))
    match = ISO.fullmatch(text) or DAY_FIRST.fullmatch(text) or _EIGHT_DIGITS.fullmatch(text)
    return _from_figures(match, today) if match else "unreadable"


def _from_figures(match: re.Match[str], today: date) -> _Written | BirthCode:
    year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    written = _Written(year, month, day)
    if day <= 12 < month <= 31:
        written = _Written(year, day, month, ("month_first",))
    return _with_century(written, today) if len(match["y"]) == 2 else written


def _judge(written: _Written, today: date) -> BirthReading:
    if written.year in (1899, 1900):
        return None, ("empty_1900",)
    if not today.year - _OLDEST < written.year <= today.year:
        return None, ("out_of_range",)
    birth = _as_far_as_known(written)
    codes = list(written.codes)
    if birth.precision != written.precision:
        codes.append("day_dropped")
    if today.year - written.year not in _WORKING_AGES:
        codes.append("age_unlikely")
    return birth, tuple(codes)


def _as_far_as_known(written: _Written) -> PartialDate:
    day = existing_day(written.year, written.month or 0, written.day or 0)
    if day:
        return PartialDate(day, "day")
    # A day that is impossible casts doubt on its month too; one that is left open ("00") does not.
    if not written.day and written.month in range(1, 13):
        return PartialDate(date(written.year, written.month or 1, 1), "month")
    return PartialDate(date(written.year, 1, 1), "year")
