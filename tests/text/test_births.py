from __future__ import annotations

from datetime import date, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.text.dates import BirthCode, PartialDate, read_birth, show_birth

TODAY = date(2026, 11, 24)
JUNE_5 = PartialDate(date(1973, 6, 5), "day")


def year(y: int) -> PartialDate:
    return PartialDate(date(y, 1, 1), "year")


@pytest.mark.parametrize("cell", [1968, 1968.0, "1968", " 1968. ", "1968.0", "1968,0", "năm 1968", "sinh năm 1968"])
def test_a_year_alone_is_a_year(cell: object) -> None:
    assert read_birth(cell, today=TODAY) == (year(1968), ())


@pytest.mark.parametrize("cell", ["68", 68, 68.0, "'68"])
def test_two_figures_are_of_the_last_century_if_the_age_fits(cell: object) -> None:
    assert read_birth(cell, today=TODAY) == (year(1968), ("century_added",))


@pytest.mark.parametrize(("cell", "readable"), [("36", True), ("35", False), ("05", False), (7, False)])
def test_two_figures_that_fit_no_age_are_not_guessed(cell: object, readable: bool) -> None:
    birth, codes = read_birth(cell, today=TODAY)
    assert (birth is not None) == readable
    assert ("two_digit_year" in codes) != readable


def test_two_figures_of_somebody_not_yet_18_are_not_guessed() -> None:
    assert read_birth("99", today=date(2016, 1, 1)) == (None, ("two_digit_year",))


@pytest.mark.parametrize("cell", ["1968?", "1968 ?", "~1968", "khoảng 1968"])
def test_a_doubt_in_the_list_stays_a_doubt(cell: str) -> None:
    assert read_birth(cell, today=TODAY) == (year(1968), ("doubtful",))


@pytest.mark.parametrize(
    "cell",
    [
        "5.6.1973",
        "05/06/1973",
        "5-6-1973",
        "5 / 6 / 1973",
        "5 6 1973",
        "05061973",
        "1973-06-05",
        "1973-06-05 00:00:00",
        "05/06/1973 00:00",
        "ngày 5 tháng 6 năm 1973",
        "Ngày 05 tháng 06 năm 1973",
        "nga\u0300y 5 tha\u0301ng 6 na\u0306m 1973",
        datetime(1973, 6, 5, 0, 0),
        date(1973, 6, 5),
    ],
)
def test_a_day_in_any_spelling_is_read_day_first(cell: object) -> None:
    assert read_birth(cell, today=TODAY) == (JUNE_5, ())


def test_a_day_with_a_year_of_two_figures() -> None:
    assert read_birth("05-6-73", today=TODAY) == (JUNE_5, ("century_added",))
    assert read_birth("05/06/05", today=TODAY) == (None, ("two_digit_year",))


@pytest.mark.parametrize("cell", [26820, 26820.0, "26820", 26820.5])
def test_a_day_number_of_excel(cell: object) -> None:
    assert read_birth(cell, today=TODAY) == (JUNE_5, ("from_serial",))


def test_the_month_comes_first_only_where_nothing_else_is_possible() -> None:
    assert read_birth("6/5/1973", today=TODAY) == (PartialDate(date(1973, 5, 6), "day"), ())
    assert read_birth("6/25/1973", today=TODAY) == (PartialDate(date(1973, 6, 25), "day"), ("month_first",))


@pytest.mark.parametrize("cell", ["6/1973", "06-1973", "tháng 6 năm 1973"])
def test_a_month_alone_is_a_month(cell: str) -> None:
    assert read_birth(cell, today=TODAY) == (PartialDate(date(1973, 6, 1), "month"), ())


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("31/02/1980", year(1980)),
        ("00/00/1968", year(1968)),
        ("00/06/1968", PartialDate(date(1968, 6, 1), "month")),
        ("45/60/1980", year(1980)),
        ("13/1980", year(1980)),
    ],
)
def test_an_impossible_day_is_dropped_and_the_rest_kept(cell: str, kept: PartialDate) -> None:
    assert read_birth(cell, today=TODAY) == (kept, ("day_dropped",))


@pytest.mark.parametrize(
    "cell",
    ["01/01/1900", date(1900, 1, 1), datetime(1900, 1, 1), date(1899, 12, 31), 0, 0.0, "1/1/1900", 1900],
)
def test_the_zero_date_of_excel_is_empty(cell: object) -> None:
    assert read_birth(cell, today=TODAY) == (None, ("empty_1900",))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1873", "out_of_range"),
        ("2031", "out_of_range"),
        (2031, "out_of_range"),
        ("không rõ", "unreadable"),
        ("5/6", "unreadable"),
        (1968.5, "unreadable"),
        (-5, "unreadable"),
        (float("inf"), "unreadable"),
        (float("nan"), "unreadable"),
        (True, "unreadable"),
        (b"1968", "unreadable"),
    ],
)
def test_what_cannot_be_a_birth_says_why(cell: object, code: str) -> None:
    assert read_birth(cell, today=TODAY) == (None, (code,))


def test_an_unlikely_age_is_kept_and_told() -> None:
    assert read_birth(1930, today=TODAY) == (year(1930), ("age_unlikely",))
    assert read_birth(2015, today=TODAY) == (year(2015), ("age_unlikely",))


@pytest.mark.parametrize("cell", [None, "", " \u00a0"])
def test_an_empty_cell_is_no_problem(cell: object) -> None:
    assert read_birth(cell, today=TODAY) == (None, ())


cells = st.text() | st.text("0123456789/-. ?", max_size=12) | st.floats() | st.integers() | st.dates() | st.datetimes()


@given(cells)
def test_any_cell_is_read_without_an_error_and_with_known_codes(cell: object) -> None:
    birth, codes = read_birth(cell, today=TODAY)
    assert set(codes) <= set(get_args(BirthCode))
    assert birth is None or date(1916, 1, 1) < birth.value <= date(2026, 12, 31)


@given(st.dates(date(1937, 1, 1), date(2010, 12, 31)), st.sampled_from(["year", "month", "day"]))
def test_what_is_shown_reads_back(day: date, precision: str) -> None:
    first = {"year": day.replace(month=1, day=1), "month": day.replace(day=1), "day": day}[precision]
    birth = PartialDate(first, precision)  # type: ignore[arg-type]
    assert read_birth(show_birth(birth), today=TODAY) == (birth, ())


def test_a_birth_is_shown_as_far_as_it_is_known() -> None:
    assert show_birth(JUNE_5) == "05/06/1973"
    assert show_birth(PartialDate(date(1973, 6, 1), "month")) == "06/1973"
    assert show_birth(year(1973)) == "1973"
