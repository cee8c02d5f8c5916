"""A7 by hand: an item's seconds."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from lms.quizzes.seconds import item_seconds, seconds_by_key
from tests.editions import multiple, single, true_false

GOLD = Path(__file__).parents[1] / "courses" / "gold" / "modules" / "03-bao-tin" / "questions.yaml"


def words(n: int) -> str:
    return " ".join(["chữ"] * n)


def test_a_single_item_by_hand() -> None:
    """Stem 6 + options 3 × 2 = 12 words at 120/min = 6 s; feedback mean 10 words at 150/min = 4 s; choosing 25 s."""
    body = single(1, stem=words(6))
    for option, length in zip(body["options"], (5, 10, 15), strict=True):
        option |= {"text": words(2), "fb": words(length)}
    assert item_seconds(body) == Decimal(35)
    assert item_seconds(body | {"scenario": words(15)}) == Decimal(41)


def test_a_true_false_item_by_hand() -> None:
    """Stem 12 words = 6 s; feedback mean 5 words = 2 s; choosing 25 s."""
    body = true_false(1, stem=words(12)) | {"fb": {"true": words(4), "false": words(6)}}
    assert item_seconds(body) == Decimal(33)


def test_choosing_several_takes_ten_seconds_more() -> None:
    assert item_seconds(multiple(1)) == item_seconds(single(1)) + 10


def test_what_has_no_time_of_its_own_is_no_item_here() -> None:
    with pytest.raises(KeyError):
        item_seconds({"id": "k1-m1-q01", "type": "essay"})
    assert seconds_by_key([single(1), {"id": "k1-m1-c01", "type": "case"}]).keys() == {"k1-m1-q01"}


def test_the_gold_sample_is_near_what_the_guide_says_of_it() -> None:
    """content-guide.md, part B: ten such items take about 750 seconds."""
    seconds = list(seconds_by_key(yaml.safe_load(GOLD.read_bytes())["items"]).values())
    assert 675 <= sum(seconds) / len(seconds) * 10 <= 825
