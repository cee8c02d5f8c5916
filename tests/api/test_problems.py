"""RFC 9457 problem details on every error under /api/, whoever finds it: router, server, room or database."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from lms.api.submissions import LONGEST_BODY
from lms.certificates.limits import Limiter
from tests.api.site import Program, World

SEND, COVERAGE = "/api/v1/submissions", "/api/v1/coverage"


def problem(answer: TestResponse, status: int) -> dict[str, object]:
    """What it says, checked for what every problem has. Its shape is held by tests/answers.py."""
    told: dict[str, object] = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert (told["type"], told["status"]) == ("about:blank", status)
    assert told["title"] and told["request_id"] == answer.headers["X-Request-ID"]
    assert answer.headers["Cache-Control"] == "no-store"
    return told


def test_an_address_that_nobody_made(app: Flask, world: World) -> None:
    for program in (Program(app), Program(app, world.tokens["learner"])):
        for url in (
            "/api/v1/nowhere",
            "/api/",
            "/api/v2/coverage",
            "/api/v1/coverage/",
            "/api/v1/%00",
        ):
            assert problem(program.get(url), 404)["title"] == "Not Found"


def test_a_method_that_is_not_there(nobody: Program) -> None:
    for method, url in (("POST", COVERAGE), ("GET", SEND), ("DELETE", "/api/v1/openapi.json"), ("TRACE", COVERAGE)):
        answer = nobody.send(method, url)
        problem(answer, 405)
        assert answer.headers["Allow"]


def test_no_sign_in_and_no_right(app: Flask, world: World) -> None:
    problem(Program(app).get(COVERAGE), 401)
    problem(Program(app).get(COVERAGE, headers={"Accept": "text/html"}), 401)
    problem(Program(app, world.tokens["learner"]).get(COVERAGE), 403)
    problem(Program(app, world.tokens["learner"]).get("/api/v1/courses/k9/package"), 404)


def test_a_wrong_question_is_told_why(app: Flask, world: World) -> None:
    told = problem(Program(app, world.tokens["manager"]).get(f"{COVERAGE}?on=2026-02-30"), 400)
    assert "2026-02-30" in str(told["detail"])


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"])
def test_what_is_not_json_is_refused_before_it_is_read(app: Flask, world: World, kind: str) -> None:
    problem(Program(app, world.tokens["learner"]).post(SEND, data="{}", content_type=kind), 415)


def test_json_with_a_charset_is_json(app: Flask, world: World) -> None:
    program = Program(app, world.tokens["learner"])
    problem(program.post(SEND, data="{}", content_type="application/json; charset=utf-8"), 400)


def test_too_much_at_once(app: Flask, world: World) -> None:
    program = Program(app, world.tokens["learner"])
    problem(program.post(SEND, data=b" " * (LONGEST_BODY + 1), content_type="application/json"), 413)
    app.config["MAX_CONTENT_LENGTH"] = 1000
    problem(program.post(SEND, data=b" " * 2000, content_type="application/json"), 413)


def test_too_often(app: Flask, world: World) -> None:
    app.extensions["certificate_checks"] = Limiter(most=1)
    program = Program(app)
    assert program.get(f"/api/v1/certificates/{world.code}").status_code == 200
    answer = program.get(f"/api/v1/certificates/{world.code}")
    assert problem(answer, 429)["retry_after"] == int(answer.headers["Retry-After"]) > 0


def test_a_fault_of_ours_says_nothing_of_it(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("lms.api.coverage.answer", broken)
    answer = Program(app, world.tokens["manager"]).get(COVERAGE)
    problem(answer, 500)
    assert "secret" not in answer.text and "RuntimeError" not in answer.text


def test_a_busy_database_says_when_to_come_back(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_given: object, **_named: object) -> None:
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    monkeypatch.setattr("lms.api.coverage.answer", busy)
    answer = Program(app, world.tokens["manager"]).get(COVERAGE)
    assert problem(answer, 503)["retry_after"] == int(answer.headers["Retry-After"]) == 30


def test_a_foreign_host_is_a_problem_too(app: Flask) -> None:
    app.config["TRUSTED_HOSTS"] = ["localhost"]
    problem(Program(app).get("/api/v1/keys", headers={"Host": "xau.example"}), 400)
