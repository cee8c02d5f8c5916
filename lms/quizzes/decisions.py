"""What a trainer decides on a submission that could not be counted. What was sent never changes."""

from __future__ import annotations

import json

from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from lms.access import Viewer
from lms.access.current import viewer
from lms.accounts.models import Account
from lms.audit.operations import record
from lms.db import db, utc_now
from lms.people.scope import unscoped
from lms.quizzes.judging import close_attempt
from lms.quizzes.models import Submission
from lms.quizzes.queries.quarantine import kept_submission
from lms.quizzes.submissions import OTHER_ACCEPTED, reason_of
from lms.quizzes.wording import reason_words
from lms.web.refusals import Refusal

DECIDES = ("trainer",)


def judge_again(receipt: str) -> Submission:
    """Mark it now, as its sender's, if it can be accepted now. `Refusal` with why if it still cannot."""
    submission = _undecided(receipt)
    if other_accepted(submission):
        raise Refusal(reason_words(OTHER_ACCEPTED))
    try:
        with db.session.begin_nested():
            close_attempt(sender_of(submission), json.loads(submission.body), submission.received_at)
    except Exception as error:
        raise Refusal(_("Vẫn chưa chấm được: %(why)s", why=reason_words(reason_of(error, submission.id)))) from error
    submission.state = "accepted"
    return decide(submission, "judged")


def keep_uncounted(receipt: str) -> Submission:
    """It stays as it came and counts for nothing; the decision is kept with who and when."""
    return decide(_undecided(receipt), "kept")


def _undecided(receipt: str) -> Submission:
    if not viewer().can(*DECIDES):
        raise Forbidden
    kept_submission(receipt)  # 404 unless it came from the trainer's own area
    query = select(Submission).where(Submission.receipt == receipt).with_for_update()
    submission = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if submission is None:
        raise NotFound
    if submission.state == "accepted" or submission.decision is not None:
        raise Refusal(_("Gói này đã có người quyết định rồi."))
    return submission


def decide(submission: Submission, decision: str) -> Submission:
    """Note what was decided, when and by whom: the viewer."""
    submission.decision, submission.decided_at = decision, utc_now()
    submission.decided_by = viewer().actor
    db.session.flush()
    record("submission.decided", f"submission:{submission.id}", decision=decision)
    return submission


def other_accepted(submission: Submission) -> bool:
    """Something else that came under the same id has been counted since."""
    query = select(Submission.id).where(Submission.client_id == submission.client_id, Submission.state == "accepted")
    return db.session.scalar(query) is not None


def sender_of(submission: Submission) -> Viewer:
    """Only whose it is: judging needs no right of the sender beyond owning the attempt."""
    query = select(Account.person_id).where(Account.id == submission.account_id)
    person_id = db.session.scalar(unscoped(query, "the sender of a submission"))
    return Viewer(account_id=submission.account_id, person_id=person_id)
