"""Decisions about learning, as pure functions of plain values: hours, progress, what comes next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Literal

from lms.text.dates import add_months

SECONDS_PER_TIET = 2_700
SECONDS_PER_WORD = Decimal(60) / 150
SECONDS_PER_LAW_WORD = Decimal(60) / 120
SECONDS_PER_SCREEN = 15
QUARTER = Decimal("0.25")
HALF = Decimal("0.5")

Standing = Literal["due", "again", "under_way", "done"]
ItemSeconds = Callable[[str], Decimal]


def reading_seconds(words: int, law_words: int) -> Decimal:
    """content-guide.md A7: 150 words a minute, exact words of law 120 a minute."""
    return words * SECONDS_PER_WORD + law_words * SECONDS_PER_LAW_WORD


def screen_seconds(
    words: int,
    law_words: int,
    practice: Iterable[str],
    item_seconds: ItemSeconds,
    audio: Decimal = Decimal(0),
) -> Decimal:
    """One screen with its practice: the longer of reading and `audio` (to be heard), + 15, + its items.

    `item_seconds(id)` comes from the quizzes room; an id it does not know must raise there.
    """
    longer = max(reading_seconds(words, law_words), audio)
    return longer + SECONDS_PER_SCREEN + sum(map(item_seconds, practice), Decimal(0))


def quiz_seconds(draw: int, pool: Sequence[Decimal]) -> Decimal:
    """Number drawn × mean of the pool; nothing for an empty pool."""
    return draw * sum(pool, Decimal(0)) / len(pool) if pool else Decimal(0)


def tiet(seconds: Decimal | int) -> Decimal:
    """Teaching periods of 45 minutes, cut down to a quarter."""
    periods = Decimal(seconds) / SECONDS_PER_TIET
    return (periods / QUARTER).to_integral_value(ROUND_FLOOR) * QUARTER


def minutes(seconds: Decimal | int) -> Decimal:
    """`minutes` of a lesson: its seconds in minutes, rounded up to a half."""
    return (Decimal(seconds) / 60 / HALF).to_integral_value(ROUND_CEILING) * HALF


def meant_for(held: Collection[str], roles: Any) -> bool:
    """Whether a course whose front matter says `for_roles` is part of the work of somebody who holds `held`.

    A course that names no roles is for everybody; of somebody whose post is not known nothing is kept back.
    """
    return not held or not isinstance(roles, list) or not roles or not set(held).isdisjoint(map(str, roles))


def amount(value: Any) -> Decimal:
    """A number of a front matter as an exact decimal; 0 where an author's draft has none yet."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Decimal(0)
    return max(Decimal(0), Decimal(str(value)))


@dataclass(frozen=True)
class Progress:
    """`next_position` is None when all is finished; `minutes_left` is in whole minutes, rounded up."""

    lessons: int
    finished: int
    next_position: int | None
    minutes_left: int

    @property
    def percent(self) -> int:
        """Cut, so that 100 means finished."""
        return self.finished * 100 // self.lessons if self.lessons else 0

    @property
    def complete(self) -> bool:
        return self.next_position is None


def progress(lesson_minutes: Mapping[int, Decimal], finished: Collection[int], resume: int | None) -> Progress:
    """How far a learner is. `lesson_minutes`: position → minutes of all lessons; `resume`: where one stopped.

    Next is the resume point unless that is finished, then the first unfinished one after it, then the first.
    """
    left = [position for position in sorted(lesson_minutes) if position not in finished]
    after = [position for position in left if position >= (resume or 0)]
    remaining = sum((lesson_minutes[position] for position in left), Decimal(0))
    return Progress(
        lessons=len(lesson_minutes),
        finished=len(lesson_minutes) - len(left),
        next_position=next(iter(after or left), None),
        minutes_left=int(remaining.to_integral_value(ROUND_CEILING)),
    )


def valid_until(completed_on: date, months: int) -> date:
    """The first day on which a completion no longer counts."""
    return add_months(completed_on, months)


def standing(under_way: bool, completed_on: date | None, months: int, today: date) -> Standing:
    """Where a person stands: a renewal that was begun is under way, even while the old one lasts."""
    if under_way:
        return "under_way"
    if completed_on is None:
        return "due"
    return "done" if valid_until(completed_on, months) > today else "again"


@dataclass(frozen=True)
class QuizFacts:
    """What the quiz at the end of a course asks; `draw` 0: there is none."""

    draw: int
    pass_percent: int
    must_be_right: int

    @property
    def needed(self) -> int:
        """How many right answers are enough, where each counts one point."""
        return -(-self.draw * self.pass_percent // 100)


def quiz_facts(course: Mapping[str, Any], modules: Iterable[Mapping[str, Any]]) -> QuizFacts:
    """From the front matters: `final_quiz` of the course; its modules name the items that must be right."""
    quiz = course.get("final_quiz")
    slots = quiz.get("draw") if isinstance(quiz, dict) else None
    if not isinstance(quiz, dict) or not isinstance(slots, list):
        return QuizFacts(0, 0, 0)
    named = [module["quiz"].get("must_be_right") for module in modules if isinstance(module.get("quiz"), dict)]
    return QuizFacts(
        draw=sum(int(amount(slot.get("count"))) for slot in slots if isinstance(slot, dict)),
        pass_percent=int(amount(quiz.get("pass"))),
        must_be_right=sum(len(keys) for keys in named if isinstance(keys, list)),
    )
