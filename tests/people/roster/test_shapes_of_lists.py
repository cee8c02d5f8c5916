"""The three files of domain.md §8.1, whole."""

from __future__ import annotations

from datetime import date

import pytest

from tests.people.roster import sheets
from tests.people.roster.reading import asked, read, read_sheet


def test_shape_a_gives_its_24_people_with_everything_in_place() -> None:
    sheet = read_sheet(sheets.shape_a(), sheets.SHAPE_A_NAME)
    people = sheets.invented(24)
    assert [row.full_name for row in sheet.rows] == [person.name for person in people]
    assert [row.sex for row in sheet.rows] == [person.sex for person in people]
    assert [row.birth.value.year for row in sheet.rows if row.birth] == [person.year for person in people]
    assert [row.phone for row in sheet.rows] == [f"+84{person.phone[1:]}" for person in people]
    assert [row.place_text for row in sheet.rows] == ["Khóm 1"] * 9 + ["Khóm 2"] * 8 + ["Khóm 3"] * 7
    assert all(not row.problems for row in sheet.rows)


def test_shape_a_says_where_things_are_from() -> None:
    sheet = read_sheet(sheets.shape_a(), sheets.SHAPE_A_NAME)
    assert sheet.header_row == 7
    assert [column.heading for column in sheet.columns][2:4] == ["Năm sinh / Nam", "Năm sinh / Nữ"]
    assert sheet.default_roles is not None
    assert (sheet.default_roles.codes, sheet.default_roles.source) == (("CTV_DS",), "title")
    assert sheet.list_date_hint == date(2024, 6, 30)
    assert sheet.unit_hint == "Phường 9"
    assert sheet.stated_total is not None
    assert (sheet.stated_total.count, sheet.stated_total.row_no) == (24, 35)
    assert [row.role_codes for row in sheet.rows[:4]] == [("CTV_DS",)] * 3 + [("CTV_DS", "HGV")]


def test_shape_a_keeps_no_ethnicity_anywhere() -> None:
    sheet = read_sheet(sheets.shape_a(), sheets.SHAPE_A_NAME)
    assert [column.taken_as for column in sheet.columns if column.why == "sensitive"] == ["ethnicity"]
    assert "Khmer" not in repr(sheet)
    assert "Dân tộc" not in repr([sheet.rows, sheet.skipped])


def test_shape_a_with_a_wrong_total_still_states_it() -> None:
    sheet = read_sheet(sheets.shape_a(stated=26), sheets.SHAPE_A_NAME)
    assert sheet.stated_total is not None
    assert (sheet.stated_total.count, len(sheet.rows)) == (26, 24)


def test_shape_b_gives_21_mediators_in_three_groups() -> None:
    tables = read(sheets.shape_b(), sheets.SHAPE_B_NAME).sheets
    assert [table.name for table in tables] == ["Khóm 1", "Khóm 2", "Khóm 3"]
    assert [row.full_name for table in tables for row in table.rows] == [person.name for person in sheets.invented(21)]
    for number, table in enumerate(tables, 1):
        assert [row.role_codes for row in table.rows] == [("TT_HG",)] + [("HGV",)] * 6
        assert {row.place_text for row in table.rows} == {f"Khóm {number}, P8"}
        assert not any(asked(row) for row in table.rows)


@pytest.mark.parametrize("encoding", ["utf-16", "cp1258", "utf-8"])
def test_shape_c_reads_dates_month_first_and_names_composed(encoding: str) -> None:
    sheet = read_sheet(sheets.shape_c(encoding=encoding), sheets.SHAPE_C_NAME)
    people = sheets.invented(12)
    assert [row.full_name for row in sheet.rows] == [person.name for person in people]
    assert [row.birth.value for row in sheet.rows if row.birth] == [
        date(person.year, index % 12 + 1, 13 + index) for index, person in enumerate(people)
    ]
    assert [row.role_codes[0] for row in sheet.rows[:3]] == ["TTV", "TKHOM", "CHPN"]
    assert sheet.rows[0].place_text == "Khóm 1 P8"
