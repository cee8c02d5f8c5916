"""Whatever an address or a form holds, the answer is a page of ours: never a 500, never a stored half.

Somebody with every right asks, so that each value reaches the query behind the door. On both engines: SQLite bears
characters and numbers that PostgreSQL refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from werkzeug.routing import Rule

from lms.accounts.models import Grant
from lms.db import db
from tests.certificates.people import HERE, Visitor
from tests.factories import Make

pytestmark = pytest.mark.both
HUGE = "9" * 30
PATHS = {"int": (HUGE, "9223372036854775808", "0"), "default": ("%00", "%FF%FE", "a" * 3000, "%F0%9F%92%A5", HUGE)}
NAMES = ("tim", "sau", "nguoi", "on", "tree_on", "known_on", "scope", "by", "basis", "state", "unit", "role", "cau")
NAMES += (
    "phuong",
    "vao",
    "tu",
    "chon",
    "ma",
    "next",
    "dien-thoai",
    "tinh-trang",
    "chi",
    "tep",
    "trang",
    "ban",
    "xem",
    "noi",
    "khoa",
)
VALUES = ("\x00", HUGE, "-1", "💥" * 400, "2026-02-30", "\ud7ff", "%_' OR 1=1 --")
FIELDS = ("phone", "pin", "secret", "choice", "client_id", "unanswered", "name", "office", "capability", "unit", "line")
FIELDS += ("answer", "seen", "message", "parts", "why", "full_name", "birth", "sex", "note", "role", "first_day", "day")
FIELDS += ("decision", "language", "unlock_pin", "unlock_phone", "unlock_then", "person_id", "last_day", "as_of")
FIELDS += (
    "list_date",
    "vao",
    "noi",
    "into",
    "nguoi",
    "ask_phone",
    "new_pin",
    "again",
    "current_pin",
    "title",
    "body",
    "stem",
)
_PARAMETER = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")


@pytest.fixture
def everybody(app: Flask, make: Make) -> Visitor:
    """One person with every right, and a course to learn."""
    make.edition()
    person = make.person("Huỳnh Thị Út", birth_date=date(1971, 1, 1), birth_precision="year")
    make.assignment(person, "CTV_DS", HERE, date(2025, 7, 1))
    account = make.account(person_id=person, capability="learner")
    with db.write() as session:
        for capability in ("trainer", "organiser", "manager", "inspector", "administrator"):
            session.add(Grant(account_id=account, capability=capability, valid_from=date(2020, 1, 1), granted_by="t"))
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return Visitor(app, account)


def addresses(rule: Rule) -> Iterator[str]:
    """The rule with hostile values, then with plain ones."""
    kinds = [kind or "default" for kind, _name in _PARAMETER.findall(rule.rule)]
    rounds = max([len(PATHS.get(kind, PATHS["default"])) for kind in kinds], default=0)
    for turn in range(rounds + 1):
        values = iter([_value(kind, turn, rounds) for kind in kinds])
        yield _PARAMETER.sub(lambda _match, values=values: next(values), rule.rule)


def _value(kind: str, turn: int, rounds: int) -> str:
    hostile = PATHS.get(kind, PATHS["default"])
    return hostile[turn % len(hostile)] if turn < rounds else {"int": "1"}.get(kind, "k1")


def routes(app: Flask, method: str) -> list[Rule]:
    left_out = ("static", "accounts.sign_out", "accounts.end_everywhere")
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    return [rule for rule in found if rule.endpoint not in left_out and not rule.rule.startswith("/mau")]


def test_no_address_breaks_the_server(app: Flask, everybody: Visitor) -> None:
    broken = []
    for rule in routes(app, "GET"):
        for url in addresses(rule):
            answer = everybody.get(url)
            if answer.status >= 500 and rule.endpoint != "web.readyz":
                broken.append((url[:80], answer.status))
    assert broken == []


@pytest.mark.attack("S43")
def test_no_question_breaks_the_server(app: Flask, everybody: Visitor) -> None:
    broken = []
    for rule in routes(app, "GET"):
        *_hostile, url = addresses(rule)
        for value in VALUES:
            answer = everybody.get(url, query_string=[(name, value) for name in NAMES])
            if answer.status >= 500 and rule.endpoint != "web.readyz":
                broken.append((url, value[:20], answer.status))
    assert broken == []


def test_no_form_breaks_the_server(app: Flask, everybody: Visitor) -> None:
    broken = []
    for rule in routes(app, "POST"):
        *_hostile, url = addresses(rule)
        for value in VALUES:
            answer = everybody.post(url, dict.fromkeys(FIELDS, value))
            if answer.status >= 500:
                broken.append((url, value[:20], answer.status))
        for hostile in addresses(rule):
            answer = everybody.post(hostile, {})
            if answer.status >= 500:
                broken.append((hostile[:80], "", answer.status))
    assert broken == []
