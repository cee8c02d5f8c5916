"""Codes guessed by the thousand, and the public check harvested."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask

from lms.certificates import codes, limits
from lms.certificates.codes import ALPHABET, LENGTH, new_code
from lms.certificates.limits import Limiter
from lms.certificates.models import Certificate
from lms.certificates.queries import checking
from tests.certificates.people import NAME, Page, Visitor, certified, learner
from tests.certificates.test_limits import Clock
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


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The codes that were really asked of the book."""
    codes_asked: list[str] = []
    real = checking.check

    def counted(code: str) -> checking.Checked | None:
        codes_asked.append(code)
        return real(code)

    monkeypatch.setattr(checking, "check", counted)
    return codes_asked


def statuses_of(stranger: Visitor, times: int) -> Counter[int]:
    """By page, by form and by API in turn, whatever address the guesser claims to have."""
    found: Counter[int] = Counter()
    for place in range(times):
        said = {"X-Forwarded-For": f"198.51.100.{place}", "X-Real-IP": f"198.51.100.{place}"}
        url = (f"/c/{guess()}", f"/c?ma={guess()}", f"/api/v1/certificates/{guess()}")[place % 3]
        found[stranger.get(url, headers=said).status] += 1
    return found


@both
@pytest.mark.attack("S37")
def test_of_240_guesses_in_a_minute_sixty_are_answered(
    app: Flask, mine: Certificate, stranger: Visitor, looked_up: list[str]
) -> None:
    """The brake of the site itself, its clock standing still: sixty are let in (a form's only leads on, twenty of
    them), 180 are told to wait, and the right code with them; a minute later it is answered again."""
    clock = Clock()
    app.extensions["certificate_checks"] = Limiter(clock=clock)
    assert statuses_of(stranger, 240) == {404: 40, 303: 20, 429: 180}
    assert len(looked_up) == 40
    assert stranger.get(f"/c/{mine.code}").status == 429
    clock.now += limits.SECONDS
    assert stranger.get(f"/c/{mine.code}").status == 200


@pytest.mark.attack("S37")
def test_without_the_brake_every_guess_would_be_answered(
    app: Flask, stranger: Visitor, looked_up: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "certificate_checks", Limiter(most=10**9))
    assert statuses_of(stranger, 90) == {404: 60, 303: 30}
    assert len(looked_up) == 60


@pytest.mark.attack("S37")
def test_ten_thousand_guesses_take_hours() -> None:
    """Of one address, a hundred a second without rest: what the brake lets through until ten thousand were."""
    clock = Clock()
    brake, begun, through = Limiter(clock=clock), clock.now, 0
    while through < 10_000:
        wait = brake.wait("203.0.113.7")
        through += wait == 0
        clock.now += 0.01 if wait == 0 else wait
    assert clock.now - begun > 2.5 * 3600


@pytest.mark.attack("S37")
def test_a_year_of_guessing_meets_no_code() -> None:
    """Counted, not tried: ten thousand addresses at what the brake lets through, a million certificates in the book.
    The chance of one hit is less than one in a million; with codes of ten signs they would meet hundreds."""
    guesses = limits.MOST_ADDRESSES * limits.MOST / limits.SECONDS * 365 * 86_400
    assert guesses * 1_000_000 / len(ALPHABET) ** LENGTH < 1e-6
    assert len(set(ALPHABET)) ** LENGTH >= 2**80
    assert guesses * 1_000_000 / len(ALPHABET) ** 10 > 100


@both
@pytest.mark.attack("S37")
def test_a_short_code_would_be_found(app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the same check finds a code of one sign among all that there are, and a hundred guesses
    at long ones find none."""
    certified(learner(make))
    assert not any(checking.check(guess()) for _ in range(100))
    monkeypatch.setattr("lms.certificates.operations.new_code", lambda: new_code()[:1])
    short = certified(learner(make, "Kim Sa Rinh")).code
    assert [sign for sign in ALPHABET if checking.check(sign)] == [short]


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
