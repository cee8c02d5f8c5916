"""Short ways to read a list in a test."""

from __future__ import annotations

from datetime import date
from typing import Any

from lms.people.roster.readers import read_roster
from lms.people.roster.readings import RosterReading, RowReading, SheetReading
from lms.sheets.reading import read_workbook

TODAY = date(2026, 11, 24)


def read(data: bytes, name: str = "danh sach.xlsx", **options: Any) -> RosterReading:
    return read_roster(read_workbook(data, name), today=TODAY, **options)


def read_sheet(data: bytes, name: str = "danh sach.xlsx", **options: Any) -> SheetReading:
    """The only table of the file."""
    sheets = read(data, name, **options).sheets
    assert len(sheets) == 1
    return sheets[0]


def read_rows(data: bytes, **options: Any) -> tuple[RowReading, ...]:
    return read_sheet(data, **options).rows


def read_row(data: bytes) -> RowReading:
    rows = read_rows(data)
    assert len(rows) == 1
    return rows[0]


def asked(row: RowReading) -> list[str]:
    return [problem.code for problem in row.problems]


def told(row: RowReading) -> list[str]:
    return [note.code for note in row.notes]
