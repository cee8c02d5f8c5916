"""The OpenAPI document of /api/v1, generated from the routes, their rights and the models of schemas.py.

SpecTree collects; it validates nothing (see schemas.py) and shows no pages, which would need scripts of others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, jsonify
from pydantic import BaseModel
from spectree import Response as Answered
from spectree import SpecTree

from lms.access import Policy, policy_of, public
from lms.api import schemas

bp = Blueprint("api_openapi", __name__, url_prefix="/api/v1")

View = TypeVar("View", bound=Callable[..., Any])
PROBLEM = "application/problem+json"
EVERYWHERE = (400, 401, 429, 500, 503)
CLOSED = (403, 404)
PATHS = {
    "code": "A certificate's code of 16 characters, with or without dashes.",
    "course": "A course's code, e.g. k1.",
    "digest": "SHA-256 of the file, 64 digits.",
}

tree = SpecTree(
    "flask",
    annotations=False,
    mode="strict",
    title="Lớp học phường",
    version="1",
    validation_error_status=400,
    validation_error_model=schemas.Problem,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
)


class Answers(Answered):
    """What an operation answers: models by status, refusals as problem details, files by their types."""

    def __init__(
        self,
        answers: Mapping[int, type[BaseModel] | None],
        refusals: Iterable[int],
        files: Iterable[str],
        headers: Iterable[str],
    ) -> None:
        self.refusals, self.files, self.headers = frozenset(refusals), tuple(files), tuple(headers)
        models: dict[int, Any] = dict.fromkeys(self.refusals, schemas.Problem) | dict(answers)
        super().__init__(**{f"HTTP_{status}": model for status, model in sorted(models.items())})

    def generate_spec(self, naming_strategy: Callable[[Any], str] = lambda model: model.__name__) -> dict[str, Any]:
        described: dict[str, Any] = super().generate_spec(naming_strategy)
        problem = {PROBLEM: {"schema": {"$ref": f"#/components/schemas/{naming_strategy(schemas.Problem)}"}}}
        for refusal in self.refusals:
            content = described[str(refusal)]["content"]
            mine = {} if content["application/json"] == problem[PROBLEM] else content
            described[str(refusal)]["content"] = mine | problem
        if self.files:
            described["200"]["content"] = {kind: {} for kind in self.files}
        for status in ("200", "304"):
            if self.headers and status in described:
                described[status]["headers"] = {name: {"schema": {"type": "string"}} for name in self.headers}
        return dict(sorted(described.items()))


def describe(
    answers: Mapping[int, type[BaseModel] | None],
    *,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    headers: type[BaseModel] | None = None,
    refusals: Iterable[int] = (),
    files: Iterable[str] = (),
    sends: Iterable[str] = (),
) -> Callable[[View], View]:
    """Put the view (its right already declared) into the document. `sends`: names of headers of its answers."""

    def mark(view: View) -> View:
        policy = policy_of(view)
        if policy is None:
            raise ValueError(f"{view.__name__}: its right is not declared")
        known = {*EVERYWHERE, *refusals, *(() if policy.public else CLOSED)}
        made: View = tree.validate(
            query=query,
            json=body,
            headers=headers,
            resp=Answers(answers, known, files, sends),
            security=_security(policy),
            tags=[view.__module__.rpartition(".")[2]],
            path_parameter_descriptions=PATHS,
            operation_id=view.__name__,
            skip_validation=True,
        )(view)
        return made

    return mark


def _security(policy: Policy) -> list[dict[str, list[str]]]:
    """A visit's cookie, or a token made for the scope; nothing for what is public."""
    return [] if policy.public else [{"session": []}, {"bearer": [policy.scope or ""]}]


@bp.get("/openapi.json")
@describe({200: schemas.Document})
@public
def openapi() -> Response:
    """This document, in OpenAPI 3.1."""
    return jsonify(document())


def document() -> dict[str, Any]:
    """The whole document, of the application at hand."""
    made: dict[str, Any] = deepcopy(tree.spec)
    cookie = current_app.config["SESSION_COOKIE_NAME"]
    made["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": "A visit that began on a page."},
        "bearer": {"type": "http", "scheme": "bearer", "description": "lms accounts token create"},
    }
    return made
