"""How each question does: how many answered, how many right, which wrong option. Sums only, never a person."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, func, select

from lms.db import db
from lms.quizzes.items import PLAYABLE, Item, read_item
from lms.quizzes.models import EditionItem, ItemResult, Question, QuestionVersion


@dataclass(frozen=True)
class OptionCount:
    id: str
    text: str
    correct: bool
    chosen: int


@dataclass(frozen=True)
class QuestionStatistics:
    """One wording of a question: `drawn` times in closed attempts, `answered` of these, `right` of these."""

    version_id: int
    key: str
    number: int
    category: str
    stem: str
    must_be_right: bool
    drawn: int
    answered: int
    right: int
    options: tuple[OptionCount, ...]

    @property
    def wrong_options(self) -> list[OptionCount]:
        """The wrong options that were chosen, the most tempting first."""
        chosen = [option for option in self.options if not option.correct and option.chosen]
        return sorted(chosen, key=lambda option: (-option.chosen, option.id))


def question_statistics(edition_id: int) -> list[QuestionStatistics]:
    """Of every playable question version that the edition holds, in its order; also of answers under other editions
    that hold the same wording. `pct(one.right, one.answered)` is the facility."""
    query = (
        select(QuestionVersion, EditionItem.category, Question.key)
        .join(EditionItem, EditionItem.question_version_id == QuestionVersion.id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(EditionItem.edition_id == edition_id, QuestionVersion.type.in_(PLAYABLE))
        .order_by(EditionItem.category, EditionItem.position)
    )
    rows = db.session.execute(query).all()
    sums = _sums([row.QuestionVersion.id for row in rows])
    return [_statistics(row.QuestionVersion, row.category, row.key, sums) for row in rows]


@dataclass
class _Sum:
    drawn: int = 0
    answered: int = 0
    right: int = 0


_Sums = tuple[dict[int, _Sum], dict[int, Counter[str]]]


def _sums(versions: list[int]) -> _Sums:
    """Grouped by the answer as it is stored: few rows a version, however many answered."""
    answer = cast(ItemResult.answer, Text).label("answer")
    query = (
        select(ItemResult.question_version_id, answer, ItemResult.right, func.count().label("times"))
        .where(ItemResult.question_version_id.in_(versions))
        .group_by(ItemResult.question_version_id, answer, ItemResult.right)
    )
    sums: dict[int, _Sum] = defaultdict(_Sum)
    chosen: dict[int, Counter[str]] = defaultdict(Counter)
    for row in db.session.execute(query):
        one, options = sums[row.question_version_id], _chosen(row.answer)
        one.drawn += row.times
        one.answered += row.times if options else 0
        one.right += row.times if row.right else 0
        for option in options:
            chosen[row.question_version_id][option] += row.times
    return sums, chosen


def _chosen(answer: str) -> list[str]:
    found: Any = json.loads(answer)
    return [str(option) for option in found]


def _statistics(version: QuestionVersion, category: str, key: str, sums: _Sums) -> QuestionStatistics:
    item = read_item(version.body)
    one = sums[0].get(version.id, _Sum())
    counts = sums[1].get(version.id, Counter())
    return QuestionStatistics(
        version_id=version.id,
        key=key,
        number=version.number,
        category=category,
        stem=item.stem,
        must_be_right=item.must_be_right,
        drawn=one.drawn,
        answered=one.answered,
        right=one.right,
        options=tuple(_options(item, counts)),
    )


def _options(item: Item, counts: Counter[str]) -> Iterator[OptionCount]:
    for option in item.options:
        yield OptionCount(option.id, option.text or option.id, option.correct, counts[option.id])
