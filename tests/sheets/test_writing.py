"""What we write opens as what it is: text as text, dates as dates, nothing as a formula (safety.md S12)."""

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.sheets.reading import read_workbook
from lms.sheets.writing import Column, Table, neutralise_csv, sheet_name, write_table

NASTY = [
    "=1+1",
    "+84912345678",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    '=HYPERLINK("http://x")',
    "https://x.vn",
]


def written(*tables: Table) -> openpyxl.Workbook:
    stream = io.BytesIO()
    write_table(stream, tables)
    return openpyxl.load_workbook(io.BytesIO(stream.getvalue()))


@pytest.mark.attack("S12")
def test_peoples_text_is_never_a_formula_nor_a_link() -> None:
    sheet = written(Table("DS", [Column("Tên")], [[text] for text in NASTY])).worksheets[0]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)


def test_dates_and_numbers_are_real() -> None:
    values = [date(1973, 6, 5), datetime(2024, 5, 3, 8, 15), 24, 86.9, None, "", True]
    sheet = written(Table("DS", [Column(str(n)) for n in range(7)], [values])).worksheets[0]
    cells = [cell.value for cell in sheet[2]]
    assert cells[:4] == [datetime(1973, 6, 5), datetime(2024, 5, 3, 8, 15), 24, 86.9]
    assert cells[4:] == [None, None, True]
    assert sheet["A2"].number_format == "dd/mm/yyyy"


def test_a_day_before_1900_is_written_as_text() -> None:
    assert written(Table("DS", [Column("Ngày")], [[date(1893, 2, 1)]])).worksheets[0]["A2"].value == "01/02/1893"


def test_the_heading_is_bold_and_stays_in_view_below_title_and_remarks() -> None:
    table = Table("DS", [Column("Họ và tên", 30), Column("Mã", hidden=True)], [], title="T", remarks=["r"])
    sheet = written(table).worksheets[0]
    assert sheet["A3"].value == "Họ và tên" and sheet["A3"].font.bold
    assert sheet.freeze_panes == "A4"
    assert sheet.column_dimensions["A"].width == pytest.approx(30, abs=1)
    assert sheet.column_dimensions["B"].hidden


def test_rows_may_come_one_by_one() -> None:
    rows = ([str(number)] for number in range(1_000))
    assert written(Table("DS", [Column("Số")], rows)).worksheets[0].max_row == 1_001


def test_sheet_names_that_excel_would_refuse() -> None:
    book = written(*(Table(name, [Column("a")], []) for name in ("Khóm 1/2: [A]*?", "khóm 1 2 A", "", "'")))
    assert book.sheetnames == ["Khóm 1 2 A", "khóm 1 2 A (2)", "Danh sách", "Danh sách (2)"]
    assert sheet_name("x" * 40) == "x" * 31


@pytest.mark.attack("S12")
@pytest.mark.parametrize("text", NASTY[:-1])
def test_csv_fields_that_a_program_would_run_begin_with_an_apostrophe(text: str) -> None:
    assert neutralise_csv(text) == f"'{text}"


def test_other_csv_fields_stay_as_they_are() -> None:
    assert [neutralise_csv(value) for value in ("Trần Thị Dung", -5, 1.5, None, "a=b")] == [
        "Trần Thị Dung",
        "-5",
        "1.5",
        "",
        "a=b",
    ]


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40), max_size=8))
def test_text_comes_back_as_it_was_written(texts: list[str]) -> None:
    stream = io.BytesIO()
    write_table(stream, [Table("DS", [Column("Tên")], [[text] for text in texts])])
    rows = read_workbook(stream.getvalue(), "a.xlsx").sheets[0].rows
    found = [row[0].text if row else "" for row in rows[1:]]
    kept = [text if text.strip() else "" for text in texts]
    assert [text for text in found if text] == [text for text in kept if text.strip("\u200b\ufeff\u2060")]
