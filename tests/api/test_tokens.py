"""Bearer tokens: whose they are, what they open, and when they stop."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from lms.access import SCOPES, SYSTEM
from lms.access.current import act_as
from lms.accounts import bearer, operations, rules
from lms.accounts.models import Grant, SignInTries
from lms.accounts.operations import tokens, tries
from lms.accounts.queries import account_of
from lms.db import db, utc_now
from tests.api import site
from tests.api.site import ROLES, Program, World, row
from tests.factories import Make
from tests.quizzes.learners import Learner, attempt_of, begin, payload

COVERAGE, PACKAGE, SEND = "/api/v1/coverage", "/api/v1/courses/k1/package", "/api/v1/submissions"
# role → what its token opens: coverage, package, submissions
OPENS = {
    "learner": (403, 200, 400),
    "trainer": (403, 403, 403),
    "manager": (200, 403, 403),
    "organiser": (403, 403, 403),
    "inspector": (200, 403, 403),
    "administrator": (200, 403, 403),
}


def statuses(program: Program) -> tuple[int, int, int]:
    return (
        program.get(COVERAGE).status_code,
        program.get(PACKAGE).status_code,
        program.post(SEND, json={}).status_code,
    )


@pytest.mark.both
def test_a_token_opens_what_its_account_may_do(app: Flask, world: World) -> None:
    found = {role: statuses(Program(app, world.tokens[role])) for role in ROLES}
    assert found == OPENS


@pytest.mark.both
def test_a_program_sees_what_the_person_sees(app: Flask, world: World) -> None:
    """By the same figures: those of the own area, not one person more."""
    for role in ("manager", "inspector", "administrator"):
        by_token = Program(app, world.tokens[role]).get(COVERAGE + "?on=2026-12-14").get_json()
        by_cookie = (
            Program(app, Cookie=site.cookie(app, world.visits[role])).get(COVERAGE + "?on=2026-12-14").get_json()
        )
        assert {**by_token, "known_on": ""} == {**by_cookie, "known_on": ""}
        assert by_token["total"]["counted"] == (1 if role == "manager" else 2)


def test_without_the_scope_the_door_stays_shut(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for scope, url in {"coverage:read": COVERAGE, "courses:read": PACKAGE}.items():
        role = "manager" if url == COVERAGE else "learner"
        others = [other for other in SCOPES if other != scope]
        answer = Program(app, site.token(world.accounts[role], others).text).get(url)
        assert answer.status_code == 403
        assert f'scope="{scope}"' in answer.headers["WWW-Authenticate"]
        assert "error=insufficient_scope" in answer.headers["WWW-Authenticate"]
        assert Program(app, site.token(world.accounts[role], [scope]).text).get(url).status_code == 200
    monkeypatch.setattr(bearer, "require_scope", lambda program, wanted: None)  # the negative control
    assert Program(app, site.token(world.accounts["manager"], ["courses:read"]).text).get(COVERAGE).status_code == 200


def test_what_is_public_needs_no_scope_but_a_token_that_is_good(app: Flask, world: World) -> None:
    url = f"/api/v1/certificates/{world.code}"
    assert Program(app, site.token(world.accounts["manager"], ["courses:read"]).text).get(url).status_code == 200
    assert Program(app, "lhp_" + "x" * 43).get(url).status_code == 401


@pytest.mark.both
def test_rights_are_those_of_the_moment(app: Flask, world: World) -> None:
    program = Program(app, world.tokens["manager"])
    assert program.get(COVERAGE).status_code == 200
    act_as(SYSTEM)
    with db.write():
        given = select(Grant.id).where(Grant.account_id == world.accounts["manager"])
        operations.revoke_grant(db.session.scalars(given).one())
    assert program.get(COVERAGE).status_code == 403
    with db.write():
        operations.grant(world.accounts["manager"], "inspector")
    assert program.get(COVERAGE).status_code == 200


@pytest.mark.both
def test_a_token_dies_at_once_by_revoking_by_closing_and_by_age(app: Flask, world: World) -> None:
    manager = world.accounts["manager"]
    revoked, aged, closed = (site.token(manager, life=timedelta(days=2)) for _count in range(3))
    assert [Program(app, one.text).get(COVERAGE).status_code for one in (revoked, aged, closed)] == [200, 200, 200]
    with db.write():
        operations.revoke_token(revoked.row.id)
    assert Program(app, revoked.text).get(COVERAGE).status_code == 401
    with time_machine.travel(utc_now() + timedelta(days=2, seconds=1), tick=True):
        assert Program(app, aged.text).get(COVERAGE).status_code == 401
    assert Program(app, aged.text).get(COVERAGE).status_code == 200
    with db.write():
        operations.close_account(manager)
    assert Program(app, closed.text).get(COVERAGE).status_code == 401
    with db.write():
        operations.reopen_account(manager)
        operations.grant(manager, "manager")
    assert Program(app, closed.text).get(COVERAGE).status_code == 401, "opening the account again opens no old door"


WRONG = ["", "x", "lhp_", "lhp_" + "A" * 42, "lhp_" + "A" * 44, "lhp_" + "A" * 43, "lhp_" + "Á" * 43, "a b", "'; --"]


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_token_is_answered_alike_and_told_how_to_ask(world: World, app: Flask, text: str) -> None:
    answer = Program(app, Authorization=f"Bearer {text}".encode().decode("latin-1")).get(COVERAGE)
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == "Bearer realm=api, error=invalid_token"
    assert {**answer.get_json(), "request_id": ""} == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "request_id": "",
    }


def test_without_a_token_one_is_asked_for(nobody: Program) -> None:
    answer = nobody.get(COVERAGE)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer realm=api")


def test_a_cookie_lends_a_token_nothing(app: Flask, world: World) -> None:
    """Neither its rights nor, beside a wrong token, its visit; and it is not renewed."""
    cookie = site.cookie(app, world.visits["manager"])
    answer = Program(app, world.tokens["trainer"], Cookie=cookie).get(COVERAGE)
    assert answer.status_code == 403
    assert Program(app, "lhp_" + "A" * 43, Cookie=cookie).get(COVERAGE).status_code == 401
    good = Program(app, world.tokens["manager"], Cookie=cookie).get(COVERAGE)
    assert good.status_code == 200 and "Set-Cookie" not in good.headers


def test_a_page_is_for_browsers(app: Flask, world: World) -> None:
    answer = Program(app, world.tokens["manager"]).get("/ty-le")
    assert answer.status_code == 303 and "/dang-nhap" in answer.location


@pytest.mark.both
def test_a_program_hands_in_without_form_token_header_or_origin(app: Flask, world: World, make: Make) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    account = account_of(world.accounts["learner"])
    assert account.person_id is not None
    ticket = begin(Learner(account.person_id, account.id))
    sent = {"id": str(uuid.uuid4()), **json.loads(payload(ticket))}
    foreign = {"Origin": "https://xau.example", "Sec-Fetch-Site": "cross-site"}
    by_cookie = Program(app, Cookie=site.cookie(app, world.visits["learner"])).post(SEND, json=sent)
    assert by_cookie.status_code == 403
    answer = Program(app, world.tokens["learner"]).post(SEND, json=sent, headers=foreign)
    assert (answer.status_code, answer.get_json()["state"]) == (200, "accepted")
    assert attempt_of(ticket).passed is True


@pytest.mark.both
def test_when_it_was_used_is_noted_but_not_for_every_request(app: Flask, world: World) -> None:
    made = site.token(world.accounts["manager"])
    program = Program(app, made.text)
    assert row(made.row.id).last_used_at is None
    program.get(COVERAGE)
    first = row(made.row.id).last_used_at
    assert first is not None
    program.get(COVERAGE)
    assert row(made.row.id).last_used_at == first
    with time_machine.travel(utc_now() + rules.SEEN_EVERY, tick=True):
        program.get(COVERAGE)
    assert row(made.row.id).last_used_at != first


def test_a_full_disk_closes_nothing(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    monkeypatch.setattr(tokens, "mark_used", full)
    monkeypatch.setattr(tries, "begin_wide", full)
    assert Program(app, world.tokens["manager"]).get(COVERAGE).status_code == 200
    assert Program(app, "lhp_" + "A" * 43).get(COVERAGE).status_code == 401


@pytest.mark.both
def test_guessing_is_slowed_down_and_locks_no_neighbour_out(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "ADDRESS_TRIES", 5)
    guess = Program(app, "lhp_" + "A" * 43)
    assert [guess.get(COVERAGE).status_code for _try in range(7)] == [401] * 5 + [429] * 2
    told = guess.get(COVERAGE)
    assert 0 < int(told.headers["Retry-After"]) <= 901
    assert told.get_json()["retry_after"] == int(told.headers["Retry-After"])
    assert Program(app, world.tokens["manager"]).get(COVERAGE).status_code == 200
    elsewhere = guess.get(COVERAGE, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert elsewhere.status_code == 401
    with time_machine.travel(utc_now() + rules.ADDRESS_WINDOW + timedelta(seconds=1), tick=True):
        assert guess.get(COVERAGE).status_code == 401
    signing_in = select(SignInTries).where(SignInTries.key == tries.address_key("127.0.0.1"))
    assert db.session.scalars(signing_in).all() == [], "nobody is kept from signing in by it"
