"""Codes guessed by the thousand, and the public check harvested."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from lms.certificates import codes, limits
from lms.certificates.codes import ALPHABET, LENGTH, new_code
from lms.certificates.models import Certificate
from lms.certificates.queries import checking
from lms.db import db
from lms.people.scope import unscoped
from tests.certificates.people import NAME, Page, Visitor, certified, learner
from tests.factories import Make

both = pytest.mark.both


@pytest.fixture
def mine(app: Flask, make: Make) -> Certificate:
    return certified(learner(make))


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    app.config["WTF_CSRF_ENABLED"] = False
    return Visitor(app)


# ── codes ────────────────────────────────────────────────────────────────


@pytest.mark.attack("S37")
def test_a_code_says_nothing_of_the_next_one() -> None:
    """Ten thousand of them: none twice, each letter at each place, each bit as often set as not."""
    drawn = [new_code() for _ in range(10_000)]
    numbers = [sum(ALPHABET.index(sign) * 32**place for place, sign in enumerate(code)) for code in drawn]
    assert len(set(drawn)) == len(drawn) and {len(code) for code in drawn} == {LENGTH}
    assert all({code[place] for code in drawn} == set(ALPHABET) for place in range(LENGTH))
    ones = [sum(number >> bit & 1 for number in numbers) for bit in range(80)]
    assert all(4_700 < count < 5_300 for count in ones)
    following = [sum((a ^ b) >> bit & 1 for a, b in zip(numbers, numbers[1:], strict=False)) for bit in range(80)]
    assert all(4_700 < count < 5_300 for count in following)


@pytest.mark.attack("S37")
def test_a_code_that_counted_on_would_be_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the test above."""
    turn = iter(range(10**9))
    monkeypatch.setattr(codes.secrets, "choice", lambda signs: signs[next(turn) // LENGTH % len(signs)])
    with pytest.raises(AssertionError):
        test_a_code_says_nothing_of_the_next_one()


@both
@pytest.mark.attack("S37")
def test_of_ten_thousand_guesses_sixty_a_minute_are_looked_up(
    mine: Certificate, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By page, by form and by API together, whatever address the guesser claims to have."""
    looked_up: list[str] = []
    real = checking.check

    def counted(code: str) -> checking.Checked | None:
        looked_up.append(code)
        return real(code)

    monkeypatch.setattr(checking, "check", counted)
    monkeypatch.setattr(limits, "SECONDS", 3600.0)
    for place in range(240):
        said = {"X-Forwarded-For": f"198.51.100.{place}", "X-Real-IP": f"198.51.100.{place}"}
        url = (f"/c/{guess()}", f"/c?ma={guess()}", f"/api/v1/certificates/{guess()}")[place % 3]
        assert stranger.get(url, headers=said).status in (303, 404, 429)
    assert 0 < len(looked_up) <= 60
    assert stranger.get(f"/c/{mine.code}").status == 429


@pytest.mark.attack("S37")
def test_guessed_codes_are_nobodys(mine: Certificate, app: Flask) -> None:
    """The ten thousand without the brake: not one of 2 ** 80 is met."""
    guesses = {guess() for _ in range(10_000)}
    found = select(Certificate.code).where(Certificate.code.in_(sorted(guesses)[:900]))
    assert db.session.scalars(unscoped(found, "test")).all() == []
    assert mine.code not in guesses


def guess() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


# ── the check harvested ──────────────────────────────────────────────────

PARTS: dict[str, Callable[[Certificate], str]] = {
    "nothing": lambda one: "",
    "the name": lambda one: NAME,
    "the masked name": lambda one: "Huỳnh T. Ú.",
    "the serial": lambda one: str(one.paper["serial"]),
    "its row": lambda one: str(one.id),
    "all but a letter": lambda one: one.code[:-1],
    "all and a letter": lambda one: one.code + "0",
    "a wildcard": lambda one: one.code[:-1] + "%",
    "a joker": lambda one: one.code[:-1] + "_",
    "a star": lambda one: one.code[:4] + "*",
    "two codes": lambda one: f"{one.code},{one.code}",
    "a tail": lambda one: f"{one.code}.json",
    "a condition": lambda one: f"{one.code}' OR '1'='1",
    "a letter that is two in capitals": lambda one: "ß" + one.code[2:],
}
WAYS = ("/c/{}", "/c?ma={}", "/api/v1/certificates/{}", "/c?code={}", "/c?q={}", "/c?tim={}", "/c/?ma={}")
VARIANTS = (
    "/api/v1/certificates",
    "/api/v1/certificates/",
    "/c.json",
    "/c.xml",
    "/c/feed",
    "/sitemap.xml",
    "/c/danh-sach",
)


def shown(page: Page) -> bool:
    return "Huỳnh" in page.html.replace("tim=Huỳnh", "") and "Cấp ngày" in page.html or '"holder"' in page.html


@both
@pytest.mark.attack("S38")
def test_without_the_whole_code_nothing_is_shown(mine: Certificate, stranger: Visitor) -> None:
    for place, (part, made) in enumerate(PARTS.items()):
        for way in WAYS:
            asked = way.format(quote(made(mine), safe=""))
            page = stranger.get(asked, headers={"Accept": "*/*"}, environ_overrides={"REMOTE_ADDR": f"10.0.0.{place}"})
            assert page.status in (200, 303, 308, 404) and not shown(page), (part, way)
            assert mine.code not in page.location[:20], (part, way)


@both
@pytest.mark.attack("S38")
def test_there_is_no_list_of_certificates_in_any_form(mine: Certificate, stranger: Visitor) -> None:
    for url in VARIANTS:
        for accept in ("text/html", "application/json", "application/atom+xml", "*/*"):
            page = stranger.get(url, headers={"Accept": accept})
            assert page.status in (404, 308, 405) and not shown(page), url


@both
@pytest.mark.attack("S38")
def test_what_the_whole_code_shows_is_kept_by_no_search_engine(mine: Certificate, stranger: Visitor) -> None:
    """And in no form more than the page says: not by HEAD, by a part of it, or to who asks for another kind."""
    for url in (f"/c/{mine.code}", f"/api/v1/certificates/{mine.code}"):
        for asked in ({}, {"Range": "bytes=0-99"}, {"Accept": "text/xml"}, {"User-Agent": "Googlebot"}):
            page = stranger.get(url, headers=asked)
            assert page.status == 200 and NAME not in page.html
            assert page.answer.headers["X-Robots-Tag"] == "noindex, nofollow"
            assert page.answer.headers["Cache-Control"] == "no-store"


@pytest.mark.attack("S38")
def test_with_a_looser_question_the_parts_above_would_show_it(
    mine: Certificate, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a check that took a beginning of the code for the code."""
    real = checking.check
    monkeypatch.setattr("lms.certificates.forms.normalise_code", lambda text: text or None)
    monkeypatch.setattr(checking, "check", lambda code: real(mine.code) if mine.code.startswith(code) else None)
    assert shown(stranger.get(f"/c/{PARTS['all but a letter'](mine)}"))
