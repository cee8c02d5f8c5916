"""S22: what a client says of itself or of its result is not read. The sweep over all columns stands in tests/access;
here its proof that it would see one that is, and the bodies that are no forms."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from flask import request
from sqlalchemy import select

from lms.db import db
from lms.people.models import Person
from lms.people.scope import unscoped
from tests.access import table
from tests.access.site import Site
from tests.access.test_extra_fields import columns, poison
from tests.access.test_extra_fields import test_a_form_with_all_columns_does_what_the_form_does as sweep
from tests.access.test_forged import LINES, allowed_at, rule_of
from tests.access.test_strangers import UNKNOWN

pytestmark = pytest.mark.attack("S22")
API = "/api/v1/submissions"
OURS = {"X-LHP": "1"}
CLAIMS = {
    "score": 100, "points": 10, "passed": True, "correct": True, "right": True, "duration": 1, "attempt_no": 1,
    "number": 1, "user_id": 1, "person_id": 1, "account_id": 1, "version": 1, "area": 1, "role": "administrator",
    "is_admin": True, "created_at": "2020-01-01T00:00:00Z", "closed_at": "2020-01-01T00:00:00Z", "allowed": 999,
    "state": "accepted", "decision": "judged", "receipt": "AAAA-AAAA", "received_at": "2020-01-01T00:00:00Z",
}  # fmt: skip


def test_a_view_that_took_every_field_would_be_found(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a person is corrected by `setattr` of whatever was sent, as careless code does it."""
    line = next(line for line in table.read() if (line.method, line.rule) == ("POST", "/nguoi/<int:person_id>/sua"))
    careful = site.app.view_functions["people.edit_person"]

    def careless(person_id: int) -> Any:
        answer = careful(person_id)
        with db.write():
            query = unscoped(select(Person).where(Person.id == person_id), "test")
            person = db.session.scalars(query).one()
            for name in {"row_key", "search_key"} & set(request.form):
                setattr(person, name, request.form[name])
        return answer

    monkeypatch.setattr(careless, "lms_policy", careful.lms_policy, raising=False)  # type: ignore[attr-defined]
    sweep(site, line)
    monkeypatch.setitem(site.app.view_functions, "people.edit_person", careless)
    with pytest.raises(AssertionError):
        sweep(site, line)


def test_new_columns_are_covered_by_themselves() -> None:
    """The names come from the models: an attempt's, a right's and a certificate's are among them."""
    assert columns() >= {"points", "passed", "capability", "unit_id", "revoked_at", "pin_hash", "closed_at", "allowed"}
    assert set(poison({"unit": "1"})) >= columns() - {"unit"}


@pytest.mark.parametrize("line", LINES, ids=[f"{line.method} {line.rule}" for line in LINES])
def test_the_same_fields_in_the_address_change_nothing_either(site: Site, line: table.Line) -> None:
    """A view that reads `request.values` reads the address too."""
    rule, actor = rule_of(site, line), allowed_at(line)
    as_meant = site.send(actor, rule)
    usual = {(change.table, change.what) for change in site.changes()}
    site.restore()
    url = site.url(rule).partition("?")
    known = {"tep", "next", "danh-sach", "tim", "chi"}
    extra = {name: value for name, value in poison(site.sends(rule).get("data", {})).items() if name not in known}
    sent = site.sends(rule)
    answer = site.ask(actor, line.method, url[0], query_string=extra | _asked(url[2]), **sent)
    assert answer.status == as_meant.status or answer.status in (400, 404, 422)
    assert {(change.table, change.what) for change in site.changes()} <= usual


def _asked(query: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in query.split("&") if pair)


def test_claims_inside_an_answer_are_kept_and_not_read(site: Site) -> None:
    """At every depth of what a device sends: beside the ticket, in each answer, under names of ours."""
    ticket = site.world.here.learner.open_ticket
    answers = [{"item": 1, "answer": []} | CLAIMS, {"item": 2, "answer": []} | {"question_version_id": 1, "points": 9}]
    sent = {"id": str(uuid.uuid4()), "ticket": ticket, "answers": answers} | CLAIMS | {"items": [], "steps": [CLAIMS]}
    answer = site.ask("learner", "POST", API, json=sent, headers=OURS)
    told = answer.response.get_json()
    assert (answer.status, told["state"]) == (200, "accepted")
    row = site.live.execute(
        "SELECT passed, points, number, closed_at > '2026', allowed IS NULL FROM attempt WHERE ticket = ?", (ticket,)
    ).fetchone()
    assert row[0] == 0 and row[3] == 1 and row[2] == 2, row
    assert json.loads(site.live.execute("SELECT body FROM submission ORDER BY id DESC").fetchone()[0]) == sent
    assert told["receipt"] != "AAAA-AAAA"
    own = site.world.here.learner.account_id
    assert site.live.execute("SELECT account_id FROM submission ORDER BY id DESC").fetchone()[0] == own
    assert not {change for change in site.changes() if change.table in ("achievement", "certificate", "account_grant")}


def test_whose_it_is_cannot_be_said(site: Site) -> None:
    """With another's ids claimed beside a ticket of hers it stays unread, and not counted."""
    theirs = site.world.here.neighbour
    claims = {"person_id": theirs.person_id, "account_id": theirs.account_id, "viewer": {"person_id": theirs.person_id}}
    sent = {"id": str(uuid.uuid4()), "ticket": theirs.open_ticket, "answers": []} | claims
    assert site.ask("learner", "POST", API, json=sent, headers=OURS).status == 202
    assert "attempt" not in {change.table for change in site.changes()}
    for url in (f"/ho-so?person_id={theirs.person_id}", f"/viec-cua-toi?account_id={theirs.account_id}"):
        assert theirs.code not in site.ask("learner", "GET", url).words
    assert site.ask("learner", "GET", f"/ket-qua/{UNKNOWN.closed_ticket}?ticket={theirs.closed_ticket}").status == 404
