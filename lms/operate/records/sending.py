"""What devices sent for an attempt, as it came, and what they claimed about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from lms.db import db
from lms.operate.records.actors import Actors, account
from lms.operate.records.tree import AttemptFacts, SubmissionFacts
from lms.operate.retention.queries import erased_until
from lms.quizzes.models import Submission
from lms.text.dates import local_today

READ = ("id", "ticket", "answers", "finish")
"""The keys of a body that the server reads or needs; everything else is a claim."""


def submissions_of(attempt: AttemptFacts, actors: Actors) -> tuple[SubmissionFacts, ...]:
    """All that named its ticket, counted or not, in the order in which they came."""
    query = select(Submission).where(Submission.ticket == attempt.ticket).order_by(Submission.id)
    return tuple(_facts(sent, attempt, actors) for sent in db.session.scalars(query))


def _facts(sent: Submission, attempt: AttemptFacts, actors: Actors) -> SubmissionFacts:
    payload = _payload(sent.body)
    return SubmissionFacts(
        submission_id=sent.id,
        client_id=sent.client_id,
        receipt=sent.receipt,
        state=sent.state,
        reason=sent.reason,
        sender=actors(account(sent.account_id)),
        received_at=sent.received_at,
        sha256=sent.sha256,
        sha256_again=hashlib.sha256(sent.body.encode()).hexdigest(),
        claimed={name: value for name, value in payload.items() if name not in READ},
        body=sent.body,
        answers_stand=_answers_stand(payload, attempt) if sent.state == "accepted" else None,
        decision=sent.decision,
        decided_by=actors.maybe(sent.decided_by),
        decided_at=sent.decided_at,
        body_erased=_erased(sent),
    )


def _erased(sent: Submission) -> bool:
    until = erased_until("answers")
    return sent.body == "" and until is not None and local_today(sent.received_at) <= until


def _payload(body: str) -> Mapping[str, Any]:
    """Stored whole before it was understood: it may be no JSON at all."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return payload if isinstance(payload, dict) else {}


def _answers_stand(payload: Mapping[str, Any], attempt: AttemptFacts) -> bool:
    """The accepted body came last: what it says of an item is that item's last answer. An empty one is none."""
    last = {step.place: step.answer for step in attempt.steps}
    sent = {one["item"]: tuple(one["answer"]) for one in payload.get("answers", [])}
    return all(last.get(place, ()) == answer for place, answer in sent.items())
