"""What belongs to one learner is, for another, as if it were not there (safety.md S2)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from werkzeug.routing import Rule

from tests.access.site import CHANGES, Answer, Site
from tests.access.world import Learnt

UNKNOWN = Learnt(
    person_id=987654,
    account_id=987654,
    session_id=987654,
    open_ticket="00000000-0000-4000-8000-000000000000",
    closed_ticket="00000000-0000-4000-8000-000000000001",
    client_id="00000000-0000-4000-8000-000000000002",
    quarantined="XXXX-XXXX",
    code="0000000000000000",
)
Owned = Callable[[Learnt], str]
OWNED: dict[str, Owned] = {
    "GET /giay-chung-nhan/{}": lambda one: one.code,
    "GET /giay-chung-nhan/{}.pdf": lambda one: one.code,
    "GET /lam-bai/{}": lambda one: one.open_ticket,
    "GET /lam-bai/{}/1": lambda one: one.open_ticket,
    "POST /lam-bai/{}/1": lambda one: one.open_ticket,
    "GET /lam-bai/{}/nop": lambda one: one.open_ticket,
    "POST /lam-bai/{}/nop": lambda one: one.open_ticket,
    "GET /ket-qua/{}": lambda one: one.closed_ticket,
    "POST /tai-khoan/may/{}": lambda one: str(one.session_id),
}


def plain(answer: Answer, address: str) -> str:
    """The page without what differs from request to request."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", answer.words.replace(address, ""))


@pytest.mark.attack("S2")
@pytest.mark.parametrize("whose", ["neighbour", "far"])
@pytest.mark.parametrize("route", list(OWNED))
def test_another_learners_things_are_not_there(site: Site, route: str, whose: str) -> None:
    theirs = site.world.here.neighbour if whose == "neighbour" else site.world.elsewhere.learner
    method, _space, pattern = route.partition(" ")
    answers = []
    for one in (theirs, UNKNOWN):
        url = pattern.format(OWNED[route](one))
        answer = site.ask("learner", method, url, _body(pattern) if method in CHANGES else None)
        assert answer.status == 404, f"{answer.status} at {url}"
        answers.append(plain(answer, url))
    assert answers[0] == answers[1], "the answer tells whether it exists"
    assert not site.changes()


def _body(pattern: str) -> dict[str, str]:
    return {"client_id": "5f0c2c1e-8d7b-4c39-9d55-0a4d6f3b7e21", "unanswered": "99", "choice": "a"}


@pytest.mark.attack("S2")
def test_records_are_the_own_ones_whatever_is_asked(site: Site) -> None:
    theirs = site.world.here.neighbour
    answer = site.ask("learner", "GET", f"/ho-so?person_id={theirs.person_id}&nguoi={theirs.person_id}")
    assert answer.status == 200
    assert site.world.here.learner.code in answer.words
    assert theirs.code not in answer.words


@pytest.mark.attack("S2")
def test_a_device_cannot_hand_in_for_another_learner(site: Site) -> None:
    """Kept, never counted: the attempt of its owner is as open as before."""
    theirs = site.world.here.neighbour
    sent = {"id": "5f0c2c1e-8d7b-4c39-9d55-0a4d6f3b7e21", "ticket": theirs.open_ticket, "answers": []}
    answer = site.ask("learner", "POST", "/api/v1/submissions", json=sent, headers={"X-LHP": "1"})
    assert answer.status == 202
    assert {change.table for change in site.changes()} <= {"submission", "audit_entry", "audit_detail", "audit_head"}


def test_an_id_of_another_learner_cannot_be_taken_over(site: Site) -> None:
    """The id of a hand-in that was accepted: other content under it is kept apart and said to be in conflict."""
    theirs = site.world.here.neighbour
    sent = {"id": theirs.client_id, "ticket": site.world.here.learner.open_ticket, "answers": []}
    answer = site.ask("learner", "POST", "/api/v1/submissions", json=sent, headers={"X-LHP": "1"})
    assert answer.status == 409
    assert "attempt" not in {change.table for change in site.changes()}


OFFICE = ("/quan-tri", "/nguoi", "/danh-sach", "/bai-cho-xu-ly", "/soan-bai", "/ty-le", "/so-cap-giay", "/dia-ban")


def office_routes(site: Site) -> list[tuple[str, Rule]]:
    return [(method, rule) for method, rule in site.rules() if rule.rule.startswith(OFFICE)]


def test_a_learner_comes_to_no_page_of_the_office(site: Site) -> None:
    assert office_routes(site)
    for method, rule in office_routes(site):
        answer = site.ask("neighbour", method, site.url(rule))
        assert answer.status in (403, 404), f"{answer.status} at {method} {rule.rule}"
    assert not site.changes()
