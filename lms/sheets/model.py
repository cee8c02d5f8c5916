"""A workbook as plain values, the same whatever the file format was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

Value = str | int | float | bool | date | datetime | time | timedelta | None

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


class Refused(Exception):
    """The file cannot be read as a spreadsheet. `code` says why; `details` are values for the sentence.

    Codes: not_spreadsheet, empty, password, too_many_rows, too_many_columns, too_large, word_document,
    picture, pdf, broken.
    """

    def __init__(self, code: str, **details: str | int) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details

    def __reduce__(self) -> tuple[object, ...]:
        return (_refused, (self.code, self.details))


def _refused(code: str, details: dict[str, str | int]) -> Refused:
    return Refused(code, **details)


class Cell(NamedTuple):
    """`value` as stored (whole numbers as int), `text` as a person would see it."""

    value: Value
    text: str


EMPTY = Cell(None, "")


class Merge(NamedTuple):
    """A merged range; all four 0-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows[i]` is row i + 1 of the file and ends at its last filled cell. `hidden_rows` are 1-based."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: tuple[Merge, ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Workbook:
    """`kind` is one of xlsx, xls, ods, csv, told by the content and never by the name."""

    filename: str
    kind: str
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Rows and columns of one sheet; bytes once unpacked, over all parts of the file."""

    rows: int = 50_000
    columns: int = 60
    unpacked: int = 20_000_000
    sheets: int = 200


def is_blank(text: str) -> bool:
    return not text or not text.translate(_INVISIBLE).strip()
