"""Every answer of the API that any test gets is held against the API's own OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Flask, Response, request
from jsonschema import Draft202012Validator

from lms.api.openapi import PROBLEM, document

_PROBLEM = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def watch(app: Flask) -> list[str]:
    """What is otherwise than the document says, answer by answer, as it happens; no answer is changed."""
    faults: list[str] = []

    def look(response: Response) -> Response:
        made_for_a_test = request.url_rule is not None and not (request.endpoint or "").startswith("api_")
        if request.path.startswith("/api/v1/") and request.method != "OPTIONS" and not made_for_a_test:
            faults.extend(f"{request.method} {request.path[:80]}: {fault}" for fault in faults_of(response))
        return response

    app.after_request_funcs.setdefault(None, []).append(look)
    return faults


def faults_of(response: Response) -> list[str]:
    """Of the answer to the request at hand."""
    if request.url_rule is None and 300 <= response.status_code < 400:
        return []  # to the address as it should have been written
    described = _described(response.status_code)
    if described is None:
        return [f"{response.status_code} is not in the document"]
    content = described.get("content", {})
    if not content:  # the server sends none with a 304, whatever the response still holds here
        return [f"{response.status_code} has a body"] if response.get_data() and response.status_code != 304 else []
    if response.mimetype not in content:
        return [f"{response.status_code} as {response.mimetype} is not in the document"]
    schema = content[response.mimetype].get("schema")
    if schema is None:
        return []
    return [error.message[:200] for error in validator(schema["$ref"]).iter_errors(response.get_json())]


def _described(status: int) -> Mapping[str, Any] | None:
    """The answer that the document tells of; for a route that there is not, problem details."""
    rule = request.url_rule
    if rule is None:
        return {"content": _PROBLEM}
    path = rule.rule.replace("<", "{").replace(">", "}")
    found: Mapping[str, Any] | None = the_document()["paths"][path][request.method.lower()]["responses"].get(
        str(status)
    )
    return found


@lru_cache
def the_document() -> dict[str, Any]:
    return document()


@lru_cache
def validator(reference: str) -> Draft202012Validator:
    whole = {"$ref": reference, "components": the_document()["components"]}
    return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
