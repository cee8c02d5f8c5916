"""How each question does: how many answered, how many right, which wrong option. Sums only, never a person."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, Text, cast, func, select

from lms.courses.models import Edition
from lms.db import db
from lms.people.scope import unscoped
from lms.quizzes.items import PLAYABLE, Item, read_item
from lms.quizzes.models import Attempt, EditionItem, ItemResult, ItemTally, Question, QuestionVersion, Quiz
from lms.quizzes.wording import plain_text

NEWEST_FIRST = ((0, 500), (500, 20_000), (20_500, None))
"""(attempts passed over, attempts looked at): a few answers stand among a few hundred, however many there are."""

WHY = "sums of answers for the authors, never a person"


@dataclass(frozen=True)
class OptionCount:
    id: str
    text: str
    correct: bool
    chosen: int


@dataclass(frozen=True)
class QuestionStatistics:
    """One wording of a question: `drawn` times in closed attempts, `answered` of these, `right` of these.

    `editions`: number of an edition → how many of the answers came under it; several may hold the same words.
    `waiting`: answers that are in none of these figures yet.
    """

    version_id: int
    key: str
    number: int
    category: str
    stem: str
    scenario: str
    must_be_right: bool
    drawn: int
    answered: int
    right: int
    options: tuple[OptionCount, ...]
    editions: Mapping[int, int]
    waiting: int = 0

    @property
    def wrong_options(self) -> list[OptionCount]:
        """The wrong options that were chosen, the most tempting first."""
        chosen = [option for option in self.options if not option.correct and option.chosen]
        return sorted(chosen, key=lambda option: (-option.chosen, option.id))


def question_statistics(edition_id: int, step: int = 1) -> list[QuestionStatistics]:
    """Of every playable question version that the edition holds, in its order; also of answers under other editions
    that hold the same wording. `pct(one.right, one.answered)` is the facility.

    `step`: the figures of a question go on when that many further answers have come, never by fewer, so that what
    stands between two readings is no one learner's answer. The latest ones wait. Answers that retention has taken
    are years old and no longer wait.
    """
    query = (
        select(QuestionVersion, EditionItem.category, Question.key)
        .join(EditionItem, EditionItem.question_version_id == QuestionVersion.id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(EditionItem.edition_id == edition_id, QuestionVersion.type.in_(PLAYABLE))
        .order_by(EditionItem.category, EditionItem.position)
    )
    rows = db.session.execute(query).all()
    versions = [row.QuestionVersion.id for row in rows]
    sums = _sums(versions)
    _let_wait(sums, versions, step)
    return [_statistics(row.QuestionVersion, row.category, row.key, sums) for row in rows]


@dataclass
class _Sum:
    drawn: int = 0
    answered: int = 0
    right: int = 0
    chosen: Counter[str] = field(default_factory=Counter)
    editions: Counter[int] = field(default_factory=Counter)
    waiting: int = 0

    def add(self, options: list[str], right: bool, edition: int, times: int) -> None:
        self.drawn += times
        self.right += times if right else 0
        if options:
            self.answered += times
            self.editions[edition] += times
        self.chosen.update(dict.fromkeys(options, times))


def _sums(versions: list[int]) -> Mapping[int, _Sum]:
    """Grouped by the answer as it is stored: few rows a version, however many answered."""
    answer = cast(ItemResult.answer, Text).label("answer")
    groups = (ItemResult.question_version_id, answer, ItemResult.right, Edition.number)
    query = (
        select(*groups, func.count().label("times"))
        .join(Attempt, Attempt.id == ItemResult.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Edition, Edition.id == Quiz.edition_id)
        .where(ItemResult.question_version_id.in_(versions))
        .group_by(*groups)
    )
    sums: dict[int, _Sum] = defaultdict(_Sum)
    for row in [*db.session.execute(unscoped(query, WHY)), *db.session.execute(_kept_sums(versions))]:
        sums[row.question_version_id].add(_chosen(row.answer), row.right, row.number, row.times)
    return sums


def _let_wait(sums: Mapping[int, _Sum], versions: list[int], step: int) -> None:
    """Take the latest answers out again that do not fill a step."""
    over = Counter({version: sums[version].answered % step for version in versions if version in sums})
    for skipped, most in NEWEST_FIRST:
        if not (left := [version for version, times in over.items() if times]):
            return
        for row in db.session.execute(unscoped(_latest(left, skipped, most), WHY)):
            if over[row.question_version_id]:
                over[row.question_version_id] -= 1
                one = sums[row.question_version_id]
                one.add(_chosen(row.answer), row.right, row.number, -1)
                one.waiting += 1


def _latest(versions: list[int], skipped: int, most: int | None) -> Select[int, str, bool, int | None]:
    """What was answered in the attempts that were closed last, the newest first."""
    answer = cast(ItemResult.answer, Text).label("answer")
    drawing = select(EditionItem.edition_id).where(EditionItem.question_version_id.in_(versions))
    attempts = (
        select(Attempt.id, Attempt.closed_at, Edition.number)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Edition, Edition.id == Quiz.edition_id)
        .where(Attempt.closed_at.is_not(None), Edition.id.in_(drawing))
        .order_by(Attempt.closed_at.desc(), Attempt.id.desc())
        .offset(skipped)
        .limit(most)
        .subquery()
    )
    return (
        select(ItemResult.question_version_id, answer, ItemResult.right, attempts.c.number)
        .join(attempts, attempts.c.id == ItemResult.attempt_id)
        .where(ItemResult.question_version_id.in_(versions), answer != "[]")
        .order_by(attempts.c.closed_at.desc(), attempts.c.id.desc())
    )


def _kept_sums(versions: list[int]) -> Select[int, str, bool, int | None, int]:
    """Of answers that retention has deleted since."""
    return (
        select(
            ItemTally.question_version_id,
            cast(ItemTally.answer, Text).label("answer"),
            ItemTally.right,
            Edition.number,
            ItemTally.times,
        )
        .join(Quiz, Quiz.id == ItemTally.quiz_id)
        .join(Edition, Edition.id == Quiz.edition_id)
        .where(ItemTally.question_version_id.in_(versions))
    )


def _chosen(answer: str) -> list[str]:
    found: Any = json.loads(answer)
    return [str(option) for option in found]


def _statistics(version: QuestionVersion, category: str, key: str, sums: Mapping[int, _Sum]) -> QuestionStatistics:
    item = read_item(version.body)
    one = sums.get(version.id, _Sum())
    return QuestionStatistics(
        version_id=version.id,
        key=key,
        number=version.number,
        category=category,
        stem=item.stem,
        scenario=item.scenario,
        must_be_right=item.must_be_right,
        drawn=one.drawn,
        answered=one.answered,
        right=one.right,
        options=tuple(_options(item, one.chosen)),
        editions=dict(sorted((+one.editions).items())),
        waiting=one.waiting,
    )


def _options(item: Item, counts: Counter[str]) -> Iterator[OptionCount]:
    for option in item.options:
        yield OptionCount(option.id, plain_text(item, option), option.correct, counts[option.id])
