"""Whose work a trainer may decide on: senders with a post that stands, in the unit subtree and line of one grant."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.access import GrantValue, Viewer
from lms.access.current import act_as
from lms.db import db, utc_now
from lms.people.models import Assignment
from lms.people.scope import unscoped
from lms.quizzes.queries.quarantine import kept_submission, waiting_submissions
from tests.certificates.people import ELSEWHERE, HERE
from tests.factories import Make
from tests.quizzes.learners import Learner, begin, hand_in, payload, wrong

pytestmark = pytest.mark.both


@pytest.fixture
def receipt(learner: Learner) -> str:
    """Handed in after the attempt was closed, by a collaborator of the health line in a hamlet of HERE."""
    ticket = begin(learner)
    hand_in(learner, payload(ticket))
    return hand_in(learner, payload(ticket, wrong)).code


def as_trainer(*grants: tuple[int | None, str | None]) -> None:
    act_as(Viewer(account_id=99, grants=tuple(GrantValue("trainer", unit, line) for unit, line in grants)))


def sees(receipt: str) -> bool:
    listed = [one.submission.receipt for one in waiting_submissions()] == [receipt]
    try:
        kept_submission(receipt)
    except NotFound:
        assert not listed
        return False
    assert listed
    return True


@pytest.mark.parametrize(
    ("unit", "line", "expected"),
    [
        (None, None, True),
        (HERE, None, True),
        (HERE, "health", True),
        (None, "health", True),
        (HERE, "justice", False),
        (None, "justice", False),
        (ELSEWHERE, "health", False),
    ],
)
def test_unit_and_line_of_one_grant_must_both_hold(
    receipt: str, make: Make, unit: str | None, line: str | None, expected: bool
) -> None:
    as_trainer((make.unit_id(unit) if unit else None, line))
    assert sees(receipt) is expected


def test_two_halves_of_two_grants_make_no_right(receipt: str, make: Make) -> None:
    as_trainer((make.unit_id(HERE), "justice"), (make.unit_id(ELSEWHERE), "health"))
    assert not sees(receipt)


def test_a_post_that_was_corrected_away_gives_no_right(receipt: str, learner: Learner, make: Make) -> None:
    wrong_post = make.assignment(learner.person_id, "CTV_DS", ELSEWHERE, date(2025, 1, 1))
    supersede(wrong_post)
    as_trainer((make.unit_id(ELSEWHERE), None))
    assert not sees(receipt)


def supersede(post_id: int) -> Any:
    with db.write() as session:
        query = unscoped(select(Assignment).where(Assignment.id == post_id), "test")
        session.scalars(query).one().superseded_at = utc_now()
