"""Judging that raises, at each of its stages: kept whole, acknowledged, nothing half done, judged later as it would
have been. It is the machine's fault, so the worker mends it without anybody's decision.
"""

from __future__ import annotations

import uuid
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pkgutil import resolve_name
from typing import Any

import pytest
from sqlalchemy import select

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.audit import queries as audit
from lms.audit.models import AuditEntry
from lms.certificates.models import Achievement, Certificate, CertificateBook
from lms.courses.models import Enrolment
from lms.db import at_time, db, utc_now
from lms.jobs.queue import queue
from lms.people.scope import unscoped
from lms.quizzes import decisions, judging, tasks
from lms.quizzes.models import AttemptStep, ItemResult
from lms.quizzes.submissions import Receipt
from lms.text.dates import local_today
from tests.factories import Make
from tests.quizzes.learners import (
    Learner,
    attempt_of,
    begin,
    count,
    hand_in,
    new_learner,
    nothing_won,
    payload,
    right,
    submissions,
)

pytestmark = pytest.mark.both

STAGES = (
    "lms.quizzes.judging.own_attempt",
    "lms.quizzes.judging.items_of",
    "lms.quizzes.judging.add_steps",
    "lms.quizzes.judging.fixed_quiz",
    "lms.quizzes.judging.judge",
    "lms.quizzes.judging._keep_results",
    "lms.quizzes.judging.mark_completed",
    "lms.certificates.operations.record_achievement",
    "lms.quizzes.judging.identity_confirmed",
    "lms.certificates.operations._next_serial",
    "lms.certificates.operations.issue",
    "lms.quizzes.judging.record",
    "lms.quizzes.judging._close",
)


class MachineFault(Exception):
    """What no code expects."""


@dataclass(frozen=True)
class Work:
    """A finished paper, ready to be sent."""

    learner: Learner
    ticket: str
    body: str

    def send(self) -> Receipt:
        return hand_in(self.learner, self.body)


def new_work(make: Make, answering: Any = right) -> Work:
    learner = new_learner(make)
    ticket = begin(learner)
    return Work(learner, ticket, payload(ticket, answering))


def in_part(item: Any) -> list[str]:
    """A pass, but not with every point."""
    return right(item)[:1] if item.type == "multiple" else right(item)


