"""Which column is which, and what is said where that cannot be told."""

from __future__ import annotations

import pytest

from tests.people.roster import sheets
from tests.people.roster.reading import asked, read, read_row, read_sheet, told


def test_a_column_of_unknown_heading_is_told_by_what_it_holds() -> None:
    header = ["Họ và tên", "Sinh năm", "Anh chị thuộc đâu", "Gọi số nào", "Ngày tham gia"]
    rows = [["Lê Thị Ân", 1970, "Khóm 4", 912345601, 2015], ["Sơn Thị Ánh", 1971, "Khóm 5", "0912.345.602", 2016]]
    sheet = read_sheet(sheets.plain(*rows, header=header))
    assert [(column.taken_as, column.why) for column in sheet.columns][2:] == [
        ("place", "content"),
        ("phone", "content"),
        ("other", "unknown"),
    ]
    assert [(row.place_text, row.phone) for row in sheet.rows] == [
        ("Khóm 4", "+84912345601"),
        ("Khóm 5", "+84912345602"),
    ]


def test_a_column_of_numbers_is_no_phone_beside_one_and_two_of_them_are_nobodys_guess() -> None:
    numbers = [["Lê Thị Ân", 1970, "0912345601", "0987654321"], ["Sơn Thị Ánh", 1971, "0912345602", "0987654322"]]
    beside = read_sheet(sheets.plain(*numbers, header=["Họ và tên", "Sinh năm", "Điện thoại", "Mã hội viên"]))
    assert beside.columns[3].why == "unknown"
    two = read_sheet(sheets.plain(*numbers, header=["Họ và tên", "Sinh năm", "Mã A", "Mã B"]))
    assert [column.why for column in two.columns][2:] == ["unknown", "unknown"]


@pytest.mark.parametrize("heading", ["Số ĐTDĐ", "ĐTDĐ", "S.ĐT", "Số DĐ", "SĐT", "Số điện thoại/Zalo"])
def test_a_phone_has_many_headings(heading: str) -> None:
    sheet = read_sheet(sheets.plain(["Lê Thị Ân", 1970, 912345601], header=["Họ và tên", "Sinh năm", heading]))
    assert (sheet.columns[2].why, sheet.rows[0].phone) == ("heading", "+84912345601")


def test_where_no_column_is_the_name_the_nearest_row_says_what_was_understood() -> None:
    rows = [["Danh bạ"], ["Cán bộ", "Năm sinh", "Khóm", "Số máy"], ["Trần Thị Một", 1970, "Khóm 1", "0912222001"]]
    sheet = read_sheet(sheets.xlsx({"DS": rows}))
    assert (sheet.header_row, sheet.nearest) == (None, (2, ("Năm sinh", "Khóm", "Số máy")))
    assert read_sheet(sheets.xlsx({"DS": [["Một"], ["Hai", 2]]})).nearest is None


PAGE = [["STT", "Họ và tên", "", "Giới tính", "", "Năm sinh"], ["", "", "", "Nam", "Nữ", ""]]
PEOPLE = [[1, "Sơn Thị", "Út (mẹ chị Nga)", "", "x", 1955], [2, "Trương Văn", "Hai", "x", "", 1990]]


def test_a_header_repeated_without_its_merged_cells_is_the_same_header() -> None:
    """Two pages of one list: read by a header of its own, the second would lose the given names."""
    merged = {"DS": ["B1:C2", "D1:E1", "F1:F2", "A1:A2"]}
    (sheet,) = read(
        sheets.xlsx({"DS": [*PAGE, *PEOPLE, *PAGE, [3, "Lê Thị", "Ba", "", "x", 1970]]}, merged=merged)
    ).sheets
    assert [row.full_name for row in sheet.rows] == ["Sơn Thị Út", "Trương Văn Hai", "Lê Thị Ba"]
    assert [row.why for row in sheet.skipped] == ["header", "header", "repeated_header", "repeated_header"]


def test_a_given_name_with_a_remark_is_still_one() -> None:
    sheet = read_sheet(sheets.xlsx({"DS": [*PAGE, *PEOPLE]}))
    assert [(row.full_name, row.note) for row in sheet.rows] == [("Sơn Thị Út", "mẹ chị Nga"), ("Trương Văn Hai", "")]


@pytest.mark.parametrize("half", ["Sơn Thị", "Nguyễn Ngọc Thị", "Trương Văn", "Dung"])
def test_half_a_name_is_asked(half: str) -> None:
    assert asked(read_row(sheets.plain(sheets.person(name=half)))) == ["name_incomplete"]


@pytest.mark.parametrize("signer", ["Người thống kê", "Người báo cáo", "Cán bộ thống kê"])
def test_whoever_signs_is_nobody_of_the_list(signer: str) -> None:
    rows = [
        sheets.HEADER,
        sheets.person(),
        ["", signer, "", "", "Chủ tịch Hội"],
        ["", "Lê Thị Mẫu", "", "", "Trần Văn Mẫu"],
    ]
    sheet = read_sheet(sheets.xlsx({"DS": rows}))
    assert [row.full_name for row in sheet.rows] == ["Trần Thị Dung"]
    assert [row.why for row in sheet.skipped] == ["header", "signature", "signature"]


def test_a_month_in_its_own_column_is_never_taken_for_the_day() -> None:
    head = [["STT", "Họ và tên", "Ngày sinh", "", ""], ["", "", "Ngày", "Tháng", "Năm"]]
    merged = {"DS": ["A1:A2", "B1:B2", "C1:E1"]}
    row = read_row(sheets.xlsx({"DS": [*head, [1, "Lê Thị An", 1, 13, 1990]]}, merged=merged))
    assert row.birth is not None and (row.birth.value.year, row.birth.precision) == (1990, "year")
    assert "birth_day_dropped" in told(row)
