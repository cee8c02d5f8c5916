"""What a workbook holds once it is read, whatever its format."""

from __future__ import annotations

import io
import unicodedata
from datetime import date, datetime

import openpyxl
import pytest
import xlwt

from lms.sheets.apart import read_workbook_apart
from lms.sheets.model import Merge, Sheet, Workbook
from lms.sheets.reading import read_workbook
from tests.people.roster import sheets as lists
from tests.sheets import files

ROWS = [["Họ và tên", "Năm sinh"], ["Nguyễn Thị Hoà", 1968]]


def only_sheet(workbook: Workbook) -> Sheet:
    assert len(workbook.sheets) == 1
    return workbook.sheets[0]


def texts(sheet: Sheet) -> list[list[str]]:
    return [[cell.text for cell in row] for row in sheet.rows]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (lists.xlsx({"DS": ROWS}), "xlsx"),
        (lists.xls({"DS": ROWS}), "xls"),
        (lists.delimited(ROWS), "csv"),
    ],
)
def test_the_content_tells_the_format_not_the_name(data: bytes, kind: str) -> None:
    workbook = read_workbook(data, "anh chup.png")
    assert workbook.kind == kind
    assert texts(only_sheet(workbook)) == [["Họ và tên", "Năm sinh"], ["Nguyễn Thị Hoà", "1968"]]


def test_stored_values_and_what_a_person_sees() -> None:
    values = [912345678, 1.5, date(1973, 6, 5), datetime(2024, 5, 3, 8, 15), True, "  x "]
    sheet = only_sheet(read_workbook(lists.xlsx({"DS": [values]}), "a.xlsx"))
    assert [cell.text for cell in sheet.rows[0]] == [
        "912345678",
        "1,5",
        "05/06/1973",
        "03/05/2024 08:15:00",
        "TRUE",
        "  x ",
    ]
    assert sheet.rows[0][0].value == 912345678 and isinstance(sheet.rows[0][0].value, int)
    assert sheet.rows[0][2].value == date(1973, 6, 5)


def test_rows_keep_their_place_below_blank_rows_and_beside_blank_columns() -> None:
    sheet = only_sheet(read_workbook(lists.xlsx({"DS": [[], [], ["", "", "Tên"]]}), "a.xlsx"))
    assert sheet.rows[:2] == ((), ())
    assert [cell.text for cell in sheet.rows[2]] == ["", "", "Tên"]


def test_formulas_give_the_value_that_was_stored_and_are_not_run() -> None:
    cell = '<row r="1"><c r="A1"><f>1+1</f><v>42</v></c><c r="B1" t="str"><f>"a"</f><v>đã lưu</v></c></row>'
    sheet = only_sheet(read_workbook(files.raw_xlsx(cell), "a.xlsx"))
    assert [cell.text for cell in sheet.rows[0]] == ["42", "đã lưu"]


def test_error_cells_are_kept_as_text() -> None:
    sheet = only_sheet(read_workbook(lists.xlsx({"DS": [["a", "#N/A"], ["", "", "#N/A"]]}), "a.xlsx"))
    assert texts(sheet) == [["a", "#N/A"], ["", "", "#N/A"]]


def test_error_cells_of_xls_are_kept_as_text() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("DS")
    sheet.write(0, 0, "a")
    sheet.row(1).set_cell_error(1, 0x2A)
    stream = io.BytesIO()
    book.save(stream)
    assert texts(only_sheet(read_workbook(stream.getvalue(), "a.xls"))) == [["a"], ["", "#N/A"]]


def test_merged_ranges_hidden_rows_and_hidden_sheets_are_told() -> None:
    rows = [["a", "", "b"], ["", "", "c"], ["d"]]
    data = lists.xlsx(
        {"DS": rows, "cũ": [["x"]]},
        merged={"DS": ["A1:B2"]},
        hidden_rows={"DS": [3]},
        hidden_sheets=["cũ"],
    )
    shown, hidden = read_workbook(data, "a.xlsx").sheets
    assert shown.merged == (Merge(0, 0, 1, 1),)
    assert shown.hidden_rows == {3}
    assert (shown.hidden, hidden.hidden) == (False, True)


def test_hidden_rows_of_xls_are_told() -> None:
    assert only_sheet(read_workbook(lists.xls({"DS": ROWS}, hidden_rows=[2]), "a.xls")).hidden_rows == {2}


def test_ods_with_repeated_and_hidden_rows() -> None:
    rows = (
        f"<table:table-row>{files.ods_cell('Tên')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        f'<table:table-row table:visibility="collapse">{files.ods_cell("a", repeated=2)}</table:table-row>'
        '<table:table-row table:number-rows-repeated="1048570">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    sheet = only_sheet(read_workbook(files.ods(rows), "a.ods"))
    assert texts(sheet) == [["Tên"], [], [], ["a", "a"]]
    assert sheet.hidden_rows == {4}


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1258"])
def test_csv_in_every_encoding_and_with_every_separator(separator: str, encoding: str) -> None:
    rows = [*ROWS, ["Đặng Văn Ưng; Ẩn, Ơn", "1970"], ["Phạm Thị Quỳnh", "5.6.1973"]]
    sheet = only_sheet(read_workbook(lists.delimited(rows, separator=separator, encoding=encoding), "a.csv"))
    assert [unicodedata.normalize("NFC", row[0].text) for row in sheet.rows[1:]] == [
        "Nguyễn Thị Hoà",
        "Đặng Văn Ưng; Ẩn, Ơn",
        "Phạm Thị Quỳnh",
    ]


def test_csv_text_that_programs_protect_with_a_formula_keeps_its_zero() -> None:
    sheet = only_sheet(read_workbook('sep=;\r\nTên;ĐT\r\nAn;"=""0912345678"""\r\n'.encode(), "a.csv"))
    assert sheet.rows[-1][1].text == "0912345678"


def test_dates_of_the_1904_system() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.worksheets[0].append([date(1973, 6, 5)])
    stream = io.BytesIO()
    book.save(stream)
    assert only_sheet(read_workbook(stream.getvalue(), "a.xlsx")).rows[0][0].text == "05/06/1973"


def test_five_thousand_rows() -> None:
    assert len(only_sheet(read_workbook(lists.many(5_000), "a.xlsx")).rows) == 5_001


def test_reading_apart_gives_the_same_workbook() -> None:
    data = lists.shape_b()
    assert read_workbook_apart(data, "a.xls") == read_workbook(data, "a.xls")
