"""Staff lists as offices make them, built in memory. All people are invented; other tests may import these.

`shape_a`, `shape_b`, `shape_c` are the three files of domain.md §8.1; `case_01` … are single messes of §8.2.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl
import xlwt

SURNAMES = ("Nguyễn", "Trần", "Thạch", "Lê", "Kim", "Huỳnh", "Sơn", "Phạm", "Đặng", "Võ", "Lâm", "Ngô")
WOMEN = ("Hoà", "Ánh", "Dung", "Út", "Sa Rinh", "Ơn", "Oanh", "Lý", "Hồng Nhung", "Phượng", "Mười", "Diễm")
MEN = ("Ưng", "Đạt", "Sa Rươl", "Dũng", "Ẩn", "Phước", "Nghĩa", "Tâm", "Quý", "Long", "Vĩnh", "Thiện")

Row = Sequence[Any]


@dataclass(frozen=True)
class Invented:
    """One invented person; `phone` as dialled, "0912…"."""

    name: str
    sex: str
    year: int
    phone: str


def invented(count: int) -> list[Invented]:
    """People who all differ in phone; in name too, as long as there are fewer than 1 728 of them."""
    return [_invented(index) for index in range(count)]


def _invented(index: int) -> Invented:
    woman = index % 3 != 2
    given = (WOMEN if woman else MEN)[index // 12 % 12]
    middle = "Thị" if woman else "Văn"
    if index >= 144:
        middle = f"{middle} {SURNAMES[index // 144 % 12]}"
    phone = f"09{12_345_678 + index * 7_919:08}"
    return Invented(f"{SURNAMES[index % 12]} {middle} {given}", "nu" if woman else "nam", 1955 + index * 7 % 40, phone)


def xlsx(
    sheets: dict[str, Iterable[Row]],
    *,
    merged: dict[str, Sequence[str]] | None = None,
    hidden_rows: dict[str, Sequence[int]] | None = None,
    hidden_sheets: Sequence[str] = (),
) -> bytes:
    """Ranges as "A1:C1", rows 1-based. A value "#N/A" becomes a true error cell."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if value == "" else value for value in row])
        for row_of_cells in sheet.iter_rows():
            for cell in row_of_cells:
                if cell.value == "#N/A":
                    cell.data_type = "e"
        for cells in (merged or {}).get(name, ()):
            sheet.merge_cells(cells)
        for number in (hidden_rows or {}).get(name, ()):
            sheet.row_dimensions[number].hidden = True
        if name in hidden_sheets:
            sheet.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xls(sheets: dict[str, Iterable[Row]], *, font: str = ".VnTime", hidden_rows: Sequence[int] = ()) -> bytes:
    """BIFF8. Dates are shown as dates; `hidden_rows` (1-based) are hidden in every sheet."""
    book = xlwt.Workbook()
    plain = xlwt.easyxf(f"font: name {font}")
    day = xlwt.easyxf(f"font: name {font}", num_format_str="dd/mm/yyyy")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for row_no, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None and value != "":
                    sheet.write(row_no, column, value, day if isinstance(value, date) else plain)
        for number in hidden_rows:
            sheet.row(number - 1).hidden = True
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def delimited(rows: Iterable[Row], *, separator: str = ";", encoding: str = "utf-8-sig") -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator="\r\n").writerows(rows)
    text = stream.getvalue()
    return to_cp1258(text) if encoding == "cp1258" else text.encode(encoding)


def to_cp1258(text: str) -> bytes:
    """As Windows keeps Vietnamese: letters with their hat, tones as separate characters behind them."""
    return "".join(map(_cp1258_letter, unicodedata.normalize("NFC", text))).encode("cp1258")


def _cp1258_letter(letter: str) -> str:
    try:
        letter.encode("cp1258")
    except UnicodeEncodeError:
        base, *marks = tuple(unicodedata.normalize("NFD", letter))
        tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
        hats = [mark for mark in marks if mark not in tones]
        return unicodedata.normalize("NFC", "".join([base, *hats])) + "".join(tones)
    return letter


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


