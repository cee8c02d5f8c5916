"""S2, S3: what is somebody else's is as if it were not there: by path, batch and sync, to its size and its work."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, true
from sqlalchemy.engine import Engine
from werkzeug.routing import Rule

from lms.db import db
from lms.people import scope
from lms.people.scope import unscoped
from lms.quizzes.models import Attempt
from lms.quizzes.queries import results
from lms.web.addresses import Id
from tests.access import table
from tests.access.site import CHANGES, Site
from tests.access.test_forged import rule_of
from tests.access.test_strangers import OWNED, UNKNOWN, _body, plain
from tests.access.world import Learnt
from tests.certificates.people import HERE, Visitor
from tests.factories import Make
from tests.quizzes.learners import attempt_of, begin, hand_in, new_learner, payload, submissions, wrong

OURS = {"X-LHP": "1"}
API = "/api/v1/submissions"


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that is sent to a database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.attack("S2")
@pytest.mark.parametrize("route", list(OWNED))
def test_the_same_work_is_done_for_anothers_as_for_what_is_not_there(site: Site, route: str) -> None:
    """Time without a clock: the database is asked the very same questions, so that there is nothing to measure."""
    method, _space, pattern = route.partition(" ")

    def asked_about(one: Learnt) -> list[str]:
        with statements() as sent:
            url = pattern.format(OWNED[route](one))
            answer = site.ask("learner", method, url, _body(pattern) if method in CHANGES else None)
        assert answer.status == 404
        return sent

    asked_about(UNKNOWN)  # what is read once and kept is read now
    assert asked_about(site.world.here.neighbour) == asked_about(UNKNOWN)


@pytest.mark.attack("S2")
def test_in_a_batch_only_the_own_attempt_counts(site: Site) -> None:
    """Another's ticket among the own is answered as one that does not exist, and takes the own ones with it nowhere."""
    mine, theirs = site.world.here.learner.open_ticket, site.world.here.neighbour.open_ticket
    sent = [{"id": str(uuid.uuid4()), "ticket": one, "answers": []} for one in (theirs, UNKNOWN.open_ticket, mine)]
    answer = site.ask("learner", "POST", API, json=sent, headers=OURS)
    other, unknown, own = answer.response.get_json()
    assert (own["state"], other["state"], unknown["state"]) == ("accepted", "quarantined", "quarantined")
    assert len(str(other)) == len(str(unknown))
    touched = {change.key for change in site.changes() if change.table == "attempt"}
    owner = "SELECT a.id FROM attempt a WHERE a.ticket = ?"
    assert touched == {site.live.execute(owner, (mine,)).fetchone()[0]}
    strange = [one["id"] for one in sent[:2]]
    reasons = site.live.execute("SELECT reason FROM submission WHERE client_id IN (?, ?)", strange)
    assert reasons.fetchall() == [("not-own-ticket",)] * 2


@pytest.mark.attack("S2")
@pytest.mark.both
def test_who_manages_a_ward_takes_no_quiz_of_a_learner_there(app: Flask, make: Make) -> None:
    """She may see the learner; the attempt is the learner's alone, to read, to answer and to hand in."""
    make.edition()
    learner = new_learner(make)
    closed = begin(learner)
    hand_in(learner, payload(closed, wrong))
    other = new_learner(make)
    opened = begin(other)
    manager = _managing_learner(app, make)
    for url in (f"/ket-qua/{closed}", f"/lam-bai/{opened}", f"/lam-bai/{opened}/1", f"/lam-bai/{opened}/nop"):
        assert manager.get(url).status == 404, url
    assert manager.post(f"/lam-bai/{opened}/1", {"choice": "a"}).status == 404
    assert manager.post(f"/lam-bai/{opened}/nop", _body("nop")).status == 404
    sent = json.dumps({"id": str(uuid.uuid4()), "ticket": opened, "answers": []})
    assert manager.post(API, sent, headers=OURS | {"Content-Type": "application/json"}).status == 202
    assert submissions()[-1].reason == "not-own-ticket"
    assert attempt_of(opened).closed_at is None


