"""Single cells: ticks, sexes, ditto marks, error values, years shown as dates."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from lms.people.roster.reading.folding import clean, fold, word_set
from lms.people.roster.readings import Sex
from lms.sheets.model import Cell, Value

_AS_ABOVE = r"""nt|n\.t\.?|n/t|như trên|nhu tren|["″”“〃]+|''|´´|//"""
_DITTO = re.compile(rf"[\s\-–—.]*(?:{_AS_ABOVE})[\s\-–—.]*", re.IGNORECASE)
_ERRORS = word_set("#N/A #REF! #VALUE! #NAME? #DIV/0! #NUM! #NULL! #GETTING_DATA")
_NOTHING = frozenset(("", "-", "--", "–", "—", ".", "/", "0"))
# The last ones are ✓ and ticked boxes of the fonts Wingdings and Wingdings 2, stored as plain letters.
_TICKS = word_set("x × ✗ ✘ ✓ ✔ √ v + * ● • 1 1,0 true co có yes þ ü û")
_NO = word_set("0 false khong không no")
_WOMEN = frozenset(("nu", "nu gioi", "f", "female", "gai", "ba"))
_MEN = frozenset(("nam", "nam gioi", "m", "male", "trai", "ong"))
_EXCEL_DAY_0 = date(1899, 12, 30)
_YEARS = range(1920, 2016)


def is_ditto(text: str) -> bool:
    """nt, -nt-, ″, ", như trên: the same as in the row above."""
    return len(text) < 16 and _DITTO.fullmatch(clean(text)) is not None


def is_error(text: str) -> bool:
    return text.strip().upper() in _ERRORS


def is_nothing(text: str) -> bool:
    """A dash or a dot written into an empty cell."""
    return clean(text) in _NOTHING


@lru_cache(maxsize=1_024)
def is_tick(text: str) -> bool | None:
    """True: ticked; False: expressly not; None: something else."""
    plain = clean(text).casefold()
    if plain in _NO:
        return False
    return True if plain in _TICKS else None


@lru_cache(maxsize=1_024)
def sex_of(text: str) -> Sex | None:
    word = fold(text)
    if word in _WOMEN:
        return "nu"
    return "nam" if word in _MEN else None


def year_in_date_format(value: Value) -> int | None:
    """1968 typed into a cell that shows dates became a day of 1905; no birth of today is that old."""
    if not isinstance(value, date):
        return None
    day = value.date() if isinstance(value, datetime) else value
    serial = (day - _EXCEL_DAY_0) // timedelta(days=1)
    return serial if serial in _YEARS else None


def birth_source(cell: Cell) -> object:
    """What `read_birth` should look at: the stored number or day, else the text."""
    value = cell.value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return cell.text
