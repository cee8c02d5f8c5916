"""How values are written for people."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.web import filters


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (7, "7"),
        (934, "934"),
        (1234567, "1.234.567"),
        (-1200, "-1.200"),
        (0.5, "0,5"),
        (Decimal("8.00"), "8"),
        (Decimal("2.50"), "2,5"),
        (Decimal("1E+3"), "1.000"),
        (None, "—"),
    ],
)
def test_numbers(value: filters.Number | None, text: str) -> None:
    assert filters.number_vi(value) == text


@given(st.integers(-(10**12), 10**12))
def test_a_whole_number_keeps_its_digits(n: int) -> None:
    assert int(filters.number_vi(n).replace(".", "")) == n


@pytest.mark.parametrize(
    ("points", "text"),
    [("1.333", "1,3"), ("7.999", "7,9"), ("10.000", "10"), ("0.05", "0"), ("8.500", "8,5")],
)
def test_scores_are_cut_to_one_decimal(points: str, text: str) -> None:
    assert filters.score(Decimal(points)) == text


def test_periods_and_phones_do_not_break_over_lines() -> None:
    assert filters.tiet(Decimal("0.50")) == "0,5\xa0tiết"
    assert filters.phone("+84912345678") == "0912\xa0345\xa0678"
    assert filters.phone(None) == ""


@pytest.mark.parametrize(
    ("n", "d", "text"), [(812, 934, "86,9\xa0%"), (0, 6, "0,0\xa0%"), (6, 6, "100,0\xa0%"), (0, 0, "—")]
)
def test_shares_are_cut(n: int, d: int, text: str) -> None:
    assert filters.pct(n, d) == text


def test_days_and_moments_are_local(app: Flask) -> None:
    late = datetime(2026, 11, 24, 18, 5, tzinfo=UTC)  # 01:05 of the 25th here
    assert filters.day(late) == "25/11/2026"
    assert filters.day(date(2026, 2, 5)) == "05/02/2026"
    assert filters.moment(late) == "01:05, 25/11/2026"
    assert filters.day_long(date(2026, 2, 5)) == "ngày 05 tháng 02 năm 2026"
    assert filters.day(None) == filters.moment(None) == filters.day_long(None) == ""


def test_a_moment_without_a_zone_is_a_fault_of_ours(app: Flask) -> None:
    with pytest.raises(ValueError, match="time zone"):
        filters.moment(datetime(2026, 11, 24, 18, 5))


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 kB"), (47_001, "48 kB"), (999_000, "999 kB"), (999_001, "1 MB"), (1_100_001, "1,2 MB")]
)
def test_what_a_phone_will_fetch_is_rounded_up(size: int, words: str) -> None:
    assert filters.filesize(size).replace(filters.NO_BREAK, " ") == words
