"""S19: before an attempt is closed nothing that a learner can get depends on what is right."""

from __future__ import annotations

import base64
import json
import random
import re
import uuid
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask

from lms import create_app
from lms.db import db
from lms.quizzes import attempts, rules
from lms.quizzes.items import read_item
from lms.quizzes.queries import paper
from tests.attacks.test_what_is_anothers import statements
from tests.certificates.people import Page, Visitor
from tests.databases import new_sqlite, settings_for
from tests.editions import CANARY, Body, multiple, single, true_false
from tests.factories import Make
from tests.quizzes.learners import Learner, attempt_of, begin_in, items, new_learner, right, wrong

SAME_DICE = SimpleNamespace(SystemRandom=lambda: random.Random(5))
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
OURS = {"X-LHP": "1", "Content-Type": "application/json"}
JSON = {"Accept": "application/json"}
LEFT_OUT = ("static", "web.readyz", "web.leave")  # leaving quickly locks the device: nothing would be seen after it
LETTERS = ("b", "ac", False), ("c", "ab", True)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TAKEN_ALONG = re.compile(r"/api/v1/courses/k1/package/[0-9a-f]{64}")
_CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def course(one: str, several: str, alone: bool) -> list[Body]:
    """A course whose key is `one` for its single items, `several` for the multiple one, `alone` for true or false."""
    pair = {"must_be_right": True, "tags": ["cap-an-toan"]}
    singles = [single(number, one) for number in range(5, 12)]
    return [single(1, one, **pair), single(2, one, **pair), multiple(3, several), true_false(4, alone), *singles]


def addresses(app: Flask, ticket: str) -> Iterator[str]:
    """Every address that can be opened, with this learner's own things where it names one."""
    known = {
        "code": "k1",
        "course": "k1",
        "ticket": ticket,
        "n": "1",
        "m": "1",
        "number": "1",
        "path": "x",
        "digest": "0" * 64,
    }
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if "GET" in (rule.methods or ()) and rule.endpoint not in LEFT_OUT:
            yield re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda match: known.get(match[1], "7"), rule.rule)
    yield from (f"/lam-bai/{ticket}/{place}{more}" for place in range(12) for more in ("", "?xem=1"))
    yield from (f"/khoa-hoc/k1/bai/{n}/luyen-tap?cau={k}&chon={a}" for n in (1, 2) for k in (1, 2) for a in "abc")
    yield from ("/khoa-hoc/k1/bai/2", "/khoa-hoc/k1/bai/99", "/static/js/quiz.js", "/static/js/quiz.js.map")


def whole_of(page: Page) -> str:
    """The answer with its headers, and with what the signed cookie says to whoever unpacks it."""
    headers = "\n".join(f"{name}: {value}" for name, value in page.answer.headers)
    return f"{page.status}\n{headers}\n{_cookies(page)}\n{page.html}"


def _cookies(page: Page) -> str:
    """A cookie of ours is signed, not sealed: base64 of JSON, packed where that is shorter (it begins with a dot)."""
    said = ""
    for line in page.answer.headers.getlist("Set-Cookie"):
        value = line.partition("=")[2].partition(";")[0]
        body = value.lstrip(".").partition(".")[0]
        data = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)) if body else b""
        said += (zlib.decompress(data) if value.startswith(".") else data).decode("utf-8", "replace")
    return said


def deeds(ticket: str) -> Iterator[tuple[str, Any, dict[str, str]]]:
    """What can be sent while the attempt is open, but not what closes it: right, wrong and impossible answers."""
    api = "/api/v1/submissions"
    for place in range(1, 11):
        for choice in ("b", "c", "true", "false", "zz"):
            yield f"/lam-bai/{ticket}/{place}", {"choice": choice, "save": "1"}, JSON
        yield f"/lam-bai/{ticket}/{place}", {"choice": ["a", "b"], "next": "1"}, {}
    yield f"/lam-bai/{ticket}/nop", {"client_id": "none", "unanswered": "0"}, {}
    yield f"/lam-bai/{ticket}/nop", {}, {}
    for answers in ([{"item": 99, "answer": ["a"]}], [{"item": 1, "answer": ["zz"]}], [{"item": 1}], "x"):
        yield api, json.dumps({"id": str(uuid.uuid4()), "ticket": ticket, "answers": answers}), OURS
    yield "/khoa-hoc/k1/kiem-tra", {}, {}


def walk(app: Flask, browser: Visitor, ticket: str, *, sends: bool = True) -> Iterator[tuple[str, str, int]]:
    """(what was asked, all that came back, how many statements it took)"""
    waiting = list(addresses(app, ticket))
    for url in waiting:
        with statements() as sent:
            page = browser.get(url)
        yield f"GET {url}", whole_of(page), len(sent)
        waiting += set(_TAKEN_ALONG.findall(page.html)) - set(waiting)
    for url, data, headers in deeds(ticket) if sends else ():
        with statements() as sent:
            page = browser.post(url, data, headers=headers)
        yield f"POST {url} {data}", whole_of(page), len(sent)


