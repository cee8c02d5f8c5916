"""S43: nothing that is sent becomes part of a statement: not by search, sort, filter, export, path or JSON.

Told by the statements themselves, on both engines: a word that no program of ours holds is sent in every place there
is, and must never stand in the text of a statement, only among its values. That is more than an attack can show, since
one has to guess where the word would have stood.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

import pytest
from flask import Flask, request
from sqlalchemy import text
from werkzeug.routing import Rule

from lms.access import public
from lms.db import db
from lms.quizzes.models import Attempt
from tests.access.test_extra_fields import columns
from tests.access.test_hostile import FIELDS, NAMES, addresses, everybody, routes
from tests.attacks.test_what_is_anothers import statements
from tests.certificates.people import HERE, Page, Visitor
from tests.factories import Make
from tests.quizzes.learners import count

__all__ = ["everybody"]
pytestmark = [pytest.mark.both, pytest.mark.attack("S43")]
WORD = "qzlaq"
TRICKS = (
    f"{WORD}' OR '1'='1' --",
    f'{WORD}" OR "1"="1" /*',
    f"{WORD}'; DROP TABLE attempt; --",
    f"{WORD}' UNION SELECT pin_hash FROM account --",
    f"1 {WORD}, (SELECT pg_sleep(5))",
    f"{WORD}\\' OR 1=1 #",
    f"{WORD}%27%20OR%201=1",
    f"{WORD}$$;SELECT 1;$$",
)
SORTS = ("sort", "order", "order_by", "sap-xep", "xep", "thu-tu", "cot", "col", "columns", "dir", "limit", "offset")


def asked(rule: Rule) -> str:
    *_hostile, plain = addresses(rule)
    return plain


def in_text(sent: list[str]) -> list[str]:
    return [statement for statement in sent if WORD in statement.lower()]


def names() -> Iterator[str]:
    yield from dict.fromkeys((*NAMES, *SORTS, "ngay", "dia-ban", "cach", "cay", "biet", "tt", "vai", "danh-sach"))


def test_no_question_becomes_a_statement(app: Flask, everybody: Visitor) -> None:
    """Every page, list and export, every parameter at once."""
    for rule in routes(app, "GET"):
        for trick in TRICKS[:1]:
            with statements() as sent:
                page = everybody.get(asked(rule), query_string=[(name, trick) for name in names()])
            assert in_text(sent) == [], rule.rule
            assert page.status < 500 or rule.endpoint == "web.readyz"


QUESTION = ("ngay", "dia-ban", "cach", "cay", "biet")
LISTS = {
    "/nguoi": ("tim", "noi", "vai", "tt", "sau", *SORTS),
    "/nguoi.xlsx": ("tim", "vai"),
    "/so-cap-giay": ("tim", "tinh-trang", "sau"),
    "/so-cap-giay.xlsx": ("tim",),
    "/ty-le": (*QUESTION, "phuong"),
    "/ty-le/nguoi": (*QUESTION, "noi", "vai", "tt", "trang", "khom"),
    "/the-dang-nhap": ("tim", "chi", "danh-sach", "sau"),
    "/quan-tri/tai-khoan": ("tim", "sau"),
    "/dia-ban": ("tim", "noi", "ngay"),
    "/danh-sach/xac-nhan": ("noi", "ngay", "nganh"),
    "/api/v1/coverage": ("on", "tree_on", "known_on", "scope", "by", "basis"),
    "/c": ("ma",),
}


@pytest.mark.parametrize("url", LISTS)
def test_each_filter_alone_becomes_none_either(app: Flask, everybody: Visitor, url: str) -> None:
    """A wrong filter beside it may keep a right one from being read; here each stands alone."""
    for name in LISTS[url]:
        with statements() as sent:
            everybody.get(url, query_string={name: TRICKS[0]})
        assert in_text(sent) == [], f"{url}?{name}="


def test_the_search_of_one_ward_becomes_none_either(app: Flask, everybody: Visitor, make: Make) -> None:
    """Whoever sees an area is asked about in another way than whoever sees everything."""
    manager = Visitor(app, make.account("Lê Thị Mẫu", capability="manager", unit=HERE))
    for url in ("/nguoi", "/nguoi.xlsx", "/so-cap-giay", "/the-dang-nhap", "/ty-le/nguoi"):
        for state in ("", "all", "left"):
            with statements() as sent:
                manager.get(url, query_string={"tim": TRICKS[0], "tt": state})
            assert in_text(sent) == [], url


def tricked(rule: Rule, trick: str) -> str:
    """The address with the trick in the place of every word in it."""

    def value(match: re.Match[str]) -> str:
        number = type(rule._converters[match[1]]).__name__ == "Id"
        return "1" if number else quote(trick.replace("/", ""), safe="")

    return re.sub(r"<(?:[^:>]+:)?(\w+)>", value, rule.rule)


def test_no_word_of_an_address_becomes_one(app: Flask, everybody: Visitor) -> None:
    for rule in (rule for rule in app.url_map.iter_rules() if rule.arguments and rule.endpoint != "static"):
        for trick in TRICKS[:1]:
            for method in {"GET", "POST"} & (rule.methods or set()):
                send = everybody.get if method == "GET" else everybody.post
                with statements() as sent:
                    send(tricked(rule, trick))
                assert in_text(sent) == [], f"{method} {rule.rule}"


def test_no_field_becomes_one(app: Flask, everybody: Visitor) -> None:
    """Every form, with every field that any form has and every column as a field."""
    fields = sorted({*FIELDS, *columns()})
    for rule in routes(app, "POST"):
        for trick in (TRICKS[0], TRICKS[2]):
            with statements() as sent:
                everybody.post(asked(rule), dict.fromkeys(fields, trick))
            assert in_text(sent) == [], rule.rule
    assert count(Attempt) >= 0, "the table is still there"


def test_no_part_of_a_json_body_becomes_one(everybody: Visitor) -> None:
    """As a value, as a key, as a path into JSON."""
    for trick in TRICKS:
        good = {"id": str(uuid.uuid4()), "ticket": trick, "answers": [{"item": 1, "answer": [trick], trick: trick}]}
        with statements() as sent:
            page = everybody.post(
                "/api/v1/submissions",
                json.dumps(good | {trick: {trick: [trick]}, f"$.{trick}": trick}),
                headers={"X-LHP": "1", "Content-Type": "application/json"},
            )
        assert page.status == 202
        assert in_text(sent) == []


def test_what_would_be_true_for_everybody_finds_nobody(everybody: Visitor, make: Make) -> None:
    """Seen from outside: a condition that holds for every row adds no row, and a quote is a letter of a name."""
    make.assignment(make.person("Thạch Thị D'Arc"), "CTV_DS", HERE, date(2025, 7, 1))
    everyone = everybody.get("/nguoi?tt=all").main
    assert "D'Arc" in everyone and "Huỳnh Thị Út" in everyone
    for trick in ("zzz' OR '1'='1", "zzz%' OR 1=1 --", "zzz') OR ('1'='1", "%", "_", "zzz\\"):
        page: Page = everybody.get("/nguoi", query_string={"tim": trick, "tt": "all"})
        assert page.status == 200
        assert "Huỳnh Thị Út" not in page.main or trick in ("%", "_"), trick
    assert "D'Arc" in everybody.get("/nguoi", query_string={"tim": "d'arc", "tt": "all"}).main


def test_a_statement_put_together_from_words_is_seen(app: Flask, everybody: Visitor) -> None:
    """The negative control: one view of the careless kind, and the instrument above points at it."""

    def careless() -> str:
        found = db.session.execute(text(f"SELECT count(*) FROM attempt WHERE ticket = '{request.args['tim']}'"))
        return str(found.scalar())

    app.add_url_rule("/bat-can", "careless", public(careless))
    with statements() as sent:
        assert everybody.get("/bat-can", query_string={"tim": TRICKS[0]}).main == ""
    assert len(in_text(sent)) == 1