# The three shapes of domain.md §8.1

SHAPE_A_NAME = "DS CTV dan so P9.xlsx"
SHAPE_B_NAME = "To hoa giai.xls"
SHAPE_C_NAME = "danh_sach_tap_huan_2024.csv"
SHAPE_A_GROUPS = (("KHÓM 1", 9), ("KHÓM 2", 8), ("KHÓM 3", 7))


def shape_a(*, stated: int = 24) -> bytes:
    """24 people in three sections, birth years under Nam / Nữ, khóm merged down, signature block."""
    people = iter(invented(24))
    rows: list[Row] = [
        ["ỦY BAN NHÂN DÂN PHƯỜNG 9"],
        ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["DANH SÁCH CỘNG TÁC VIÊN DÂN SỐ NĂM 2024"],
        ["(Tính đến ngày 30/6/2024)"],
        ["(Kèm theo Công văn số 45/UBND ngày 05 tháng 7 năm 2024)"],
        ["STT", "Họ và tên", "Năm sinh", "", "Dân tộc", "Chức vụ", "Khóm", "Điện thoại", "Ghi chú"],
        ["", "", "Nam", "Nữ"],
    ]
    merged = [f"A{row}:I{row}" for row in range(1, 6)] + ["C6:D6"]
    merged += [f"{column}6:{column}7" for column in "ABEFGHI"]
    for group, (section, count) in enumerate(SHAPE_A_GROUPS, 1):
        rows.append([f"{'I' * group}. {section}"])
        merged += [f"A{len(rows)}:I{len(rows)}", f"G{len(rows) + 1}:G{len(rows) + count}"]
        for number in range(count):
            rows.append(_shape_a_row(next(people), number + 1, group if number == 0 else None))
    rows += [[f"Tổng cộng: {stated} người"], ["", "", "", "", "", "", "Phường 9, ngày 05 tháng 7 năm 2024"]]
    rows += [["", "NGƯỜI LẬP", "", "", "", "", "TM. ỦY BAN NHÂN DÂN"], []]
    rows += [["", "Lê Thị Lập", "", "", "", "", "Trần Văn Ký"]]
    return xlsx({"Sheet1": rows}, merged={"Sheet1": merged})


def _shape_a_row(person: Invented, number: int, group: int | None) -> Row:
    man = person.sex == "nam"
    year: Row = [person.year, ""] if man else ["", person.year]
    return [
        number,
        person.name.upper(),
        *year,
        ("Kinh", "Khmer", "Hoa")[number % 3],
        "CTV DS + HGV" if number % 4 == 0 else "CTV",
        f"Khóm {group}" if group else "",
        int(person.phone) if number % 2 else person.phone,
        "",
    ]


def shape_b() -> bytes:
    """Mediation groups, one sheet a khóm: ticks, ditto marks, numeric phones, numbering that starts again."""
    people = iter(invented(21))
    sheets: dict[str, list[Row]] = {}
    for group in (1, 2, 3):
        rows: list[Row] = [
            [f"TỔ HÒA GIẢI KHÓM {group}"],
            ["TT", "Họ tên", "Nam", "Nữ", "Ngày sinh", "Chức danh", "Địa chỉ", "ĐT"],
        ]
        rows += [_shape_b_row(next(people), number, group) for number in range(1, 8)]
        sheets[f"Khóm {group}"] = rows
    return xls(sheets)


def _shape_b_row(person: Invented, number: int, group: int) -> Row:
    role = "Tổ trưởng" if number == 1 else "Tổ viên" if number == 2 else "nt"
    man = person.sex == "nam"
    address = f"Khóm {group}, P8" if number == 1 else "-nt-"
    born = date(person.year, 6, 1 + number)
    phone = int(person.phone)
    return [str(number), person.name, "x" if man else "", "" if man else "X", born, role, address, phone]


