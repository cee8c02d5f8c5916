"""Schemathesis over every operation as everybody, by cookie and by token: no 5xx, and answers as the document says.

Twenty requests an operation, role and way of asking; LMS_LONG=1 sends five hundred and chooses them anew each time.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lms import create_app
from lms.access import public
from lms.certificates.limits import Limiter
from lms.db import db
from tests import databases
from tests.api import site
from tests.api.site import ROLES, Program, World
from tests.factories import Make
from tests.long import LONG

EXAMPLES = 500 if LONG else 20
pytestmark = pytest.mark.timeout(3600 if LONG else 120)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
# An organiser may do nothing here: asked by one way, so that being turned away does not cost as much as being let in.
WAYS = {"organiser": ("cookie", "token") if LONG else ("token",)}
WHO = [("nobody", "cookie"), *((role, way) for role in ROLES for way in WAYS.get(role, ("cookie", "token")))]
READERS = {"manager", "inspector", "administrator"}
EVERYBODY = {"nobody", *ROLES}
# who is let in
OPERATIONS = {
    "GET /api/v1/certificates/{code}": EVERYBODY,
    "GET /api/v1/courses/{course}/package": {"learner"},
    "GET /api/v1/courses/{course}/package/{digest}": {"learner"},
    "GET /api/v1/coverage": READERS,
    "GET /api/v1/keys": EVERYBODY,
    "GET /api/v1/openapi.json": EVERYBODY,
    "POST /api/v1/submissions": {"learner"},
}


@dataclass
class Served:
    """`known`: path parameters that stand for something, so that not every request meets a 404."""

    app: Flask
    world: World
    schema: Any
    known: dict[str, str]
    cases: dict[str, st.SearchStrategy[Case]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """On SQLite, one database for all: what one request leaves behind the next one meets."""
    folder = tmp_path_factory.mktemp("contract")
    shutil.copy(Path(os.environ["LMS_TEST_ROOT"]) / "template.sqlite", folder / "test.sqlite")
    app = create_app(databases.settings_for(f"sqlite:///{folder / 'test.sqlite'}", folder))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.extensions["certificate_checks"] = Limiter(most=10**9)  # of one address, which asks more often than any other
    with app.app_context():
        world = site.build(Make())
        manifest = Program(app, world.tokens["learner"]).get("/api/v1/courses/k1/package").get_json()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    schema.config.generation.update(with_security_parameters=False)
    known = {"code": world.code, "course": "k1", "digest": manifest["files"][0]["sha256"]}
    yield Served(app, world, schema, known)
    with app.app_context():
        db.engine.dispose()


def test_the_list_of_operations_is_whole(served: Served) -> None:
    paths = served.schema.raw_schema["paths"]
    assert {f"{method.upper()} {path}" for path, told in paths.items() for method in told} == set(OPERATIONS)


@pytest.mark.parametrize("label", OPERATIONS)
@pytest.mark.parametrize(("role", "way"), WHO, ids=[f"{role}-{way}" for role, way in WHO])
def test_answers_are_as_the_document_says(served: Served, role: str, way: str, label: str) -> None:
    seen: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=not LONG,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(served, label))
    def ask(case: Case) -> None:
        answer = case.call_and_validate(checks=CHECKS, **credentials(served, role, way))
        seen.add(answer.status_code)

    ask()
    assert any(status < 300 for status in seen) is (role in OPERATIONS[label]), seen


def cases(served: Served, label: str) -> st.SearchStrategy[Case]:
    """What fits the document, about things that exist and things that do not, and what does not fit it. Made once."""
    if label not in served.cases:
        served.cases[label] = _cases(served, label)
    return served.cases[label]


def _cases(served: Served, label: str) -> st.SearchStrategy[Case]:
    operation = served.schema.find_operation_by_label(label)
    assert operation is not None
    known = {name: value for name, value in served.known.items() if f"{{{name}}}" in label}
    fitting = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    about_known = operation.as_strategy(generation_mode=GenerationMode.POSITIVE, path_parameters=known or None)
    unfit = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return st.one_of(fitting, about_known, unfit) if can_be_unfit(operation) else st.one_of(fitting, about_known)


def can_be_unfit(operation: Any) -> bool:
    """An operation that takes nothing cannot be sent anything wrong."""
    return bool(operation.body) or any(True for _parameter in operation.iter_parameters())


def credentials(served: Served, role: str, way: str) -> dict[str, Any]:
    plain = {"Accept-Encoding": "identity"}  # what reads the answers here knows no zstd
    if way == "token":
        return {"headers": plain | {"Authorization": f"Bearer {served.world.tokens[role]}"}}
    ours = plain | {"X-LHP": "1"}
    if role == "nobody":
        return {"headers": ours}
    name, _is, value = site.cookie(served.app, served.world.visits[role]).partition("=")
    return {"headers": ours, "cookies": {name: value}}


@pytest.mark.parametrize("answer", [lambda: {"keys": [1]}, lambda: ("", 500), lambda: ({"keys": []}, 201)])
def test_what_is_otherwise_is_seen(served: Served, monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    """The negative control: another shape, a fault of the server, a status that is not in the document."""
    operation = served.schema.find_operation_by_label("GET /api/v1/keys")
    operation.Case().call_and_validate(checks=CHECKS)
    monkeypatch.setitem(served.app.view_functions, "api_packages.keys", public(lambda: answer()))
    with pytest.raises(FailureGroup):
        operation.Case().call_and_validate(checks=CHECKS)
