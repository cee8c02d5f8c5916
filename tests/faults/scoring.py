"""Marking once more, from the raw wording of the items and in whole numbers: shares no line with lms/quizzes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

POINT = 2520  # divides by every number of right options up to ten, so nothing is ever rounded


class Score(NamedTuple):
    """Thousandths of a point, cut as the database keeps them; the most there was; whether it is a pass."""

    thousandths: int
    most: int
    passed: bool


def claim(bodies: Sequence[Mapping[str, Any]], answers: Mapping[int, Sequence[str]], percent: int) -> Score:
    """What `answers` (place from 1 → option ids) must get for the items drawn, whose `bodies` are as in questions.yaml.

    Passed: `percent` of the points, and none of the must-be-right items wrong.
    """
    got, missed = 0, False
    for place, body in enumerate(bodies, 1):
        chosen = sorted(answers.get(place, ()))
        perfect = chosen == right_options(body)
        got += int(body.get("points") or 1) * (POINT if perfect else _partly(body, chosen))
        missed = missed or (bool(body.get("must_be_right")) and not perfect)
    most = sum(int(body.get("points") or 1) for body in bodies)
    return Score(got * 1000 // POINT, most, not missed and got * 100 >= percent * most * POINT)


def options(body: Mapping[str, Any]) -> list[str]:
    return ["true", "false"] if body["type"] == "true_false" else [str(one["id"]) for one in body["options"]]


def right_options(body: Mapping[str, Any]) -> list[str]:
    if body["type"] == "true_false":
        return ["true" if body["answer"] else "false"]
    return sorted(str(one["id"]) for one in body["options"] if one.get("correct"))


def _partly(body: Mapping[str, Any], chosen: Sequence[str]) -> int:
    """A wrong answer gets nothing, but for a multiple item scored option by option."""
    if body["type"] != "multiple" or body.get("score") != "each":
        return 0
    right = right_options(body)
    balance = sum(1 if one in right else -1 for one in chosen)
    return max(0, balance) * POINT // len(right)