def shape_c(*, encoding: str = "utf-16") -> bytes:
    """A form's export: names in NFD, dates month first, empty columns at the end."""
    rows: list[Row] = [
        ["Timestamp", "Họ và tên", "Giới tính", "Ngày sinh", "Số điện thoại", "Khóm/ấp", "Chức vụ", "", ""]
    ]
    for index, person in enumerate(invented(12)):
        born = f"{index % 12 + 1}/{13 + index}/{person.year}"
        sex = "Nữ" if person.sex == "nu" else "Nam"
        role = ("Tuyên truyền viên", "Trưởng khóm", "Chi hội trưởng phụ nữ")[index % 3]
        place = f"Khóm {index % 4 + 1} P8"
        rows.append(["6/14/2024 8:15:02", nfd(person.name), sex, born, person.phone, place, role, "", ""])
    return delimited(rows, encoding=encoding)


# Single cases of domain.md §8.2

HEADER = ("STT", "Họ và tên", "Giới tính", "Năm sinh", "Chức vụ", "Khóm", "Điện thoại", "Ghi chú")


def plain(*rows: Row, header: Row = HEADER, sheet: str = "DS", titles: Sequence[str] = ()) -> bytes:
    """A clean list with these rows under a header of one level."""
    return xlsx({sheet: [*([title] for title in titles), header, *rows]})


def person(**cells: Any) -> Row:
    """A good row of `HEADER` with some cells replaced: number, name, sex, birth, role, place, phone, note."""
    row: dict[str, Any] = {
        "number": 1,
        "name": "Trần Thị Dung",
        "sex": "Nữ",
        "birth": 1979,
        "role": "Hòa giải viên",
        "place": "Khóm 4",
        "phone": "0912345678",
        "note": "",
    }
    unknown = set(cells) - set(row)
    if unknown:
        raise ValueError(f"no such cell: {unknown}")
    return list((row | cells).values())


def case_01_titles() -> bytes:
    titles = ["UBND PHƯỜNG 7", "", "DANH SÁCH HÒA GIẢI VIÊN", "(Kèm theo Công văn số 12 ngày 03/5/2024)", ""]
    return plain(person(), titles=titles)


def case_02_two_levels() -> bytes:
    rows: list[Row] = [
        ["STT", "Họ và tên", "Ngày sinh", "", "", "Liên hệ", "", "Chức vụ"],
        ["", "", "Ngày", "Tháng", "Năm", "Khóm", "Điện thoại", ""],
        [1, "Trần Thị Dung", 5, 6, 1979, "Khóm 4", "0912345678", "HGV"],
    ]
    merged = ["A1:A2", "B1:B2", "C1:E1", "F1:G1", "H1:H2"]
    return xlsx({"DS": rows}, merged={"DS": merged})


def case_03_year_under_sex() -> bytes:
    rows: list[Row] = [
        ["TT", "Họ và tên", "Năm sinh", "", "Chức vụ", "Khóm"],
        ["", "", "Nam", "Nữ", "", ""],
        [1, "Ngô Văn Ưng", 1961, "", "Trưởng khóm", "Khóm 2"],
        [2, "Trần Thị Dung", "", "1979", "HGV", "Khóm 2"],
        [3, "Kim Sa Rinh", 1970, 1971, "HGV", "Khóm 2"],
    ]
    return xlsx({"DS": rows}, merged={"DS": ["A1:A2", "B1:B2", "C1:D1", "E1:E2", "F1:F2"]})


def case_04_flags(flags: Sequence[tuple[Any, Any]]) -> bytes:
    header = ["STT", "Họ và tên", "Nam", "Nữ", "Năm sinh", "Chức vụ", "Khóm"]
    rows = [[i, "Trần Thanh Bình", man, woman, 1979, "HGV", "Khóm 1"] for i, (man, woman) in enumerate(flags, 1)]
    return xlsx({"DS": [header, *rows]})


