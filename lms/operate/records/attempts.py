"""The attempt: what was drawn, answered and judged, and the score made once more from the steps that are stored."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lms.courses.models import Enrolment
from lms.db import db
from lms.operate.records.finding import WHY
from lms.operate.records.tree import AttemptFacts, ItemFacts, PassRule, Score, Step
from lms.operate.retention.queries import erased_until
from lms.people.scope import unscoped
from lms.quizzes.attempts import answers_of, items_of, steps_of
from lms.quizzes.bank import body_sha256
from lms.quizzes.items import Item
from lms.quizzes.models import Attempt, ItemResult, QuestionVersion, Quiz
from lms.quizzes.rules import Mark, Verdict, as_decimal, judge
from lms.text.dates import local_today


def attempt_facts(attempt: Attempt) -> AttemptFacts:
    quiz = db.session.get_one(Quiz, attempt.quiz_id)
    verdict = judge(items_of(attempt), answers_of(attempt), quiz.pass_percent, quiz.must_be_right)
    stored = Score(attempt.points, attempt.points_max, attempt.passed)
    again, erased = _again(verdict), _erased(attempt)
    return AttemptFacts(
        attempt_id=attempt.id,
        ticket=attempt.ticket,
        person_id=attempt.person_id,
        enrolment_id=attempt.enrolment_id,
        number=attempt.number,
        allowed=attempt.allowed,
        started_lessons_on=_enrolment(attempt).started_on,
        ticket_issued_at=attempt.started_at,
        closed_at=attempt.closed_at,
        rule=_rule(quiz),
        score=stored,
        score_again=again,
        score_equal=None if attempt.closed_at is None or erased else _equal(stored, again),
        items=_items(attempt, quiz, verdict),
        steps=tuple(Step(step.seq, step.item, tuple(step.answer), step.recorded_at) for step in steps_of(attempt)),
        answers_erased=erased,
    )


def _erased(attempt: Attempt) -> bool:
    """No results, as none that was judged has, and old enough for a run of retention that was."""
    until = erased_until("answers")
    old = attempt.closed_at is not None and until is not None and local_today(attempt.closed_at) <= until
    return old and not _results(attempt)


def edition_id_taken(attempt: Attempt) -> int:
    return db.session.get_one(Quiz, attempt.quiz_id).edition_id


def _enrolment(attempt: Attempt) -> Enrolment:
    return db.session.scalars(unscoped(select(Enrolment).where(Enrolment.id == attempt.enrolment_id), WHY)).one()


def _rule(quiz: Quiz) -> PassRule:
    return PassRule(
        quiz=quiz.title,
        pass_percent=quiz.pass_percent,
        must_be_right=tuple(quiz.must_be_right),
        slots=tuple(quiz.slots),
        max_attempts=quiz.max_attempts,
        wait_minutes=quiz.wait_minutes,
    )


def _again(verdict: Verdict) -> Score:
    return Score(as_decimal(verdict.points), Decimal(verdict.points_max), verdict.passed, verdict.must_missed)


def _equal(stored: Score, again: Score) -> bool:
    return (stored.points, stored.points_max, stored.passed) == (again.points, again.points_max, again.passed)


def _items(attempt: Attempt, quiz: Quiz, verdict: Verdict) -> tuple[ItemFacts, ...]:
    versions = _versions(attempt)
    results = _results(attempt)
    answers = answers_of(attempt)
    return tuple(
        _item(place, drawn, item, mark, versions[drawn["version_id"]], results.get(place), answers.get(place, []), quiz)
        for place, (drawn, item, mark) in enumerate(
            zip(attempt.items, items_of(attempt), verdict.marks, strict=True), 1
        )
    )


def _item(
    place: int,
    drawn: dict[str, Any],
    item: Item,
    mark: Mark,
    version: QuestionVersion,
    result: ItemResult | None,
    answer: list[str],
    quiz: Quiz,
) -> ItemFacts:
    return ItemFacts(
        place=place,
        key=drawn["key"],
        question_version_id=version.id,
        version=version.number,
        version_recorded_at=version.recorded_at,
        sha256=version.sha256,
        sha256_again=body_sha256(version.body),
        type=item.type,
        stem=item.stem,
        shown_order=tuple(drawn["order"]),
        must_be_right=item.must_be_right or item.id in quiz.must_be_right,
        right_answer=tuple(sorted(item.right)),
        answer=tuple(answer),
        points=result.points if result else None,
        right=result.right if result else None,
        points_again=as_decimal(mark.points),
        right_again=mark.right,
        points_max=item.points,
    )


def _versions(attempt: Attempt) -> dict[int, QuestionVersion]:
    drawn = [one["version_id"] for one in attempt.items]
    return {one.id: one for one in db.session.scalars(select(QuestionVersion).where(QuestionVersion.id.in_(drawn)))}


def _results(attempt: Attempt) -> dict[int, ItemResult]:
    query = select(ItemResult).where(ItemResult.attempt_id == attempt.id)
    return {result.item: result for result in db.session.scalars(query)}