def _managing_learner(app: Flask, make: Make) -> Visitor:
    app.config["WTF_CSRF_ENABLED"] = False
    person = make.person("Lê Thị Mẫu", birth_date=date(1975, 1, 1), birth_precision="year")
    make.assignment(person, "CTV_DS", HERE, date(2025, 7, 1))
    return Visitor(app, make.account("Lê Thị Mẫu", person_id=person, capability="manager", unit=HERE))


@pytest.mark.attack("S2")
def test_without_the_question_whose_it_is_the_result_would_open(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the same address, with an `own_attempt` that takes any ticket."""

    def any_attempt(_viewer: Any, ticket: str) -> Attempt:
        return db.session.scalars(unscoped(select(Attempt).where(Attempt.ticket == ticket), "test")).one()

    url = f"/ket-qua/{site.world.here.neighbour.closed_ticket}"
    assert site.ask("learner", "GET", url).status == 404
    monkeypatch.setattr(results, "own_attempt", any_attempt)
    assert site.ask("learner", "GET", url).status == 200


LINES = [
    line
    for line in table.read()
    if "<" in line.rule and line.allowed["here"] and not line.allowed["elsewhere"] and not line.rule.startswith("/the/")
]
NOWHERE = {"code": "0000000000000000", "ticket": UNKNOWN.open_ticket, "receipt": "XXXX-XXXX", "token": "x" * 22}
_PARAMETER = re.compile(r"<(?:[^:>]+:)?(\w+)>")


def not_there(rule: Rule) -> str:
    """The address with ids that no row has."""
    return _PARAMETER.sub(
        lambda match: "987654" if isinstance(rule._converters[match[1]], Id) else NOWHERE[match[1]], rule.rule
    )


@pytest.mark.attack("S3")
@pytest.mark.parametrize("line", LINES, ids=[f"{line.method} {line.rule}" for line in LINES])
def test_the_other_wards_things_are_not_there(site: Site, line: table.Line) -> None:
    """Rosters, people, notes, files, accounts: a manager of another ward gets the answer for a number nobody has."""
    rule = rule_of(site, line)
    answers = []
    for url in (site.url(rule), not_there(rule)):
        sent = site.sends(rule) if line.method in CHANGES else {}
        answer = site.ask("elsewhere", line.method, url, **sent)
        answers.append((answer.status, plain(answer, url)))
    assert answers[0] == answers[1], [status for status, _words in answers]
    assert not site.changes()


@pytest.mark.attack("S3")
def test_there_are_enough_of_them() -> None:
    rooms = {line.rule.split("/")[1] for line in LINES}
    assert rooms >= {"nguoi", "danh-sach", "chuc-danh", "giay-chung-nhan", "quan-tri", "the-dang-nhap"}


@pytest.mark.attack("S3")
def test_without_the_scope_they_would_be_there(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control, at a page and at a file."""
    here = site.world.here
    urls = (f"/nguoi/{here.people[1]}", f"/giay-chung-nhan/{here.learner.code}.pdf")
    assert [site.ask("elsewhere", "GET", url).status for url in urls] == [404, 404]
    monkeypatch.setattr(scope, "_may_see", lambda viewer, of: true())
    assert [site.ask("elsewhere", "GET", url).status for url in urls] == [200, 200]


@pytest.mark.attack("S3")
def test_no_address_carries_a_right_of_its_own(site: Site) -> None:
    """Every download asks who is there: with no sign-in none opens, whatever signature is hung on to it.

    There are no signed links here that could be passed on; a card's address alone lets its holder try a PIN.
    """
    files = [rule for method, rule in site.rules() if method == "GET" and rule.rule.endswith((".pdf", ".xlsx", ".zip"))]
    files += [rule for _method, rule in site.rules() if rule.endpoint == "courses.file"]
    assert len(files) >= 7
    for rule in files:
        for more in ("", "?token=abc", "?sig=abc&exp=9999999999", "?key=1&access_token=x"):
            answer = site.ask("nobody", "GET", site.url(rule).partition("?")[0] + more)
            assert answer.status in (401, 404) or answer.to_sign_in, rule.rule
