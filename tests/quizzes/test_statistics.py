"""Per wording: how many answered, how many right, which wrong option. Counted by hand here."""

from __future__ import annotations

import pytest

from lms.quizzes.queries import statistics
from lms.quizzes.queries.statistics import question_statistics
from tests.editions import multiple, single, true_false
from tests.factories import Make
from tests.quizzes.learners import Answering, begin, hand_in, items, new_learner, payload

pytestmark = pytest.mark.both

ANSWERS = [
    {"k1-m1-q01": ["b"], "k1-m1-q02": ["a", "c"], "k1-m1-q03": ["false"]},
    {"k1-m1-q01": ["a"], "k1-m1-q02": ["a"], "k1-m1-q03": ["true"]},
    {"k1-m1-q01": ["a"], "k1-m1-q02": ["c", "a"], "k1-m1-q03": []},
    {"k1-m1-q01": ["c"], "k1-m1-q02": ["b"], "k1-m1-q03": []},
]


def by_key(answers: dict[str, list[str]]) -> Answering:
    return lambda item: answers[item.id]


def test_counted_by_hand(make: Make) -> None:
    edition = make.edition([single(1), multiple(2), true_false(3)], draw=3)
    for answers in ANSWERS:
        learner = new_learner(make)
        ticket = begin(learner)
        hand_in(learner, payload(ticket, by_key(answers)))
    begin(new_learner(make))  # an open attempt counts nowhere

    q1, q2, q3 = question_statistics(edition)
    assert [(one.drawn, one.answered, one.right) for one in (q1, q2, q3)] == [(4, 4, 1), (4, 4, 2), (4, 2, 1)]
    assert [(option.id, option.chosen) for option in q1.wrong_options] == [("a", 2), ("c", 1)]
    assert [(option.id, option.chosen) for option in q2.options] == [("a", 3), ("b", 1), ("c", 2)]
    assert [(option.text, option.chosen) for option in q3.options] == [("Đúng", 1), ("Không đúng", 1)]
    assert [one.editions for one in (q1, q2, q3)] == [{1: 4}, {1: 4}, {1: 2}]


def test_nobody_answered_yet(make: Make) -> None:
    edition = make.edition()
    rows = question_statistics(edition)
    assert [row.key for row in rows][:2] == ["k1-m1-q01", "k1-m1-q02"]
    assert {(row.drawn, row.answered, row.right, *row.editions) for row in rows} == {(0, 0, 0)}
    assert items(begin(new_learner(make)))


@pytest.mark.parametrize("batches", [((0, 500),), ((0, 1), (1, 1), (2, None))])
def test_figures_go_on_in_whole_steps(
    make: Make, monkeypatch: pytest.MonkeyPatch, batches: tuple[tuple[int, int | None], ...]
) -> None:
    """Two of eight wait for the next step of three: the last two, whatever was begun first."""
    monkeypatch.setattr(statistics, "NEWEST_FIRST", batches)
    edition = make.edition([single(1)], draw=1)
    early = new_learner(make)
    ticket = begin(early)
    for chosen in "bbabbac":
        learner = new_learner(make)
        hand_in(learner, payload(begin(learner), by_key({"k1-m1-q01": [chosen]})))
    (seven,) = question_statistics(edition, 3)
    hand_in(early, payload(ticket, by_key({"k1-m1-q01": ["c"]})))
    (eight,) = question_statistics(edition, 3)
    assert (seven.waiting, eight.waiting) == (1, 2)
    for one in (seven, eight):
        assert (one.answered, one.right, one.editions) == (6, 4, {1: 6})
        assert [option.chosen for option in one.options] == [2, 4, 0]
    assert question_statistics(edition)[0].answered == 8
