from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.text.numbers import cut_percent, cut_percent_point, show_int


@pytest.mark.parametrize(
    ("n", "d", "shown"),
    [
        (899, 999, "89,9"),
        (4, 8, "50,0"),
        (5, 8, "62,5"),
        (869, 1000, "86,9"),
        (2, 3, "66,6"),
        (0, 5, "0,0"),
        (9, 9, "100,0"),
    ],
)
def test_percent_is_cut_and_written_with_a_comma(n: int, d: int, shown: str) -> None:
    assert cut_percent(n, d) == shown


def test_no_people_make_no_percent() -> None:
    assert cut_percent(0, 0) == cut_percent_point(0, 0) == "—"


def test_programs_get_a_point() -> None:
    assert cut_percent_point(869, 1000) == "86.9"


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        cut_percent(-1, 5)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_percent_never_promises_more_than_there_is(n: int, d: int) -> None:
    shown = Fraction(cut_percent_point(n, d))
    exact = Fraction(100 * n, d)
    assert shown <= exact < shown + Fraction(1, 10)


@pytest.mark.parametrize(
    ("n", "shown"), [(0, "0"), (999, "999"), (1234, "1.234"), (1234567, "1.234.567"), (-1234, "-1.234")]
)
def test_thousands_are_parted_by_points(n: int, shown: str) -> None:
    assert show_int(n) == shown
