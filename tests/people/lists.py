"""Staff lists in memory, invented people only, and short ways through an import."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any

from lms.db import db
from lms.people.models import RosterRow
from lms.people.roster.confirming import Outcome, confirm
from lms.people.roster.deciding import decide, look_ahead
from lms.people.roster.opening import OpenedList
from lms.people.roster.readers import read_roster
from lms.people.roster.staging import rows_of, stage
from lms.sheets.reading import read_workbook
from lms.sheets.writing import Column, Table, write_table

HEADINGS = ("STT", "Họ và tên", "Giới tính", "Năm sinh", "Khóm", "Chức danh", "Điện thoại")
WARD = "vl/nguyet-hoa"
LIST_DATE = date(2026, 3, 1)
TODAY = date(2026, 11, 24)

Cells = tuple[Any, ...]


def person(
    name: str = "Nguyễn Thị Hòa",
    birth: Any = 1968,
    place: Any = "Khóm 4",
    role: str = "CTV DS",
    phone: str = "",
    sex: str = "Nữ",
) -> Cells:
    """The cells of one row, without its number."""
    return name, sex, birth, place, role, phone


def xlsx(rows: Iterable[Sequence[Any]], headings: Sequence[str] = HEADINGS, title: str = "") -> bytes:
    """The same bytes for the same rows, though a spreadsheet holds the second it was written in."""
    return _xlsx(tuple(map(tuple, rows)), tuple(headings), title)


@cache
def _xlsx(rows: tuple[Cells, ...], headings: tuple[str, ...], title: str) -> bytes:
    numbered = [(number, *row) for number, row in enumerate(rows, 1)]
    stream = io.BytesIO()
    write_table(stream, [Table("Danh sách", [Column(heading) for heading in headings], numbered, title)])
    return stream.getvalue()


def staged(unit_id: int, *rows: Cells, day: date = LIST_DATE, name: str = "danh-sach.xlsx", title: str = "") -> int:
    """The id of a staged import of these rows, read in this process to be quick."""
    data = xlsx(rows, title=title)
    workbook = read_workbook(data, name)
    opened = OpenedList(data, name, workbook.kind, read_roster(workbook, today=TODAY, year_hint=day.year))
    with db.write():
        return stage(data, name, day, unit_id, opened=opened).id


def answered(import_id: int, row_no: int, kind: str, answer: str) -> None:
    row = next(row for row in rows_of(import_id) if row.row_no == row_no)
    with db.write():
        decide(import_id, {row.id: {kind: answer}})


def confirmed(import_id: int) -> Outcome:
    """As the page does."""
    ahead = look_ahead(import_id)
    with db.write():
        return confirm(import_id, ahead)


def entered(unit_id: int, *rows: Cells, day: date = LIST_DATE) -> int:
    """The id of an import of which all that was decided is in the register."""
    import_id = staged(unit_id, *rows, day=day)
    assert confirmed(import_id).moved == 0
    return import_id


def taken(import_id: int) -> list[str]:
    """What each row was taken as."""
    found = [row.taken_as for row in rows_of(import_id)]
    db.session.rollback()
    return found


def the_row(import_id: int, position: int = 0) -> RosterRow:
    return rows_of(import_id)[position]
