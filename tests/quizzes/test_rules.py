"""Drawing and marking as arithmetic: worked examples, and what must hold whatever the items and answers are."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.items import Item, Option, read_item
from lms.quizzes.rules import (
    RECEIPT_ALPHABET,
    Mark,
    acceptable,
    as_decimal,
    draw,
    judge,
    mark,
    may_start_again,
    musts_of,
    new_receipt,
)
from tests.editions import ITEMS, multiple, single, true_false

NAMES = "abcdef"


@st.composite
def an_item(draws: st.DrawFn) -> Item:
    kind = draws(st.sampled_from(("single", "multiple", "true_false")))
    names = ("true", "false") if kind == "true_false" else tuple(NAMES[: draws(st.integers(3, 5))])
    most = len(names) - 1 if kind == "multiple" else 1
    keys = draws(st.sets(st.sampled_from(names), min_size=1, max_size=most))
    return Item(
        id=f"k1-m1-q{draws(st.integers(1, 99)):02d}",
        type=kind,
        stem="?",
        scenario="",
        options=tuple(Option(name, name, "", name in keys) for name in names),
        law=(),
        points=draws(st.integers(1, 4)),
        must_be_right=draws(st.booleans()),
        shuffle=True,
        each=draws(st.booleans()),
        content_note="",
        pair=draws(st.sampled_from(("", "", "cap-1", "cap-2"))),
    )


def some_answer(draws: st.DrawFn, item: Item) -> list[str]:
    names = [option.id for option in item.options]
    most = len(names) if item.type == "multiple" else 1
    return draws(st.lists(st.sampled_from(names), unique=True, max_size=most))


@st.composite
def an_attempt(draws: st.DrawFn) -> tuple[list[Item], dict[int, list[str]]]:
    items = draws(st.lists(an_item(), min_size=1, max_size=8))
    return items, {place: some_answer(draws, item) for place, item in enumerate(items, 1) if draws(st.booleans())}


@given(an_attempt(), st.integers(1, 100))
def test_passed_exactly_when_points_reach_the_mark_and_no_must_was_missed(
    attempt: tuple[list[Item], dict[int, list[str]]], percent: int
) -> None:
    items, answers = attempt
    verdict = judge(items, answers, percent, ())
    assert 0 <= verdict.points <= verdict.points_max == sum(item.points for item in items)
    missed = [
        item.id for place, item in enumerate(items, 1) if item.must_be_right and not verdict.marks[place - 1].right
    ]
    assert list(verdict.must_missed) == missed
    enough = Fraction(verdict.points, verdict.points_max) >= Fraction(percent, 100)
    assert verdict.passed == (enough and not missed)


@given(an_attempt(), st.data())
def test_a_better_answer_never_costs_points(
    attempt: tuple[list[Item], dict[int, list[str]]], data: st.DataObject
) -> None:
    items, answers = attempt
    place = data.draw(st.integers(1, len(items)))
    better = answers | {place: sorted(items[place - 1].right)}
    before, after = judge(items, answers, 80, ()), judge(items, better, 80, ())
    assert after.points >= before.points
    assert after.passed >= before.passed


@given(an_attempt(), st.randoms(use_true_random=False))
def test_the_order_of_what_was_chosen_does_not_matter(
    attempt: tuple[list[Item], dict[int, list[str]]], rng: random.Random
) -> None:
    items, answers = attempt
    shuffled = {place: rng.sample(answer, len(answer)) for place, answer in answers.items()}
    assert judge(items, shuffled, 80, ()) == judge(items, answers, 80, ())


@given(an_item(), st.lists(st.one_of(st.text(max_size=5), st.integers(), st.none(), st.lists(st.text())), max_size=7))
def test_only_options_of_the_item_are_an_answer(item: Item, answer: list[object]) -> None:
    names = {option.id for option in item.options}
    fits = all(isinstance(one, str) and one in names for one in answer)
    fits = fits and len({str(one) for one in answer}) == len(answer)
    assert acceptable(item, answer) == (fits and (item.type == "multiple" or len(answer) <= 1))


@given(st.lists(an_item(), max_size=25), st.integers(0, 12), st.integers(0, 999))
def test_a_draw_is_fair(items: list[Item], count: int, seed: int) -> None:
    pool = dict(enumerate(items, 100))
    drawn = draw(pool, count, random.Random(seed))
    chosen = [pool[one.version_id] for one in drawn]
    assert len({one.version_id for one in drawn}) == len(drawn) <= count
    pairs = [item.pair for item in chosen if item.pair]
    assert len(set(pairs)) == len(pairs), "two wordings of one pair"
    drawable = sum(not item.pair for item in items) + len({item.pair for item in items if item.pair})
    assert len(drawn) == min(count, drawable)
    for one, item in zip(drawn, chosen, strict=True):
        assert sorted(one.order) == sorted(option.id for option in item.options)


@given(st.integers(0, 999), st.integers(1, 25))
def test_every_draw_has_as_many_must_be_right_items(seed: int, count: int) -> None:
    musts = [single(n, must_be_right=True, tags=[f"cap-{n % 5}"]) for n in range(1, 11)]
    pool = {n: read_item(body) for n, body in enumerate([*musts, *(single(n) for n in range(11, 71))])}
    drawn = draw(pool, count, random.Random(seed))
    assert sum(pool[one.version_id].must_be_right for one in drawn) == musts_of(count) <= 5


@given(st.integers(0, 999), st.integers(1, 25))
def test_what_nobody_may_get_wrong_was_practised_nowhere_while_there_is_such_an_item(seed: int, count: int) -> None:
    musts = [single(n, must_be_right=True, tags=[f"cap-{n % 5}"]) for n in range(1, 11)]
    read = [read_item(body) for body in (*musts, *(single(n) for n in range(11, 71)))]
    pool = {n: replace(item, practised=n % 10 < 5 or n > 30) for n, item in enumerate(read)}
    chosen = [pool[one.version_id] for one in draw(pool, count, random.Random(seed))]
    assert not any(item.practised for item in chosen if item.must_be_right)


def test_other_items_come_whether_practised_or_not() -> None:
    pool = {n: replace(read_item(single(n)), practised=n % 2 == 0) for n in range(1, 9)}
    keys = {one.key for seed in range(40) for one in draw(pool, 3, random.Random(seed))}
    assert len(keys) == len(pool)


def test_three_of_each_module_ask_for_one_must_be_right_each() -> None:
    assert [musts_of(count) for count in (1, 3, 4, 5, 10, 20)] == [1, 1, 1, 1, 2, 4]


def test_both_wordings_of_a_pair_are_drawn_in_turn() -> None:
    pool = {n: read_item(body) for n, body in enumerate(ITEMS)}
    keys = {one.key for seed in range(30) for one in draw(pool, 5, random.Random(seed))}
    assert {"k1-m1-q01", "k1-m1-q02"} <= keys


@pytest.mark.parametrize(
    ("body", "answer", "points", "is_right"),
    [
        (single(1, "b"), ["b"], Fraction(1), True),
        (single(1, "b"), ["a"], Fraction(0), False),
        (single(1, "b"), [], Fraction(0), False),
        (true_false(1, answer=False), ["false"], Fraction(1), True),
        (true_false(1, answer=True), ["false"], Fraction(0), False),
        (multiple(1, "ac"), ["a", "c"], Fraction(1), True),
        (multiple(1, "ac"), ["a"], Fraction(1, 2), False),
        (multiple(1, "ac"), ["a", "b"], Fraction(0), False),
        (multiple(1, "ac"), ["a", "b", "c"], Fraction(1, 2), False),
        (multiple(1, "ac"), ["b"], Fraction(0), False),
        (multiple(1, "ac", score="all"), ["a"], Fraction(0), False),
        (multiple(1, "ac", points=4), ["c"], Fraction(2), False),
    ],
)
def test_worked_marks(body: dict[str, object], answer: list[str], points: Fraction, is_right: bool) -> None:
    assert mark(read_item(body), answer) == Mark(points, is_right)


@pytest.mark.parametrize(
    ("right", "percent", "passed"), [(8, 80, True), (7, 80, False), (10, 100, True), (9, 100, False), (7, 67, True)]
)
def test_the_pass_mark_is_exact(right: int, percent: int, passed: bool) -> None:
    items = [read_item(single(n)) for n in range(1, 11)]
    answers = {place: ["b"] for place in range(1, right + 1)}
    assert judge(items, answers, percent, ()).passed is passed


def test_two_thirds_are_not_rounded_up_to_the_mark() -> None:
    items = [read_item(multiple(n, "abc"[: 2 + n % 2])) for n in (1, 2, 3)]
    verdict = judge(items, {1: ["a", "b"], 2: ["a", "b"], 3: ["a", "b"]}, 89, ())
    assert verdict.points == Fraction(7, 3)
    assert not verdict.passed
    assert as_decimal(verdict.points) == Decimal("2.333")


def test_a_must_be_right_item_may_be_named_by_the_quiz_alone() -> None:
    items = [read_item(single(n)) for n in range(1, 11)]
    answers = {place: ["b"] for place in range(2, 11)}
    assert judge(items, answers, 80, ()).passed
    assert judge(items, answers, 80, ["k1-m1-q01"]).must_missed == ("k1-m1-q01",)
    assert not judge(items, answers, 80, ["k1-m1-q01"]).passed


def test_an_attempt_without_items_is_never_passed() -> None:
    assert not judge([], {}, 80, ()).passed


def test_the_wait_counts_from_the_end_of_the_last_attempt() -> None:
    closed = datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert may_start_again(None, 10) is None
    assert may_start_again(closed, 10) == closed + timedelta(minutes=10)
    assert may_start_again(closed + timedelta(seconds=59), 10) == closed + timedelta(minutes=10), "as the page says it"


@given(st.integers(0, 9999))
def test_a_receipt_can_be_read_aloud(seed: int) -> None:
    receipt = new_receipt(random.Random(seed))
    assert len(receipt) == 9
    assert receipt[4] == "-"
    assert set(receipt.replace("-", "")) <= set(RECEIPT_ALPHABET)
    assert not set("0O1IBSGZL") & set(receipt)
