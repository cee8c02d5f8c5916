from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.text.dates import add_months, local_today, read_date, show_date, show_date_long


@pytest.mark.parametrize(
    "typed", ["05/06/2026", "5/6/2026", " 5.6.2026", "5-6-2026", "2026-06-05", "ngày 05 tháng 6 năm 2026"]
)
def test_a_day_typed_by_a_person(typed: str) -> None:
    assert read_date(typed) == date(2026, 6, 5)


@pytest.mark.parametrize(
    "typed",
    ["", "31/02/2026", "29/02/2025", "13/13/2026", "0/5/2026", "5/6/26", "5/6/0206", "2026", "6/2026", "mai"],
)
def test_a_date_that_is_none(typed: str) -> None:
    assert read_date(typed) is None


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_shown_date_reads_back(day: date) -> None:
    assert read_date(show_date(day)) == read_date(show_date_long(day)) == read_date(day.isoformat()) == day


@given(st.text())
def test_any_text_is_a_date_or_none(text: str) -> None:
    assert read_date(text) is None or isinstance(read_date(text), date)


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (date(2022, 1, 13), "ngày 13 tháng 01 năm 2022"),
        (date(2026, 3, 5), "ngày 05 tháng 3 năm 2026"),
        (date(2022, 11, 28), "ngày 28 tháng 11 năm 2022"),
    ],
)
def test_the_zeros_of_official_dates(day: date, shown: str) -> None:
    assert show_date_long(day) == shown


def test_dates_are_shown_with_all_their_zeros() -> None:
    assert show_date(date(2026, 2, 5)) == "05/02/2026"


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 12, 14), 12, date(2026, 12, 14)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_months_end_on_the_last_day_of_shorter_ones(day: date, months: int, end: date) -> None:
    assert add_months(day, months) == end


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(-600, 600))
def test_months_added_and_taken_back_come_within_the_clamp(day: date, months: int) -> None:
    there = add_months(day, months)
    back = add_months(there, -months)
    assert (back.year, back.month) == (day.year, day.month)
    assert timedelta(0) <= day - back <= timedelta(days=3)
    assert there.day == day.day or (there + timedelta(days=1)).day == 1


@given(
    st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    st.integers(0, 60),
)
def test_an_earlier_day_never_ends_later(one: date, other: date, months: int) -> None:
    first, second = sorted([one, other])
    assert add_months(first, months) <= add_months(second, months)


def test_months_beyond_the_calendar_are_refused() -> None:
    with pytest.raises(ValueError, match="calendar"):
        add_months(date(9999, 12, 1), 1)


def test_the_local_day_begins_at_local_midnight() -> None:
    assert local_today(datetime(2026, 12, 14, 16, 59, tzinfo=UTC)) == date(2026, 12, 14)
    assert local_today(datetime(2026, 12, 14, 17, 0, tzinfo=UTC)) == date(2026, 12, 15)
    assert local_today(datetime(2026, 12, 14, 17, 0, tzinfo=UTC), "UTC") == date(2026, 12, 14)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_today(datetime(2026, 12, 14, 17, 0))
