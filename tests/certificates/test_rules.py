"""Until when a certificate counts, and how its figures are written."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certificates.rules import (
    birth_phrase,
    honorific,
    hours_text,
    is_valid_on,
    serial_text,
    state_on,
    study_text,
    valid_until,
)
from lms.text.dates import PartialDate

days = st.dates(date(2000, 1, 1), date(2100, 12, 31))
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("completed", "months", "until"),
    [
        (date(2026, 3, 10), 12, date(2027, 3, 10)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
    ],
)
def test_a_record_expires_exactly_so_many_months_later(completed: date, months: int, until: date) -> None:
    assert valid_until(completed, months) == until
    assert is_valid_on(completed, months, until - DAY)
    assert not is_valid_on(completed, months, until)


@given(days, st.integers(1, 60), days)
def test_once_expired_it_stays_expired(completed: date, months: int, on: date) -> None:
    if not is_valid_on(completed, months, on):
        assert not is_valid_on(completed, months, on + DAY)


def test_the_state_of_a_certificate() -> None:
    until, revoked = date(2027, 3, 10), date(2026, 6, 1)
    assert state_on(until, date(2027, 3, 9)) == "valid"
    assert state_on(until, until) == "expired"
    assert state_on(until, revoked, revoked_on=revoked) == "revoked"
    assert state_on(until, revoked - DAY, revoked_on=revoked) == "valid"
    assert state_on(until, date(2030, 1, 1), revoked_on=revoked) == "revoked"


def test_the_number_in_the_book() -> None:
    assert serial_text(147, 2026) == "0147/2026"
    assert serial_text(12345, 2026) == "12345/2026"
    with pytest.raises(ValueError, match="starts at 1"):
        serial_text(0, 2026)


@pytest.mark.parametrize(
    ("tiet", "text"),
    [
        ("8", "08 tiết"),
        ("8.00", "08 tiết"),
        ("1.5", "1,5 tiết"),
        ("1.50", "1,5 tiết"),
        ("0.25", "0,25 tiết"),
        ("24", "24 tiết"),
        ("40.00", "40 tiết"),
        ("100", "100 tiết"),
        ("0", "0 tiết"),
    ],
)
def test_hours_as_papers_write_them(tiet: str, text: str) -> None:
    assert hours_text(Decimal(tiet)) == text


def test_negative_hours_are_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 0"):
        hours_text(Decimal(-1))


def test_hours_online_and_together() -> None:
    assert study_text(Decimal(8), Decimal(0)) == "08 tiết trực tuyến"
    assert study_text(Decimal(0), Decimal(24)) == "24 tiết tập trung"
    assert study_text(Decimal(8), Decimal(16)) == "08 tiết trực tuyến và 16 tiết tập trung"
    assert study_text(Decimal(0), Decimal(0)) == ""


def test_how_the_holder_is_addressed() -> None:
    assert [honorific(sex) for sex in ("nam", "nu", None)] == ["Ông", "Bà", "Ông/Bà"]


def test_a_birth_is_told_as_far_as_it_is_known() -> None:
    assert birth_phrase(PartialDate(date(1971, 1, 1), "year")) == "sinh năm 1971"
    assert birth_phrase(PartialDate(date(1973, 6, 1), "month")) == "sinh tháng 06/1973"
    assert birth_phrase(PartialDate(date(1973, 6, 5), "day")) == "sinh ngày 05/06/1973"
    assert birth_phrase(None) == ""