def break_after(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    """The stage does its work, and then it breaks: what it wrote must be taken back."""
    real = resolve_name(stage)

    def broken(*given: Any, **named: Any) -> None:
        real(*given, **named)
        raise MachineFault(stage)

    monkeypatch.setattr(stage, broken)


def sent_while_broken(monkeypatch: pytest.MonkeyPatch, stage: str, work: Work) -> Receipt:
    with monkeypatch.context() as patched:
        break_after(patched, stage)
        return work.send()


def half_done(work: Work) -> list[str]:
    """What stands in the database of a judging that did not come to its end."""
    attempt = attempt_of(work.ticket)
    tables = (AttemptStep, ItemResult, Achievement, Certificate, CertificateBook)
    done = [model.__tablename__ for model in tables if count(model)]
    enrolment = db.session.scalars(
        unscoped(select(Enrolment).where(Enrolment.id == attempt.enrolment_id), "test")
    ).one()
    done += ["attempt"] * (attempt.closed_at is not None) + ["enrolment"] * (enrolment.completed_on is not None)
    noted = select(AuditEntry.action).where(AuditEntry.action.in_(("attempt.closed", "achievement.recorded")))
    return done + list(db.session.scalars(noted))


def score_of(work: Work) -> tuple[bool | None, Decimal | None]:
    attempt = attempt_of(work.ticket)
    return attempt.passed, attempt.points


def test_whatever_stage_breaks_the_work_is_kept_and_judged_as_it_would_have_been(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.edition()
    broken = [new_work(make, in_part) for _ in STAGES]
    for stage, work in zip(STAGES, broken, strict=True):
        receipt = sent_while_broken(monkeypatch, stage, work)
        kept = submissions()[-1]
        assert (receipt.state, receipt.ticket, receipt.code) == ("quarantined", work.ticket, kept.receipt), stage
        assert (kept.body, kept.reason) == (work.body, f"MachineFault: {stage}")
        assert half_done(work) == [], stage
    assert audit.verify().faults == ()

    assert queue().run(tasks.KIND) == len(STAGES)
    assert queue().run(tasks.KIND) == 0
    good = new_work(make, in_part)
    assert good.send().state == "accepted"
    passed, points = score_of(good)
    assert passed and points is not None and points < 10
    assert {score_of(work) for work in broken} == {(passed, points)}
    assert {(one.state, one.decision, one.decided_by) for one in submissions()[:-1]} == {("accepted", "judged", "lms")}
    assert count(Achievement) == count(Certificate) == len(STAGES) + 1
    assert audit.verify().faults == ()


def test_without_the_savepoint_half_of_it_would_stand(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what `half_done` finds nothing of above is there when the guard is taken away."""
    make.edition()
    work = new_work(make)
    monkeypatch.setattr(db.session, "begin_nested", nullcontext)
    sent_while_broken(monkeypatch, "lms.certificates.operations.issue", work)
    assert {"attempt_step", "item_result", "achievement", "certificate", "enrolment"} <= set(half_done(work))


def test_a_pass_is_of_the_day_it_was_received(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judged three days late by the worker: the learner loses no day of it."""
    make.edition()
    work = new_work(make)
    sent_while_broken(monkeypatch, STAGES[0], work)
    with at_time(utc_now() + timedelta(days=3)):
        assert queue().run(tasks.KIND) == 1
    won = db.session.scalars(unscoped(select(Achievement), "test")).one()
    assert won.completed_on == local_today(submissions()[0].received_at)
    card = db.session.scalars(unscoped(select(Certificate), "test")).one()
    assert card.issued_on == won.completed_on + timedelta(days=3)


def test_what_still_raises_keeps_no_other_waiting(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make.edition()
    works = [new_work(make) for _ in range(3)]
    for work in works:
        sent_while_broken(monkeypatch, STAGES[0], work)
    poisoned = works[1].learner.person_id
    real = judging.identity_confirmed

    def raises_for_one(person_id: int) -> bool:
        if person_id == poisoned:
            raise MachineFault("still")
        return real(person_id)

    with monkeypatch.context() as patched:
        patched.setattr(judging, "identity_confirmed", raises_for_one)
        assert queue().run(tasks.KIND) == 2
        assert queue().run(tasks.KIND) == 0
        assert attempt_of(works[1].ticket).closed_at is None
    assert queue().run(tasks.KIND) == 1


def test_what_was_overtaken_waits_for_a_person(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The learner sent again, and that counted: the first is not counted beside it, nor tried for ever."""
    make.edition()
    again, same_id = new_work(make), new_work(make)
    sent_while_broken(monkeypatch, STAGES[0], again)
    assert again.send().state == "accepted"
    client_id = str(uuid.uuid4())
    with monkeypatch.context() as patched:
        break_after(patched, STAGES[0])
        hand_in(same_id.learner, same_id.body, client_id)
    assert hand_in(same_id.learner, payload(same_id.ticket), client_id).state == "quarantined"  # the same bytes
    assert hand_in(same_id.learner, payload(same_id.ticket, at="again"), client_id).state == "accepted"
    assert queue().run(tasks.KIND) == 0
    assert [one.reason for one in submissions() if one.state == "quarantined"] == ["closed-before", "other-accepted"]
    assert count(Achievement) == 2


def test_what_a_person_kept_uncounted_stays_so(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make.edition()
    work = new_work(make)
    receipt = sent_while_broken(monkeypatch, STAGES[0], work)
    act_as(SYSTEM)
    with db.write():
        decisions.keep_uncounted(receipt.code)
    assert queue().run(tasks.KIND) == 0
    assert nothing_won()
