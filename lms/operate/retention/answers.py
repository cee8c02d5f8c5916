"""The rule `answers`: after 24 months only the score of an attempt stays, and sums that name nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import and_, or_, select

from lms.audit.rules import canonical
from lms.db import db
from lms.operate.retention.rules import due_day, end_of
from lms.operate.retention.steps import WHY, Row, Step, rows, table
from lms.people.scope import unscoped
from lms.quizzes.models import Attempt, ItemTally


def steps(on: date) -> Iterator[Step]:
    """A submission that still waits for a person's decision stays as it came."""
    until = end_of(due_day("answers", on))
    attempt, sent = table("attempt"), table("submission")
    over = or_(attempt.c.closed_at < until, and_(attempt.c.closed_at.is_(None), attempt.c.started_at < until))
    attempts = select(attempt.c.id).where(over)
    yield Step("attempt_step", table("attempt_step").c.attempt_id.in_(attempts))
    yield Step("item_result", table("item_result").c.attempt_id.in_(attempts))
    waits = and_(sent.c.state == "quarantined", sent.c.decision.is_(None))
    kept = and_(sent.c.body == "", or_(sent.c.reason.is_(None), sent.c.reason.not_like("%: %")))
    yield Step("submission", and_(sent.c.received_at < until, ~waits, ~kept), _emptied)


def _emptied(row: Row) -> dict[str, object]:
    """Of an exception only its kind stays: its words may repeat what was answered."""
    return {"body": "", "reason": row["reason"] and row["reason"].partition(": ")[0]}


def keep_sums(step: Step, keys: Sequence[str]) -> None:
    """Before results go: how often each answer was given to each question of each quiz."""
    quizzes: dict[int, int] = {}
    sums: Counter[tuple[int, int, str, bool]] = Counter()
    answers = {}
    for row in rows(step, keys):
        quiz = _quiz_of(row["attempt_id"], quizzes)
        told = canonical(row["answer"])
        answers[told] = row["answer"]
        sums[quiz, row["question_version_id"], told, row["right"]] += 1
    for (quiz, version, told, right), times in sorted(sums.items()):
        db.session.add(
            ItemTally(quiz_id=quiz, question_version_id=version, answer=answers[told], right=right, times=times)
        )
    db.session.flush()


def _quiz_of(attempt_id: int, known: dict[int, int]) -> int:
    if attempt_id not in known:
        query = select(Attempt.quiz_id).where(Attempt.id == attempt_id)
        known[attempt_id] = db.session.scalars(unscoped(query, WHY)).one()
    return known[attempt_id]
