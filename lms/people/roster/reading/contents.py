"""What the cells of a column tell where its heading does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from lms.people.roster.reading.folding import clean
from lms.people.roster.reading.grid import Grid
from lms.people.roster.reading.headings import Field
from lms.people.roster.reading.places_text import places_in
from lms.people.roster.readings import ColumnReading
from lms.text.names import split_note

_SAMPLE = 200
_MOBILE = re.compile(r"0?[35789]\d{8}|84[35789]\d{8}")
_LONGEST_PLACE = 6


def told_by_content(grid: Grid, first: int, readings: tuple[ColumnReading, ...]) -> tuple[ColumnReading, ...]:
    """Where no heading speaks of phones, or of places, a column of unknown heading that holds nothing else is it."""
    for field, instead, says in _CONTENTS:
        if any(reading.taken_as in instead for reading in readings):
            continue
        told = [
            reading
            for reading in readings
            if reading.why == "unknown" and _holds(sample(grid, first, reading.index), says)
        ]
        if len(told) == 1:
            found = replace(told[0], taken_as=field, why="content")
            readings = tuple(found if reading.index == found.index else reading for reading in readings)
    return readings


def _holds(texts: list[str], says: Callable[[str], bool]) -> bool:
    return bool(texts) and 5 * sum(map(says, texts)) >= 4 * len(texts)


def sample(grid: Grid, first: int, column: int) -> list[str]:
    """The texts of a column from row `first` on, of the first 200 rows."""
    below = (grid.own(row, column).text for row in range(first, min(len(grid.rows), first + _SAMPLE)))
    return [clean(text) for text in below if text]


def _is_mobile(text: str) -> bool:
    return _MOBILE.fullmatch("".join(filter(str.isdecimal, text))) is not None


def _is_hamlet(text: str) -> bool:
    return len(text.split()) <= _LONGEST_PLACE and places_in(text).hamlet is not None


_CONTENTS: tuple[tuple[Field, frozenset[Field], Callable[[str], bool]], ...] = (
    ("phone", frozenset(("phone",)), _is_mobile),
    ("place", frozenset(("place", "unit", "address")), _is_hamlet),
)


def is_identity_number(text: str) -> bool:
    digits = text.replace(" ", "").replace(".", "").lstrip("'")
    without_zero = len(digits) == 11 and not digits.startswith(("0", "84"))
    return digits.isdecimal() and (len(digits) == 12 or without_zero)


def is_given_name(text: str) -> bool:
    words = split_note(text)[0].split()
    return len(words) <= 2 and all(word.isalpha() and word[:1].isupper() for word in words)
