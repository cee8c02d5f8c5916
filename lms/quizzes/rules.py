"""Drawing and marking as arithmetic. The server marks; nothing here is ever taken from a phone."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from lms.quizzes.items import Item

RECEIPT_ALPHABET = "23456789ACDEFHJKMNPQRTUVWXY"


@dataclass(frozen=True)
class Drawn:
    """An item as one learner sees it: which version, and its options in which order."""

    version_id: int
    key: str
    order: tuple[str, ...]


@dataclass(frozen=True)
class Mark:
    points: Fraction
    right: bool


@dataclass(frozen=True)
class Verdict:
    """`must_missed`: keys of must-be-right items that were not right; any of them means not passed."""

    marks: tuple[Mark, ...]
    points: Fraction
    points_max: int
    passed: bool
    must_missed: tuple[str, ...]

    @property
    def right(self) -> int:
        return sum(mark.right for mark in self.marks)


def draw(pool: Mapping[int, Item], count: int, rng: random.Random) -> list[Drawn]:
    """`count` items of one category (all, if there are fewer): must-be-right items first, then shuffled together.

    The two wordings of one pair never come in one draw: the first would give the second away. And of must-be-right
    items those come first that no lesson practises: what nobody may get wrong is not to be known by heart.
    """
    drawable = _one_wording_each(pool, rng)
    must = [version for version in drawable if pool[version].must_be_right]
    rest = [version for version in drawable if not pool[version].must_be_right]
    few = musts_of(count)
    chosen = [*must[:few], *rest, *must[few:]][:count]
    rng.shuffle(chosen)
    return [Drawn(version, pool[version].id, _order(pool[version], rng)) for version in chosen]


def musts_of(count: int) -> int:
    """How many of `count` items are must-be-right ones, if there are so many: one of five, one at least.

    One that is never drawn protects nobody. And there are no more while there are others, so that nobody's draw is
    harder than her colleague's, and six modules of three items each do not ask for twelve answers without a fault.
    """
    return max(1, count // 5)


def _one_wording_each(pool: Mapping[int, Item], rng: random.Random) -> list[int]:
    """The pool in random order, practised must-be-right items last; of each pair the wording that came first."""
    seen: set[str] = set()
    kept = []
    shuffled = rng.sample(list(pool), len(pool))
    for version in sorted(shuffled, key=lambda version: pool[version].must_be_right and pool[version].practised):
        pair = pool[version].pair
        if pair not in seen:
            kept.append(version)
        seen |= {pair} - {""}
    return kept


def _order(item: Item, rng: random.Random) -> tuple[str, ...]:
    ids = [option.id for option in item.options]
    if item.shuffle:
        rng.shuffle(ids)
    return tuple(ids)


def acceptable(item: Item, answer: Iterable[object]) -> bool:
    """Whether an answer names options of this item only, and one at most where one can be chosen."""
    chosen = list(answer)
    known = {option.id for option in item.options}
    return all(isinstance(one, str) and one in known for one in chosen) and (
        len(set(map(str, chosen))) == len(chosen) and (item.type == "multiple" or len(chosen) <= 1)
    )


def mark(item: Item, answer: Iterable[str]) -> Mark:
    """Points of one answer. A multiple item scored `each` gives (right − wrong chosen) / right, never below zero."""
    chosen = frozenset(answer)
    right = chosen == item.right
    if item.type == "multiple" and item.each:
        share = Fraction(len(chosen & item.right) - len(chosen - item.right), len(item.right))
        return Mark(max(Fraction(0), share) * item.points, right)
    return Mark(Fraction(item.points if right else 0), right)


def judge(
    items: Sequence[Item], answers: Mapping[int, Sequence[str]], pass_percent: int, must: Iterable[str]
) -> Verdict:
    """Mark an attempt. `answers`: place (from 1) → chosen option ids; what is not answered is not right.

    Passed when points reach `pass_percent` of the maximum exactly (no rounding) and no must-be-right item was missed.
    """
    marks = tuple(mark(item, answers.get(place, ())) for place, item in enumerate(items, 1))
    points, points_max = sum((one.points for one in marks), Fraction(0)), sum(item.points for item in items)
    named = set(must)
    needed = [item.must_be_right or item.id in named for item in items]
    missed = tuple(item.id for item, one, must in zip(items, marks, needed, strict=True) if must and not one.right)
    return Verdict(
        marks, points, points_max, bool(items) and points * 100 >= pass_percent * points_max and not missed, missed
    )


def as_decimal(points: Fraction) -> Decimal:
    """Three decimals, cut: for the database and the page, never for the decision."""
    return Decimal(int(points * 1000)) / 1000


def may_start_again(closed_at: datetime | None, wait_minutes: int) -> datetime | None:
    """The minute from which another attempt may start, given when the last failed one was closed.

    Seconds do not count: a page that says "từ 03:13" must be right at 03:13.
    """
    if closed_at is None:
        return None
    return closed_at.replace(second=0, microsecond=0) + timedelta(minutes=wait_minutes)


def new_receipt(rng: random.Random) -> str:
    """Eight characters that can be read aloud over a bad line: 7K4P-22MX."""
    code = "".join(rng.choice(RECEIPT_ALPHABET) for _ in range(8))
    return f"{code[:4]}-{code[4:]}"
