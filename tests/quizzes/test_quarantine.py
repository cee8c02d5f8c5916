"""Whose work a trainer may decide on: senders with a post that stands, in the unit subtree and line of one grant."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from lms.access import GrantValue, Viewer
from lms.access.current import act_as
from lms.db import db, utc_now
from lms.people.models import Assignment
from lms.people.scope import unscoped
from lms.quizzes.queries import quarantine
from lms.quizzes.queries.quarantine import kept_submission, waiting_submissions
from lms.quizzes.views import quarantine as quarantine_view
from tests.certificates.people import ELSEWHERE, HERE, Visitor
from tests.factories import Make
from tests.quizzes.learners import Learner, begin, hand_in, new_learner, payload, wrong

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
    listed = [one.submission.receipt for one in waiting_submissions().shown] == [receipt]
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


def test_the_newest_is_reached_page_by_page(
    app: Flask, learner: Learner, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "PAGE", 3)
    sent = [hand_in(learner, json.dumps({"ticket": f"{n:036}"})).code for n in range(7)]
    elsewhere = new_learner(make)
    supersede(db.session.scalars(unscoped(select(func.max(Assignment.id)), "test")).one())
    hand_in(elsewhere, json.dumps({"ticket": "0" * 36}))
    as_trainer((make.unit_id(HERE), None))
    seen, after, told = [], None, []
    while True:
        page = waiting_submissions(after)
        seen += [one.submission.receipt for one in page.shown]
        told.append((page.first, len(page.shown), page.total))
        if (after := page.next_after) is None:
            break
    assert seen == sent
    assert told == [(1, 3, 7), (4, 3, 7), (7, 1, 7)]


def test_the_page_leads_on_and_back(app: Flask, learner: Learner, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "PAGE", 3)
    monkeypatch.setattr(quarantine_view, "PAGE", 3)
    sent = [hand_in(learner, json.dumps({"ticket": f"{n:036}"})).code for n in range(5)]
    trainer = Visitor(app, make.account("Người Soạn", capability="trainer"))
    first = trainer.get("/bai-cho-xu-ly")
    assert "Gói 1 đến 3 trong 5" in first.main and "2 gói tiếp theo" in first.main
    link = first.html.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = trainer.get(link)
    assert [code in second.main for code in sent] == [False, False, False, True, True]
    assert "Về đầu danh sách" in second.main and "Gói 4 đến 5 trong 5" in second.main
    assert trainer.get("/bai-cho-xu-ly?sau=x").main == first.main, "no key of a row: the first page"
    assert "đã hết ở đây" in trainer.get("/bai-cho-xu-ly?sau=999999").main


def supersede(post_id: int) -> Any:
    with db.write() as session:
        query = unscoped(select(Assignment).where(Assignment.id == post_id), "test")
        session.scalars(query).one().superseded_at = utc_now()
