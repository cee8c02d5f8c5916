"""Hours and progress as content-guide.md A7 and the learner's pages need them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses import rules

MINUTES = {1: Decimal("2.5"), 2: Decimal("3"), 3: Decimal("3.5"), 4: Decimal("4.5")}


def test_a_screen_counts_reading_fifteen_seconds_and_its_practice() -> None:
    seconds = rules.screen_seconds(150, 120, ["q1", "q2"], {"q1": Decimal(40), "q2": Decimal(35)}.__getitem__)
    assert seconds == 60 + 60 + 15 + 75


def test_what_must_be_heard_counts_where_it_is_longer_than_reading() -> None:
    none = dict[str, Decimal]().__getitem__
    assert rules.screen_seconds(150, 0, [], none, audio=Decimal(100)) == 115
    assert rules.screen_seconds(150, 0, [], none, audio=Decimal(10)) == 75


def test_an_item_nobody_knows_is_an_error_not_a_zero() -> None:
    with pytest.raises(KeyError):
        rules.screen_seconds(1, 0, ["missing"], dict[str, Decimal]().__getitem__)


def test_a_quiz_counts_what_is_drawn_at_the_mean_of_its_pool() -> None:
    assert rules.quiz_seconds(10, [Decimal(60), Decimal(90)]) == 750
    assert rules.quiz_seconds(10, []) == 0


@pytest.mark.parametrize(("seconds", "periods"), [(805 + 195 + 750, "0.5"), (2699, "0.75"), (2700, "1"), (0, "0")])
def test_periods_are_cut_to_a_quarter(seconds: int, periods: str) -> None:
    assert rules.tiet(seconds) == Decimal(periods)


@pytest.mark.parametrize(("seconds", "minutes"), [(1, "0.5"), (30, "0.5"), (31, "1"), (150, "2.5"), (0, "0")])
def test_minutes_of_a_lesson_are_rounded_up_to_a_half(seconds: int, minutes: str) -> None:
    assert rules.minutes(seconds) == Decimal(minutes)


def test_progress_goes_on_where_one_stopped() -> None:
    assert rules.progress(MINUTES, [], None).next_position == 1
    assert rules.progress(MINUTES, [1], 3).next_position == 3
    assert rules.progress(MINUTES, [1, 3], 3).next_position == 4
    assert rules.progress(MINUTES, [1, 3, 4], 4).next_position == 2
    whole = rules.progress(MINUTES, [1, 2, 3, 4], 4)
    assert (whole.next_position, whole.complete, whole.percent, whole.minutes_left) == (None, True, 100, 0)


def test_minutes_left_are_whole_and_rounded_up() -> None:
    assert rules.progress(MINUTES, [2], None).minutes_left == 11


@given(st.integers(0, 30), st.sets(st.integers(1, 30)), st.integers(0, 40))
def test_what_comes_next_is_always_something_unfinished(lessons: int, finished: set[int], resume: int) -> None:
    minutes = {position: Decimal(2) for position in range(1, lessons + 1)}
    progress = rules.progress(minutes, finished, resume)
    left = set(minutes) - finished
    assert progress.finished == lessons - len(left)
    assert (progress.next_position in left) if left else progress.next_position is None
    assert (progress.percent == 100) == (bool(lessons) and not left)


@pytest.mark.parametrize(
    ("under_way", "completed_on", "today", "standing"),
    [
        (False, None, date(2026, 11, 24), "due"),
        (True, None, date(2026, 11, 24), "under_way"),
        (True, date(2026, 1, 1), date(2026, 11, 24), "under_way"),
        (False, date(2025, 11, 25), date(2026, 11, 24), "done"),
        (False, date(2025, 11, 24), date(2026, 11, 24), "again"),
        (False, date(2024, 2, 29), date(2025, 2, 28), "again"),
    ],
)
def test_where_a_person_stands(under_way: bool, completed_on: date | None, today: date, standing: str) -> None:
    assert rules.standing(under_way, completed_on, 12, today) == standing


@pytest.mark.parametrize(
    ("held", "roles", "meant"),
    [
        ({"HGV"}, ["HGV", "TT_HG"], True),
        ({"CTV_DS", "HGV"}, ["HGV"], True),
        ({"CTV_DS"}, ["HGV"], False),
        ({"CTV_DS"}, [], True),
        ({"CTV_DS"}, None, True),
        ({"CTV_DS"}, "HGV", True),
        (set(), ["HGV"], True),
    ],
)
def test_whom_a_course_is_meant_for(held: set[str], roles: Any, meant: bool) -> None:
    assert rules.meant_for(held, roles) == meant


def test_the_quiz_is_described_from_what_the_course_declares() -> None:
    course = {
        "final_quiz": {
            "draw": [{"module": "k1-m1", "count": 10}, {"module": "k1-m2", "count": 5}],
            "pass": 80,
        }
    }
    modules: list[dict[str, Any]] = [
        {"quiz": {"draw": 10, "pass": 80, "must_be_right": ["a", "b"]}},
        {"quiz": "no"},
        {},
    ]
    assert rules.quiz_facts(course, modules) == rules.QuizFacts(draw=15, pass_percent=80, must_be_right=2)


@pytest.mark.parametrize("course", [{}, {"final_quiz": None}, {"final_quiz": {"draw": 5}}])
def test_a_course_without_a_quiz_asks_nothing(course: dict[str, object]) -> None:
    assert rules.quiz_facts(course, []).draw == 0


@pytest.mark.parametrize(("value", "amount"), [(1, "1"), (0.5, "0.5"), ("1", "0"), (None, "0"), (True, "0"), (-1, "0")])
def test_a_number_of_a_front_matter_is_exact_or_nothing(value: object, amount: str) -> None:
    assert rules.amount(value) == Decimal(amount)
