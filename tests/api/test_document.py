"""openapi.json: valid, complete, and of this application."""

from __future__ import annotations

import re

import pytest
from flask import Flask, Response
from openapi_spec_validator import validate

from lms.access import SCOPES, policy_of
from lms.api.openapi import EVERYWHERE, describe, document
from tests import answers
from tests.api.site import Program, World

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def routes(app: Flask) -> set[tuple[str, str]]:
    """(method, path as OpenAPI writes it) of every route under /api/v1."""
    return {
        (method, re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) & METHODS
    }


def operations(app: Flask) -> set[tuple[str, str]]:
    return {(method.upper(), path) for path, told in document()["paths"].items() for method in told}


def test_anybody_may_read_it_and_it_is_valid(nobody: Program) -> None:
    answer = nobody.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json is not None
    validate(answer.json)


def test_every_route_is_in_it_and_nothing_else(app: Flask) -> None:
    assert operations(app) == routes(app)
    assert len(routes(app)) > 5


def test_a_route_that_was_not_described_would_be_missed(app: Flask) -> None:
    """The negative control."""
    app.add_url_rule("/api/v1/forgotten", "forgotten", lambda: "")
    assert routes(app) - operations(app) == {("GET", "/api/v1/forgotten")}


def test_every_closed_route_names_its_scope_and_every_scope_has_a_route(app: Flask) -> None:
    policies = [
        policy_of(app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    ]
    assert all(policy and (policy.public or policy.scope) for policy in policies)
    assert {policy.scope for policy in policies if policy and policy.scope} == set(SCOPES)


def test_every_operation_says_who_may_and_how_it_refuses(app: Flask) -> None:
    for path, told in document()["paths"].items():
        for method, operation in told.items():
            place = f"{method} {path}"
            assert {str(status) for status in EVERYWHERE} <= set(operation["responses"]), place
            assert operation["security"] == [] or {"403", "404"} <= set(operation["responses"]), place
            assert operation["summary"] and not operation["summary"].startswith(operation["operationId"]), place
            refusals = [answer for status, answer in operation["responses"].items() if int(status) >= 400]
            assert all("application/problem+json" in answer["content"] for answer in refusals), place


def test_the_cookie_and_the_token_are_told_of(app: Flask) -> None:
    schemes = document()["components"]["securitySchemes"]
    assert schemes["session"]["name"] == app.config["SESSION_COOKIE_NAME"]
    assert schemes["bearer"]["scheme"] == "bearer"


def test_a_view_without_a_declared_right_cannot_be_described() -> None:
    def view() -> str:
        return ""

    with pytest.raises(ValueError, match="right is not declared"):
        describe({200: None})(view)


def test_no_page_is_served_that_would_need_scripts_of_others(app: Flask) -> None:
    assert not [rule.rule for rule in app.url_map.iter_rules() if "apidoc" in rule.rule]


def test_an_answer_that_is_otherwise_is_seen(app: Flask, world: World) -> None:
    """The negative control of tests/answers.py, which watches all tests."""
    good = Program(app).get(f"/api/v1/certificates/{world.code}").json
    assert good is not None
    with app.test_request_context(f"/api/v1/certificates/{world.code}"):
        assert answers.faults_of(_json(app, good)) == []
        for change in ({"more": 1}, {"state": "unsure"}, {"issued_on": "yesterday"}, {"code": None}):
            assert answers.faults_of(_json(app, good | change)) != [], change
        assert answers.faults_of(Response("gone", 410)) == ["410 is not in the document"]
        assert answers.faults_of(Response("<p>", 404)) == ["404 as text/html is not in the document"]


def _json(app: Flask, value: object) -> Response:
    return app.json.response(value)
