"""The finishing submission: stored whole before it is understood, judged inside a savepoint, answered after the commit.

One transaction: insert what came; savepoint; judge; commit; then answer. The same id with the same content gets the
same receipt; the same id with other content is kept beside it and answered "conflict"; judging that raises leaves the
submission in quarantine with its reason. Nothing that arrived is ever dropped.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import TooManyRequests

from lms.access import Viewer
from lms.audit.operations import record
from lms.db import db, insert_unless_taken
from lms.measures import measures
from lms.quizzes.judging import CannotAccept, close_attempt
from lms.quizzes.models import Submission
from lms.quizzes.rules import new_receipt

log = structlog.get_logger()
LONGEST_REASON = 500
OTHER_ACCEPTED = "other-accepted"
MOST_UNDECIDED = 200
"""Of one account: far more than any device has kept that could not be counted."""
WAIT = 3600
"""Seconds after which a device may try again, when there are so many."""
_TICKET = re.compile(r"[0-9a-f-]{36}")
_OF_CLIENT_ID = (
    select(Submission)
    .where(Submission.client_id == bindparam("client_id"))
    .execution_options(populate_existing=True)  # asked again, it must see what another request has decided since
)


@dataclass(frozen=True)
class Receipt:
    """What a device gets for what it sent. `state`: accepted, conflict or quarantined; `ticket` if it named one."""

    code: str
    state: str
    ticket: str | None


def receive_submission(viewer: Viewer, client_id: str, body: str) -> Receipt:
    """Take in what a device sent (`body`: JSON text, at most as large as an upload). Called inside `db.write()`.

    Raises TooManyRequests, and keeps nothing, where too much of the account waits for a decision already.
    """
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    submission = _store(viewer, client_id, sha256, body)
    if submission is None:  # most often the id has come before; now its row can be seen, also of a request in between
        same_id = db.session.scalars(_OF_CLIENT_ID, {"client_id": client_id}).all()
        for known in same_id:
            if known.sha256 == sha256:
                return _receipt(known)
        taken = any(other.state == "accepted" for other in same_id)
        submission = _store(viewer, client_id, sha256, body, taken=taken)
    if submission is None:  # a receipt that another has, or one more request in between
        return receive_submission(viewer, client_id, body)
    if submission.state == "accepted":
        _judge(viewer, submission)
    if submission.state != "accepted":
        _require_room(viewer)
    measures().submissions.labels(submission.state).inc()  # one whose commit fails is counted: it comes again
    record("submission.received", f"submission:{submission.id}", state=submission.state, sha256=sha256)
    return _receipt(submission)


def _store(viewer: Viewer, client_id: str, sha256: str, body: str, *, taken: bool = False) -> Submission | None:
    """The row of what came, whole; None if its id, its content or the receipt drawn for it is there already.
    `taken`: other content has been accepted under its id."""
    return insert_unless_taken(
        Submission,
        client_id=client_id,
        sha256=sha256,
        body=body,
        ticket=_ticket(body),
        account_id=viewer.account_id,
        receipt=new_receipt(random.SystemRandom()),
        state="conflict" if taken else "accepted",
        reason=OTHER_ACCEPTED if taken else None,
    )


def _judge(viewer: Viewer, submission: Submission) -> None:
    """A failure here is the submission's state, told to a person and logged; what was sent stays as it came."""
    try:
        with db.session.begin_nested():
            close_attempt(viewer, json.loads(submission.body), submission.received_at)
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise  # what was stored went with the connection; nothing was acknowledged, so the device comes again
        submission.state, submission.reason = "quarantined", reason_of(error, submission.id)
        db.session.flush()


def _require_room(viewer: Viewer) -> None:
    """What cannot be counted waits for a person to decide. An account that sends such work without end would hide
    everybody else's, and fill the disk: its device keeps the rest until some is decided. Raises TooManyRequests.
    """
    waiting = select(func.count()).where(
        Submission.account_id == viewer.account_id, Submission.state != "accepted", Submission.decision.is_(None)
    )
    if (db.session.scalar(waiting) or 0) > MOST_UNDECIDED:
        raise TooManyRequests(retry_after=WAIT)


def reason_of(error: Exception, submission_id: int) -> str:
    """Why it was not counted: a code of `wording.REASONS`, or what was raised, which is logged with its trace."""
    if isinstance(error, CannotAccept):
        return error.code
    log.error("judging raised", submission=submission_id, exc_info=error)
    return f"{type(error).__name__}: {error}"[:LONGEST_REASON]


def _ticket(body: str) -> str | None:
    """The ticket it names, if that can be one of ours: the column holds nothing that only looks like text."""
    try:
        payload: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    ticket = payload.get("ticket") if isinstance(payload, dict) else None
    return ticket if isinstance(ticket, str) and _TICKET.fullmatch(ticket) else None


def _receipt(submission: Submission) -> Receipt:
    return Receipt(submission.receipt, submission.state, submission.ticket)
