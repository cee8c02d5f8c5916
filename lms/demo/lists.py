"""The invented lists go in by the door that every list uses: staged, looked at, confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from lms.db import at_time, db
from lms.demo.history import moment
from lms.demo.rosters import roster
from lms.demo.staff import WARDS, Member
from lms.people.roster.confirming import confirm
from lms.people.roster.opening import OpenedList
from lms.people.roster.readers import read_roster
from lms.people.roster.staging import stage
from lms.sheets.reading import read_workbook
from lms.units.models import Unit
from lms.units.queries import names_on

FIRST_LISTS = date(2025, 6, 15)
OFFICE_LISTS = date(2025, 7, 15)

# Rows about which the importer must ask: name, male born, female born, role, place, phone, note.
TROUBLE: dict[str, list[list[Any]]] = {
    "vl/hoa-thuan": [
        ["Nguyễn Thị Mẫu", "", 1968, "HGV", "Khóm 2", "0900 999 101", ""],
        ["NGUYỄN THỊ MẪU", "", 1968, "Hòa giải viên", "Khóm 2", "0900 999 102", "trùng tên?"],
        ["Trần Văn Thử", 1975, 1975, "CTV dân số", "Khóm 3", "0900999103", ""],
        ["Thạch Sa Thử", 1961, "", "Tổ trưởng", "Khóm 7", "9,12E+08", ""],
        ["Lê Thị Thí Dụ", "", "31/02/1980", "CHT Phụ nữ", "Khóm 4 P5", "0900.999.105", ""],
    ],
}


def unit_id(key: str) -> int:
    return db.session.scalars(select(Unit.id).where(Unit.key == key)).one()


def enter_first_lists(staff: Sequence[Member]) -> None:
    """The lists of June 2025, still by the old wards, and those of the ward offices after the merger."""
    hamlet_members = [member for member in staff if member.hamlet is not None]
    old_wards = sorted({member.hamlet.old_ward for member in hamlet_members if member.hamlet})
    for seed, ward in enumerate(old_wards):
        members = [member for member in hamlet_members if member.hamlet and member.hamlet.old_ward == ward]
        _enter(ward, members, FIRST_LISTS, seed)
    for seed, ward in enumerate(WARDS):
        members = [member for member in staff if member.hamlet is None and member.ward == ward]
        _enter(ward, members, OFFICE_LISTS, seed)


def _enter(ward: str, members: Sequence[Member], on: date, seed: int) -> None:
    with at_time(moment(on + timedelta(days=4))):
        data, name = _file(ward, members, on, seed), file_name(ward, on)
        with db.write():
            staged = stage(data, name, on, unit_id(ward), opened=_opened(data, name, on))
        with db.write():
            confirm(staged.id)


def _opened(data: bytes, name: str, on: date) -> OpenedList:
    """Read in this process: these bytes are our own, a child process with limits would only cost time."""
    workbook = read_workbook(data, name)
    return OpenedList(data, name, workbook.kind, read_roster(workbook, today=on, year_hint=on.year))


def new_list(ward: str, members: Sequence[Member], on: date) -> bytes:
    """This month's list of a ward, by the new hamlets, with the rows that must be asked about."""
    return _file(ward, members, on, 99, TROUBLE.get(ward, ()))


def file_name(ward: str, on: date) -> str:
    return f"DS {ward.rsplit('/', 1)[1]} {on:%m-%Y}.xlsx"


def _file(ward: str, members: Sequence[Member], on: date, seed: int, trouble: Sequence[Sequence[Any]] = ()) -> bytes:
    key = unit_id(ward)
    return roster(names_on([key], on)[key], members, on, seed, trouble)
