"""The arithmetic of domain.md §4.1, with its edge cases."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.coverage.rules import missing, month_ends, nearness, reached, valid_since
from lms.text.dates import add_months
from lms.text.numbers import cut_percent

COUNTS = st.integers(0, 5000).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))
DAYS = st.dates(date(2010, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(("counted", "needed"), [(10, 9), (4, 4), (0, 0), (1, 1), (934, 841)])
def test_how_many_are_needed(counted: int, needed: int) -> None:
    assert missing(0, counted, 90) == needed
    assert reached(needed, counted, 90) == (counted > 0)
    assert not reached(needed - 1, counted, 90)


def test_899_of_999_is_shown_as_89_9_and_not_reached() -> None:
    assert cut_percent(899, 999) == "89,9"
    assert not reached(899, 999, 90)


def test_nobody_counted_is_a_dash_and_nothing_reached() -> None:
    assert cut_percent(0, 0) == "—"
    assert not reached(0, 0, 90)


@given(COUNTS, st.integers(1, 100))
def test_missing_is_the_fewest_that_reach_the_target(counts: tuple[int, int], target: int) -> None:
    trained, counted = counts
    short = missing(trained, counted, target)
    assert short == 0 or not reached(trained + short - 1, counted, target)
    assert counted == 0 or reached(trained + short, counted, target)


@given(COUNTS)
def test_nearness_falls_with_the_share(counts: tuple[int, int]) -> None:
    trained, counted = counts
    assert nearness(trained, counted, 90) in (1, 2, 3, 4)
    assert trained == 0 or nearness(trained - 1, counted, 90) <= nearness(trained, counted, 90)


def test_validity_at_its_edges() -> None:
    assert valid_since(date(2026, 12, 14), 12) == date(2025, 12, 15)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert valid_since(date(2025, 2, 28), 12) == date(2024, 3, 1)
    assert valid_since(date(2025, 2, 27), 12) == date(2024, 2, 28)


@given(DAYS, st.integers(1, 60))
def test_the_threshold_is_exactly_what_the_rule_says(on: date, months: int) -> None:
    since = valid_since(on, months)
    assert add_months(since, months) > on
    assert add_months(date.fromordinal(since.toordinal() - 1), months) <= on


def test_month_ends_close_on_the_day_asked() -> None:
    assert month_ends(date(2026, 3, 10), 3) == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 10)]
