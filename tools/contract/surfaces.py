"""What the product itself says of its routes, its settings and the people of its demo."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from lms.access import CAPABILITIES, policy_of
from lms.config import Settings
from lms.demo import cast
from lms.demo.commands import STAFF
from lms.web import metrics

PATHS = {
    "sign_in": ("GET", "POST", "/dang-nhap"),
    "submissions": ("POST", "/api/v1/submissions"),
    "course_package": ("GET", "/api/v1/courses/{course}/package"),
    "certificate_check_page": ("GET", "/c/{code}"),
    "certificate_check": ("GET", "/api/v1/certificates/{code}"),
    "coverage_page": ("GET", "/ty-le"),
    "coverage": ("GET", "/api/v1/coverage"),
    "openapi": ("GET", "/api/v1/openapi.json"),
    "healthz": ("GET", "/healthz"),
    "readyz": ("GET", "/readyz"),
}
METRICS = {"path": metrics.PATH, "methods": ["GET"], "open_to": {"bearer": "the value of LMS_METRICS_TOKEN"}}
"""Answered before the application, where it has a token (lms/web/metrics.py): no route of its map."""
QUERY = {
    "coverage": {
        "on": "the day of the figure, 2026-12-14 or 14/12/2026; default: today",
        "tree_on": "the tree of places it is shown on; default: that of the day",
        "known_on": "with what had been recorded by the end of this day; default: now",
        "scope": "code or name of a scope; default: the plan's",
        "by": "any of unit, hamlet, role, sex, with commas; empty: the total alone",
        "basis": "valid or ever; default: valid",
    },
}
_VARIABLE = re.compile(r"<(?:[^<>:]+:)?([^<>:]+)>")


class NotServed(LookupError):
    """The contract names a request that the application has no route for."""


def routes(app: Flask) -> dict[str, set[str]]:
    """path as the contract writes it ("/c/{code}") → methods."""
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        found.setdefault(_VARIABLE.sub(r"{\1}", rule.rule), set()).update(rule.methods or ())
    return found


def paths(app: Flask) -> dict[str, Any]:
    """The surfaces of contracts.md that this version serves."""
    served = routes(app)
    found = {name: _path(app, name, list(methods), path) for name, (*methods, path) in PATHS.items() if path in served}
    return found | {"metrics": METRICS}


def _path(app: Flask, name: str, methods: list[str], path: str) -> dict[str, Any]:
    if not set(methods) <= routes(app)[path]:
        raise NotServed(f"{methods} {path}")
    query = {"query": QUERY[name]} if name in QUERY else {}
    return {"path": path, "methods": methods, "open_to": _open_to(app, path), **query}


def _open_to(app: Flask, path: str) -> dict[str, Any]:
    """Who may enter: anybody, or who holds one of these capabilities; a program's token needs the scope."""
    rule = next(rule for rule in app.url_map.iter_rules() if _VARIABLE.sub(r"{\1}", rule.rule) == path)
    policy = policy_of(app.view_functions[rule.endpoint])
    if policy is None or policy.public:
        return {"anybody": policy is not None}
    scope = {"token_scope": policy.scope} if policy.scope else {}
    return {"capabilities": list(policy.capabilities), **scope}


def environment() -> list[dict[str, Any]]:
    """Every setting: the variable, its type, its default and what it means; secrets are marked as such."""
    return [_setting(name, field) for name, field in Settings.model_fields.items()]


def _setting(name: str, field: FieldInfo) -> dict[str, Any]:
    default = field.get_default(call_default_factory=True, validated_data={})
    return {
        "name": f"LMS_{name.upper()}",
        "type": _type(field),
        "default": None if default is PydanticUndefined else json.loads(json.dumps(default, default=str)),
        "secret": field.repr is False,
        "meaning": field.description or "",
    }


def _type(field: FieldInfo) -> str:
    text = str(field.annotation if not isinstance(field.annotation, type) else field.annotation.__name__)
    return re.sub(r"\b(?:typing|pathlib)\.", "", text)


def demo() -> dict[str, Any]:
    """What `lms demo --json` makes; learners' numbers are drawn with their story, so the command tells them."""
    wards = [area for area in cast.AREAS.values() if area.startswith("Phường")]
    return {
        "command": "lms demo --no-serve --json",
        "staff": STAFF,
        "answer": "a list of accounts on stdout; progress on stderr; a second run keeps everything",
        "account": _account_fields(),
        "pin": cast.PIN,
        "areas": wards,
        "above_them": [area for area in cast.AREAS.values() if area not in wards],
        "capabilities": list(CAPABILITIES),
        "each": f"{cast.EACH} accounts of every capability in every one of the areas",
        "learner_states": {"chưa học": "not begun", "đang học dở": "under way", "đã đạt": "passed"},
        "office_accounts": [_listed(who) for _unit, who in cast.office_cast()],
    }


def _account_fields() -> Mapping[str, str]:
    return {
        "who": "name",
        "area": "ward or province",
        "capability": "one of capabilities",
        "phone": "for signing in, as people write it",
        "pin": "six digits",
        "main": "shown on the sign-in page",
        "state": "how far a learner is, else empty",
    }


def _listed(who: cast.DemoAccount) -> dict[str, str]:
    return {name: getattr(who, name) for name in ("who", "area", "capability", "phone", "pin")}


def unserved(app: Flask, steps: list[dict[str, Any]]) -> Iterator[str]:
    """Requests of a journey that no route answers."""
    served = {re.sub(r"\{\w+\}", "{}", path): methods for path, methods in routes(app).items()}
    for step in steps:
        if "repeat" in step:
            yield from unserved(app, step["repeat"]["steps"])
        elif step["method"] not in served.get(re.sub(r"\{\w+\}", "{}", step["path"].partition("?")[0]), set()):
            yield f"{step['method']} {step['path']}"
