"""The arithmetic of coverage (domain.md §4.1): integers in, never a rounded percentage in a decision."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from lms.text.dates import add_months


def missing(trained: int, counted: int, target: int) -> int:
    """How many more people must be trained to reach `target` percent: max(0, ceil(target·D/100) − N)."""
    return max(0, -(-target * counted // 100) - trained)


def reached(trained: int, counted: int, target: int) -> bool:
    """Decided on whole people: 899 of 999 is "89,9 %" and not reached. Nobody to count: nothing reached."""
    return counted > 0 and 100 * trained >= target * counted


def nearness(trained: int, counted: int, target: int) -> int:
    """4 reached, 3 within ten points, 2 within thirty, 1 farther: the level strip of the look."""
    if reached(trained, counted, target):
        return 4
    return next((level for level, short in ((3, 10), (2, 30)) if reached(trained, counted, target - short)), 1)


@lru_cache(maxsize=256)
def valid_since(on: date, months: int) -> date:
    """The earliest `completed_on` that is still valid on `on`: add_months(completed_on, months) > on.

    Months are clamped at their end, so several days may expire together; the search starts safely before them.
    """
    day = add_months(on, -months) - timedelta(days=4)
    while add_months(day, months) <= on:
        day += timedelta(days=1)
    return day


def month_ends(last: date, count: int) -> list[date]:
    """`count` days for a trend: the ends of the months before `last`'s month, then `last` itself."""
    first_of_month = last.replace(day=1)
    ends = [add_months(first_of_month, -back) - timedelta(days=1) for back in range(count - 1)]
    return [*reversed(ends), last]
