"""Staff lists as wards really send them: title rows, two-level headings, birth years under Nam / Nữ, ditto marks.

Each writer takes members and gives the bytes of an .xlsx. The mess is what domain.md §8 describes; `trouble` adds the
rows about which the importer must ask.
"""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

import xlsxwriter

from lms.demo.places import MERGED_ON
from lms.demo.staff import Member
from lms.text.dates import show_date
from lms.text.phones import show_phone

ROLE_TEXT = {
    "CTV_DS": ("CTV dân số", "Cộng tác viên dân số", "CTV DS"),
    "CTV_GD": ("CTV gia đình", "Cộng tác viên gia đình"),
    "HGV": ("Hòa giải viên", "HGV", "hoà giải viên"),
    "TT_HG": ("Tổ trưởng tổ hòa giải",),
    "TTV": ("Tuyên truyền viên", "TTV"),
    "TNV": ("Tình nguyện viên", "TNV"),
    "TKHOM": ("Trưởng khóm", "Trưởng khóm"),
    "MTKDC": ("Trưởng Ban CTMT", "Trưởng Ban công tác Mặt trận"),
    "CHPN": ("Chi hội trưởng Phụ nữ", "CHT Phụ nữ"),
    "CLB": ("Ban chủ nhiệm CLB gia đình",),
    "DCTC": ("Địa chỉ tin cậy",),
    "NVYT": ("Nhân viên y tế", "Y tế khóm"),
    "ANTT": ("Bảo vệ ANTT", "Lực lượng ANTT"),
    "BCV": ("Báo cáo viên",),
    "TVV": ("Tư vấn viên",),
    "LD_UBND": ("Phó Chủ tịch UBND", "Chủ tịch UBND"),
    "CC_VHXH": ("Công chức VH-XH",),
    "CC_TP": ("Công chức Tư pháp - hộ tịch",),
    "CAX": ("Công an phường",),
    "GV": ("Giáo viên",),
}
MERGED = date.fromisoformat(MERGED_ON)
HEAD = ("STT", "Họ và tên", "Năm sinh", "", "Chức vụ", "Khóm, ấp", "Điện thoại", "Ghi chú")
WIDTHS = (5, 26, 9, 9, 30, 12, 16, 18)


def roster(
    unit_name: str,
    members: Sequence[Member],
    on: date,
    seed: int,
    trouble: Sequence[Sequence[Any]] = (),
) -> bytes:
    """One ward's list. `trouble`: rows (name, male born, female born, role, place, phone, note) at the end."""
    rng = random.Random(seed)
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("Danh sách")
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    row = _titles(book, sheet, unit_name, on)
    count = 0
    placed = sorted(((_place(member, on), member) for member in members), key=lambda one: one[0])
    for place, group in groupby(placed, key=lambda one: one[0]):
        row = _section(book, sheet, row, place)
        for first, (_, member) in enumerate(group):
            count += 1
            _write(sheet, row, count, member, rng, place[1] if first == 0 or rng.random() < 0.6 else "nt")
            row += 1
    for extra in trouble:
        count += 1
        sheet.write_row(row, 0, [count, *extra])
        row += 1
    sheet.write(row, 1, f"Tổng cộng: {count} người")
    sheet.write(row + 2, 5, "NGƯỜI LẬP BIỂU")
    book.close()
    return stream.getvalue()


def _titles(book: Any, sheet: Any, unit_name: str, on: date) -> int:
    bold = book.add_format({"bold": True, "align": "center", "text_wrap": True})
    sheet.merge_range("A1:D1", f"UBND {unit_name.upper()}", bold)
    sheet.merge_range("E1:H1", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold)
    sheet.merge_range("A3:H3", "DANH SÁCH NGƯỜI LÀM CÔNG TÁC PHÒNG, CHỐNG BẠO LỰC GIA ĐÌNH", bold)
    sheet.merge_range("A4:H4", f"(tính đến ngày {show_date(on)})", bold)
    for column, text in enumerate(HEAD):
        if column not in (2, 3):
            sheet.merge_range(5, column, 6, column, text, bold)
    sheet.merge_range("C6:D6", "Năm sinh", bold)
    sheet.write(6, 2, "Nam", bold)
    sheet.write(6, 3, "Nữ", bold)
    return 7


def _section(book: Any, sheet: Any, row: int, place: tuple[int, str]) -> int:
    if place[1]:
        sheet.write(row, 1, place[1].upper(), book.add_format({"bold": True}))
        return row + 1
    return row


def _place(member: Member, on: date) -> tuple[int, str]:
    """The ward office first, then the hamlets by number, under the names they have that day."""
    if member.hamlet is None:
        return (0, "")
    name = member.hamlet.old_name if on < MERGED else member.hamlet.new_name
    return (int(name.split()[1]) + (100 if name.startswith("Ấp") else 0), name)


def _write(sheet: Any, row: int, number: int, member: Member, rng: random.Random, place: str) -> None:
    person = member.person
    name = person.full_name.upper() if rng.random() < 0.15 else person.full_name
    year: Any = person.birth_year if rng.random() < 0.9 else f"{person.birth_year} "
    roles = " + ".join(rng.choice(ROLE_TEXT[role]) for role in member.roles)
    sheet.write(row, 0, number if rng.random() < 0.95 else str(number))
    sheet.write(row, 1, f"  {name}" if rng.random() < 0.08 else name)
    sheet.write(row, 2 if person.sex == "nam" else 3, year)
    sheet.write(row, 4, roles)
    sheet.write(row, 5, "" if member.hamlet is None else place)
    _write_phone(sheet, row, person.phone, rng)


def _write_phone(sheet: Any, row: int, phone: str | None, rng: random.Random) -> None:
    if phone is None:
        return
    shown = show_phone(phone)
    habit = rng.random()
    if habit < 0.25:
        sheet.write_number(row, 6, int(phone[3:]))  # Excel has eaten the leading zero
    elif habit < 0.45:
        sheet.write_string(row, 6, shown.replace(" ", "."))
    else:
        sheet.write_string(row, 6, shown)