@pytest.mark.attack("S19")
@pytest.mark.both
def test_nothing_that_can_be_got_holds_a_canary(app: Flask, make: Make) -> None:
    """Keys, feedback, items that were not drawn: in no page, header, cookie, JSON answer or refusal."""
    app.config["WTF_CSRF_ENABLED"] = False
    make.edition(course(*LETTERS[0]), draw=6)  # so five are left out, at most four of them those that are practised
    learner = new_learner(make)
    browser = Visitor(app, learner.account_id)
    assert CANARY in browser.get("/khoa-hoc/k1/bai/1/luyen-tap?cau=1&chon=a").html, "practice tells, before"
    ticket = begin_in(browser)
    drawn = {item.stem for item in items(ticket)}
    others = [f"Câu hỏi số {n}?" for n in range(5, 12) if f"Câu hỏi số {n}?" not in drawn]  # 1 to 4 are practised
    assert others
    unseen = set(drawn)
    for asked, whole, _count in walk(app, browser, ticket):
        unseen -= {stem for stem in unseen if stem in whole}
        assert CANARY not in whole, asked
        assert not [stem for stem in others if stem in whole], asked
        assert not re.search(r"correct|must_be_right|version_id|sourceMappingURL", whole), asked
    assert unseen == set(), "a walk that does not come to every question proves nothing"
    assert attempt_of(ticket).closed_at is None


def told(key: tuple[str, str, bool], folder: Path, *, sends: bool = True) -> list[tuple[str, str, int]]:
    """All that a learner gets of a course with this key, on the same day, with the same dice."""
    folder.mkdir()
    app = create_app(settings_for(new_sqlite(folder), folder))
    app.config["WTF_CSRF_ENABLED"] = False
    with time_machine.travel(NOW, tick=False), app.app_context():
        make = Make()
        make.edition(course(*key))
        browser = Visitor(app, new_learner(make).account_id)
        ticket = begin_in(browser)
        found = [
            (_blank(asked), _blank(whole), count) for asked, whole, count in walk(app, browser, ticket, sends=sends)
        ]
        db.session.rollback()
        db.engine.dispose()
    return found


def _blank(text: str) -> str:
    """Without what is drawn anew each time: tickets, receipts, signatures of cookies and packages.

    Nor is the hash of an edition compared: all that it was made of goes into it, and nobody guesses the feedback of
    every option at once, which is in it too.
    """
    drawn = r'Set-Cookie: [^\n]*|"(?:_user_id|csrf_token|jws|value|signature)": ?"[^"]*"'
    text = re.sub(rf'{drawn}|name="csrf_token" value="[^"]*"|"content_hash": ?"[0-9a-f]{{64}}"', "", text)
    return _CODE.sub("code", _UUID.sub("uuid", text))


@pytest.mark.attack("S19")
def test_two_keys_cannot_be_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same course with another key gives the same bytes and takes the same work, whatever one opens or sends: so
    nothing can be read from wording, order, lengths, headers, refusals, or from how long it takes."""
    monkeypatch.setattr(attempts, "random", SAME_DICE)
    first, second = (told(key, tmp_path / str(number)) for number, key in enumerate(LETTERS))
    assert len(first) > 150
    for (asked, one, work), (_asked, other, same_work) in zip(first, second, strict=True):
        assert (one, work) == (other, same_work), asked


@pytest.mark.attack("S19")
def test_a_single_letter_would_tell_them_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a space after the right option, and every difference is on a page of the quiz."""
    shown = paper.option_text
    monkeypatch.setattr(attempts, "random", SAME_DICE)
    marked = {True: " ", False: ""}
    monkeypatch.setattr(paper, "option_text", lambda item, option: shown(item, option) + marked[option.correct])
    first, second = (told(key, tmp_path / str(number), sends=False) for number, key in enumerate(LETTERS))
    apart = {asked for (asked, *one), (_asked, *other) in zip(first, second, strict=True) if one != other}
    assert len(apart) >= 10
    assert all("/lam-bai/" in asked for asked in apart)


@pytest.mark.attack("S19")
@pytest.mark.parametrize("key", ["a", "b", "c"])
def test_the_place_of_an_option_says_nothing(key: str) -> None:
    """Of many draws the right option stands in each place equally often, within five standard deviations."""
    draws, rng = 3000, random.Random(19)
    item = read_item(single(1, key))
    places = Counter(rules.draw({1: item}, 1, rng)[0].order.index(key) for _ in range(draws))
    expected, deviation = draws / 3, (draws * 2 / 9) ** 0.5
    assert all(abs(places[place] - expected) < 5 * deviation for place in range(3)), places


@pytest.mark.attack("S19")
@pytest.mark.both
def test_review_shows_what_the_rule_says_and_no_more(app: Flask, make: Make) -> None:
    """Handed in: the feedback of what was drawn, and to what was chosen or right; of nothing else."""
    app.config["WTF_CSRF_ENABLED"] = False
    make.edition(course(*LETTERS[0]))
    learner: Learner = new_learner(make)
    browser = Visitor(app, learner.account_id)
    ticket = begin_in(browser)
    chosen = {place: wrong(item) for place, item in enumerate(items(ticket), 1)}
    for place, answer in chosen.items():
        browser.post(f"/lam-bai/{ticket}/{place}", {"choice": answer, "next": "1"})
    browser.post(f"/lam-bai/{ticket}/nop", {"client_id": str(uuid.uuid4()), "unanswered": "0"})
    page = browser.get(f"/ket-qua/{ticket}").html
    expected = set()
    for place, item in enumerate(items(ticket), 1):
        expected |= {option.feedback for option in item.options if option.id in (*chosen[place], *right(item))}
    assert set(re.findall(rf"{CANARY} câu \d+ (?:ý )?\w+", page)) == expected
