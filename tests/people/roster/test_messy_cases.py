"""The messy cases of domain.md §8.2; the number in a test's name is the case's."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from lms.people.roster.problems import Problem
from tests.people.roster import sheets
from tests.people.roster.reading import asked, read, read_row, read_rows, read_sheet, told


def test_case_01_header_below_titles() -> None:
    sheet = read_sheet(sheets.case_01_titles())
    assert sheet.header_row == 6
    assert [row.why for row in sheet.skipped] == ["title", "title", "title", "header"]
    assert sheet.rows[0].full_name == "Trần Thị Dung"
    assert (sheet.list_date_hint, sheet.unit_hint) == (date(2024, 5, 3), "Phường 7")


def test_case_01_header_further_down_than_twenty_rows_is_not_looked_for() -> None:
    sheet = read_sheet(sheets.plain(sheets.person(), titles=["dòng"] * 20))
    assert sheet.header_row is None
    assert {row.why for row in sheet.skipped} == {"no_header"}
    assert len(sheet.skipped) == 22


def test_case_02_two_levels_are_joined() -> None:
    sheet = read_sheet(sheets.case_02_two_levels())
    assert [column.taken_as for column in sheet.columns] == [
        "stt",
        "full_name",
        "birth_day",
        "birth_month",
        "birth_year",
        "place",
        "phone",
        "role",
    ]
    assert sheet.columns[6].heading == "Liên hệ / Điện thoại"
    row = sheet.rows[0]
    assert row.birth is not None and row.birth.value == date(1979, 6, 5)
    assert (row.phone, row.place_text, row.role_codes) == ("+84912345678", "Khóm 4", ("HGV",))


def test_case_03_year_under_nam_or_nu() -> None:
    man, woman, both = read_rows(sheets.case_03_year_under_sex())
    assert (man.sex, man.birth and man.birth.value.year) == ("nam", 1961)
    assert (woman.sex, woman.birth and woman.birth.value.year) == ("nu", 1979)
    assert both.problems == (Problem("both_sexes", "sex", "1970 | 1971"),)
    assert (both.sex, both.birth) == (None, None)


@pytest.mark.parametrize("flag", ["x", "X", 1, "1", "✓", "√", True, "có"])
def test_case_04_flags(flag: object) -> None:
    man, woman = read_rows(sheets.case_04_flags([(flag, ""), ("", flag)]))
    assert (man.sex, woman.sex) == ("nam", "nu")
    assert asked(man) == asked(woman) == []


def test_case_04_both_neither_zero_and_nonsense() -> None:
    both, neither, zero, nonsense = read_rows(sheets.case_04_flags([("x", "x"), ("", ""), (0, 1), ("", "?")]))
    assert (both.sex, asked(both)) == (None, ["both_sexes"])
    assert (neither.sex, told(neither)) == (None, ["sex_empty"])
    assert zero.sex == "nu"
    assert (nonsense.sex, asked(nonsense)) == (None, ["sex_unclear"])


@pytest.mark.parametrize(
    ("text", "sex"), [("Nữ", "nu"), ("nu", "nu"), ("F", "nu"), ("NAM", "nam"), ("m", "nam"), ("Gái", "nu")]
)
def test_case_04_one_column_for_the_sex(text: str, sex: str) -> None:
    assert read_row(sheets.plain(sheets.person(sex=text))).sex == sex


def test_case_05_numbers_are_never_an_id() -> None:
    rows = read_rows(sheets.case_05_numbers())
    assert [row.row_no for row in rows] == [2, 3, 4, 5, 6]
    assert all(not row.problems for row in rows)


@pytest.mark.parametrize("over_both", [False, True])
def test_case_06_name_in_two_columns(over_both: bool) -> None:
    rows = read_rows(sheets.case_06_name_in_two_columns(heading_over_both=over_both))
    assert [row.full_name for row in rows] == ["Trần Thị Dung", "Ngô Văn Ưng"]
    assert "name_joined" in told(rows[0])


def test_case_06_second_half_of_the_name_under_an_empty_heading() -> None:
    rows = [["STT", "Họ và tên", "", "Năm sinh"], [1, "Trần Thị", "Dung", 1979], [2, "Ngô Văn", "Ưng", 1961]]
    sheet = read_sheet(sheets.delimited(rows))
    assert [row.full_name for row in sheet.rows] == ["Trần Thị Dung", "Ngô Văn Ưng"]
    assert (sheet.columns[2].heading, sheet.columns[2].why) == ("C", "content")


def test_case_07_capitals_spaces_and_a_note() -> None:
    row = read_row(sheets.case_07_dirty_name())
    assert (row.full_name, row.note) == ("Nguyễn Thị Hoà", "Bí thư")
    assert {"name_recased", "name_note_split"} <= set(told(row))
    assert row.cells["Họ và tên"] == "  NGUYỄN\u00a0 THỊ  HOÀ (Bí thư) "


def test_case_07_titles_before_the_name() -> None:
    rows = read_rows(
        sheets.plain(sheets.person(name="Bà Trần Thị Dung", sex=""), sheets.person(name="Ông Ngô Văn Ưng", sex="Nữ"))
    )
    assert (rows[0].full_name, rows[0].sex) == ("Trần Thị Dung", "nu")
    assert (rows[1].full_name, asked(rows[1])) == ("Ngô Văn Ưng", ["sex_unclear"])


def test_case_08_decomposed_text_is_the_same_name() -> None:
    decomposed, composed = read_rows(sheets.case_08_nfd())
    assert decomposed.full_name == composed.full_name == "Nguyễn Thị Hòa"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("NguyÔn ThÞ Hoµ", "name_letters"),
        ("Nguy?n V?n An", "name_damaged"),
        ("Nguyá»…n VÄƒn An", "name_letters"),
        ("Lan", "name_incomplete"),
        ("Trần 2", "name_unclear"),
    ],
)
def test_names_that_must_be_looked_at(name: str, code: str) -> None:
    assert asked(read_row(sheets.plain(sheets.person(name=name)))) == [code]


def test_a_khmer_name_is_no_odd_name() -> None:
    assert asked(read_row(sheets.plain(sheets.person(name="ថាច់ សុផា")))) == []


@pytest.mark.parametrize(
    ("written", "value", "precision", "note"),
    [
        (1968, date(1968, 1, 1), "year", None),
        ("68", date(1968, 1, 1), "year", "birth_century_added"),
        ("1968?", date(1968, 1, 1), "year", "birth_doubtful"),
        ("5.6.1973", date(1973, 6, 5), "day", None),
        ("05-6-73", date(1973, 6, 5), "day", "birth_century_added"),
        ("ngày 5 tháng 6 năm 1973", date(1973, 6, 5), "day", None),
        (date(1973, 6, 5), date(1973, 6, 5), "day", None),
        ("31/02/1980", date(1980, 1, 1), "year", "birth_day_dropped"),
        (date(1905, 5, 21), date(1968, 1, 1), "year", "birth_year_as_date"),
    ],
)
def test_cases_14_15_births(written: object, value: date, precision: str, note: str | None) -> None:
    row = read_row(sheets.case_14_births(written))
    assert row.birth is not None
    assert (row.birth.value, row.birth.precision) == (value, precision)
    assert told(row) == ([note] if note else [])
    assert asked(row) == []


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("09", "birth_two_digit_year"),
        ("abc", "birth_unreadable"),
        ("2031", "birth_out_of_range"),
        (2015, "birth_age_unlikely"),
    ],
)
def test_case_14_births_that_are_asked(written: object, code: str) -> None:
    assert asked(read_row(sheets.case_14_births(written))) == [code]


def test_birth_in_two_columns_that_contradict_each_other() -> None:
    header = ["STT", "Họ và tên", "Ngày sinh", "Năm sinh"]
    agree, differ = read_rows(
        sheets.plain([1, "Lê Thị Ân", "5/6/1973", 1973], [2, "Kim Sa Rinh", "5/6/1973", 1974], header=header)
    )
    assert agree.birth is not None and agree.birth.value == date(1973, 6, 5)
    assert (differ.birth, asked(differ)[0]) == (None, "birth_conflict")


def test_case_16_a_column_of_dates_and_texts_is_asked_where_both_readings_exist() -> None:
    rows = read_rows(sheets.case_16_mixed())
    assert [("mixed_dates" in asked(row)) for row in rows] == [True, False, False, True, False]
    assert rows[3].birth is not None and rows[3].birth.value == date(1973, 6, 5)


def test_case_16_a_year_written_as_a_date_does_not_mix_a_column() -> None:
    assert not any(asked(row) for row in read_rows(sheets.case_14_births(datetime(1973, 5, 6), "00/00/1968")))


def test_case_16_month_first_when_one_date_proves_it_and_none_speaks_against() -> None:
    first, second = read_rows(sheets.case_14_births("6/25/1973", "6/5/1973"))
    assert second.birth is not None and second.birth.value == date(1973, 6, 5)
    assert (first.birth and first.birth.value, told(second)) == (date(1973, 6, 25), ["birth_month_first"])
    assert asked(read_rows(sheets.case_14_births("6/25/1973", "6/5/1973", "25/6/1973"))[1]) == ["mixed_dates"]


@pytest.mark.parametrize(
    ("written", "phone", "notes"),
    [
        (912345678, "+84912345678", ["phone_added_zero"]),
        ("0912.345.678", "+84912345678", []),
        ("+84 912 345 678", "+84912345678", []),
        ("84912345678", "+84912345678", []),
        ("01234567890", "+84834567890", ["phone_converted"]),
        ("không có", None, []),
        ("-", None, []),
    ],
)
def test_case_18_phones(written: object, phone: str | None, notes: list[str]) -> None:
    row = read_row(sheets.case_18_phones(written))
    assert (row.phone, told(row), asked(row)) == (phone, notes, [])


def test_case_18_lost_digits_are_asked() -> None:
    row = read_row(sheets.case_18_phones("9,12E+08"))
    assert row.phone is None
    assert row.problems == (Problem("phone_scientific", "phone", "9,12E+08"),)


def test_case_18_two_numbers() -> None:
    row = read_row(sheets.case_18_phones("0912345678; 0987654321"))
    assert (row.phone, row.phone_spare) == ("+84912345678", "+84987654321")


@pytest.mark.parametrize("written", ["084168123456", 84168123456, "084 168 123 456"])
def test_an_identity_number_in_the_phone_column_is_asked_and_not_kept(written: object) -> None:
    sheet = read_sheet(sheets.case_18_phones(written))
    assert asked(sheet.rows[0]) == ["phone_looks_like_id"]
    assert "168123" not in repr(sheet) and "168 123" not in repr(sheet)
    assert sheet.rows[0].cells["Điện thoại"].endswith("456")


def test_identity_columns_are_dropped_and_numbers_elsewhere_masked() -> None:
    header = ["STT", "Họ và tên", "Số CCCD", "", "Chức vụ", "Ghi chú", "Tôn giáo"]
    row = [1, "Lê Thị Ân", "084173001234", 84173001234, "HGV", "CCCD 084173001234", "Phật giáo"]
    sheet = read_sheet(sheets.plain(row, ["", "", "", "", "", "084173001234"], header=header))
    assert "0841730" not in repr(sheet) and "Phật" not in repr(sheet)
    assert sheet.rows[0].note == "CCCD •••••••••234"
    assert [column.taken_as for column in sheet.columns if column.why == "sensitive"] == [
        "id_number",
        "sensitive",
    ]


def test_case_25_leftovers() -> None:
    shown, hidden = read(sheets.case_25_leftovers()).sheets
    assert [row.full_name for row in shown.rows] == ["Trần Thị Dung", "Ngô Văn Ưng", "Lê Thị Ân"]
    assert [row.place_text for row in shown.rows] == ["Khóm 1", "Khóm 1", "Khóm 2"]
    assert [row.why for row in shown.skipped] == [
        "header",
        "section",
        "section",
        "total",
        "signature",
        "signature",
        "signature",
    ]
    assert asked(shown.rows[1]) == ["cell_error", "hidden_row"]
    assert shown.rows[1].phone is None
    assert shown.stated_total is not None
    assert (shown.stated_total.count, shown.stated_total.row_no) == (4, 8)
    assert hidden.hidden and asked(hidden.rows[0]) == ["hidden_sheet"]