def case_05_numbers() -> bytes:
    names = ["Trần Thị Dung", "Ngô Văn Ưng", "Lê Thị Ân", "Kim Sa Rinh", "Sơn Thị Ánh"]
    rows = [person(number=number, name=name) for number, name in zip(["1", 2, "2.", 1, ""], names, strict=True)]
    return plain(*rows)


def case_06_name_in_two_columns(*, heading_over_both: bool = False) -> bytes:
    head: Row = ["STT", "Họ và tên", "", "Năm sinh"] if heading_over_both else ["STT", "Họ", "Tên", "Năm sinh"]
    rows: list[Row] = [head, [1, "Trần Thị", "Dung", 1979], [2, "Ngô Văn", "Ưng", 1961]]
    merged = {"HGV": ["B1:C1"]} if heading_over_both else None
    return xlsx({"HGV": rows}, merged=merged)


def case_07_dirty_name() -> bytes:
    return plain(person(name="  NGUYỄN\u00a0 THỊ  HOÀ (Bí thư) "))


def case_08_nfd() -> bytes:
    return plain(person(name=nfd("Nguyễn Thị Hòa")), person(number=2, name="Nguyễn Thị Hòa"))


def case_14_births(*births: Any) -> bytes:
    return plain(*(person(number=number, birth=birth) for number, birth in enumerate(births, 1)))


def case_16_mixed() -> bytes:
    """Excel with English settings turned 5/6 into a date (perhaps 6 May) and left 25/6 a text."""
    return case_14_births(datetime(1973, 5, 6), "25/6/1973", datetime(1973, 5, 5), 26820, 1968)


def case_18_phones(*phones: Any) -> bytes:
    return plain(*(person(number=number, phone=phone) for number, phone in enumerate(phones, 1)))


def case_23_roles(*roles: str, titles: Sequence[str] = (), sheet: str = "DS") -> bytes:
    rows = (person(number=number, role=role) for number, role in enumerate(roles, 1))
    return plain(*rows, titles=titles, sheet=sheet)


def case_24_places(*places: Any, merged: Sequence[str] = (), header: Row = HEADER) -> bytes:
    rows = [person(number=number, place=place) for number, place in enumerate(places, 1)]
    return xlsx({"DS": [header, *rows]}, merged={"DS": merged})


def case_25_leftovers() -> bytes:
    """A blank row, sections, a wrong total, an error value, a hidden row, a hidden sheet, a signature."""
    rows: list[Row] = [
        HEADER,
        ["", "I. KHÓM 1"],
        person(number=1, name="Trần Thị Dung", place=""),
        [],
        person(number=2, name="Ngô Văn Ưng", sex="Nam", place="", phone="#N/A"),
        ["", "II. KHÓM 2"],
        person(number=1, name="Lê Thị Ân", place=""),
        ["", "Tổng cộng: 4 người"],
        ["", "", "", "", "", "Phường 7, ngày 03 tháng 5 năm 2024"],
        ["", "NGƯỜI LẬP BẢNG", "", "", "", "CHỦ TỊCH"],
        ["", "Phạm Thị Lập", "", "", "", "Võ Văn Duyệt"],
    ]
    hidden: list[Row] = [HEADER, person(name="Kim Sa Rinh")]
    return xlsx({"DS": rows, "cũ": hidden}, hidden_rows={"DS": [5]}, hidden_sheets=["cũ"])


def many(count: int) -> bytes:
    """A clean list of `count` people, for speed."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("DS")
    sheet.append(HEADER)
    for number, one in enumerate(invented(count), 1):
        sex = "Nữ" if one.sex == "nu" else "Nam"
        role = ("CTV DS", "HGV", "Trưởng khóm kiêm HGV")[number % 3]
        sheet.append([number, one.name.upper(), sex, one.year, role, f"Khóm {number % 14 + 1}", one.phone, ""])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
