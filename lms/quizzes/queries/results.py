"""What a learner reads after an attempt: the outcome in words, the receipt, and kindly what to read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from markupsafe import Markup
from sqlalchemy import select

from lms.access import Viewer
from lms.certificates.models import Achievement, Certificate
from lms.courses.law import cite_all, law_table
from lms.courses.shown import rendered
from lms.courses.snapshot import EditionView, LessonView, edition_view
from lms.db import db
from lms.people.scope import visible
from lms.quizzes.attempts import items_of, own_attempt, waits_until
from lms.quizzes.items import Item, Option
from lms.quizzes.models import Attempt, ItemResult, Quiz, Submission
from lms.quizzes.queries.paper import course_code_of, waiting_submission
from lms.quizzes.queries.under_way import open_ticket
from lms.quizzes.wording import feedback_text, inline, option_text

Said = tuple[Markup, Markup]


@dataclass(frozen=True)
class Marked:
    """One item after marking. `thoughts`: what was said to the chosen options, `why`: to the right ones.

    Both are (option, what was said of it) pairs; the option's words are empty where only one can be meant.
    """

    place: int
    lang: str
    stem: Markup
    scenario: Markup
    right: bool
    must_be_right: bool
    chosen: tuple[Markup, ...]
    better: tuple[Markup, ...]
    thoughts: tuple[Said, ...]
    why: tuple[Said, ...]
    citations: tuple[str, ...]
    lessons: tuple[LessonView, ...]


@dataclass(frozen=True)
class Result:
    """`passed` None: the attempt is not marked yet (`waiting` holds its receipt, if it was handed in)."""

    ticket: str
    code: str
    quiz_title: str
    passed: bool | None
    points: Decimal
    points_max: Decimal
    needed: Decimal
    receipt: str
    received_at: datetime | None
    again_at: datetime | None
    certificate: str | None
    marked: tuple[Marked, ...]
    under_way: str | None = None

    @property
    def reread(self) -> list[Marked]:
        """What was not right, must-be-right items first."""
        return sorted((one for one in self.marked if not one.right), key=lambda one: not one.must_be_right)

    @property
    def must_missed(self) -> bool:
        return any(one.must_be_right for one in self.reread)


def result(viewer: Viewer, ticket: str, lang: str) -> Result | None:
    """The viewer's result; None while the attempt is open and nothing was handed in; 404 for anybody else's."""
    attempt = own_attempt(viewer, ticket)
    if attempt.closed_at is None:
        return _unmarked(viewer, attempt)
    quiz = db.session.get_one(Quiz, attempt.quiz_id)
    accepted, code = _accepted(ticket), course_code_of(attempt)
    under_way = open_ticket(viewer, code)
    return Result(
        ticket=ticket,
        code=code,
        quiz_title=quiz.title,
        passed=attempt.passed,
        points=attempt.points or Decimal(0),
        points_max=attempt.points_max or Decimal(0),
        needed=(attempt.points_max or Decimal(0)) * quiz.pass_percent / 100,
        receipt=accepted.receipt if accepted else "",
        received_at=accepted.received_at if accepted else attempt.closed_at,
        again_at=waits_until(attempt, quiz),
        certificate=_certificate(viewer, attempt),
        marked=() if under_way else tuple(_marked(attempt, quiz, lang)),
        under_way=under_way,
    )


def _unmarked(viewer: Viewer, attempt: Attempt) -> Result | None:
    waiting = waiting_submission(viewer, attempt.ticket)
    if waiting is None:
        return None
    quiz, nothing = db.session.get_one(Quiz, attempt.quiz_id), Decimal(0)
    return Result(
        ticket=attempt.ticket,
        code=course_code_of(attempt),
        quiz_title=quiz.title,
        passed=None,
        points=nothing,
        points_max=nothing,
        needed=nothing,
        receipt=waiting.receipt,
        received_at=waiting.received_at,
        again_at=None,
        certificate=None,
        marked=(),
    )


def _accepted(ticket: str) -> Submission | None:
    wanted = select(Submission).where(Submission.ticket == ticket, Submission.state == "accepted").limit(1)
    return db.session.scalars(wanted).one_or_none()


def _certificate(viewer: Viewer, attempt: Attempt) -> str | None:
    """The code of the certificate that this attempt brought, if it is issued."""
    wanted = (
        select(Certificate.code)
        .join(Achievement, Achievement.id == Certificate.achievement_id)
        .where(Achievement.source == f"attempt:{attempt.ticket}", Certificate.replaced_at.is_(None))
    )
    return db.session.scalar(visible(viewer, wanted, of=Certificate))


def _marked(attempt: Attempt, quiz: Quiz, lang: str) -> Iterator[Marked]:
    results = db.session.scalars(select(ItemResult).where(ItemResult.attempt_id == attempt.id))
    by_place = {one.item: one for one in results}
    edition = edition_view(quiz.edition_id)
    for place, item in enumerate(items_of(attempt, lang) if by_place else (), 1):  # none: kept long enough
        found = by_place[place]
        must = item.must_be_right or item.id in quiz.must_be_right
        yield _one(place, item, found.answer, found.right, must, edition, lang)


def _one(place: int, item: Item, answer: list[str], right: bool, must: bool, edition: EditionView, lang: str) -> Marked:
    chosen = [option for option in item.options if option.id in answer]
    better = [option for option in item.options if option.correct]
    return Marked(
        place=place,
        lang=item.lang,
        stem=inline(item.stem),
        scenario=rendered(item.scenario, item.lang, {}) if item.scenario else Markup(""),
        right=right,
        must_be_right=must,
        chosen=tuple(option_text(item, option) for option in chosen),
        better=tuple(option_text(item, option) for option in better),
        thoughts=tuple(_said(item, option, option.feedback, lang) for option in chosen if not option.correct),
        why=tuple(_said(item, option, feedback_text(item, option, answer if right else ()), lang) for option in better),
        citations=tuple(cite_all(law_table(), item.law)),
        lessons=tuple(lessons_for(edition, item)),
    )


def _said(item: Item, option: Option, feedback: str, lang: str) -> Said:
    named = option_text(item, option) if item.type == "multiple" else Markup("")
    return named, rendered(feedback, lang, {})


def lessons_for(edition: EditionView, item: Item) -> list[LessonView]:
    """Where it is taught: the lesson that the item names, else those that practise it, else the only one of its
    outcome. Where several lessons share the outcome none is shown: a wrong lesson is worse than none."""
    module = next((one for one in edition.modules if one.code == item.module), None)
    named = [lesson for lesson in (module.lessons if module else ()) if lesson.file == item.read_again]
    practising = [lesson for lesson in edition.lessons if item.id in lesson.practice]
    same = [lesson for lesson in edition.lessons if item.outcome and lesson.front.get("outcome") == item.outcome]
    return named or practising or (same if len(same) == 1 else [])
