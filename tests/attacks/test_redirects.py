"""S29: whatever is asked as the place to go on to, a browser stays on this site; nothing slips into the headers."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from lms.accounts import unlock
from lms.accounts.views import entering
from lms.certificates.views import learning, mine
from lms.web import views
from tests.access.site import Answer, Site
from tests.web.test_deny import ELSEWHERE, as_a_browser_reads

pytestmark = pytest.mark.attack("S29")
SEEN = re.compile(r'(?:href|action|formaction|src)="([^"]*)"|name="(?:next|unlock_then)" value="([^"]*)"')
Door = Callable[[Site, str], Answer]


def in_the_address(url: str) -> Door:
    name = "tu" if "da-hoc" in url else "next"

    def ask(site: Site, wanted: str) -> Answer:
        where = url.format(person=site.world.here.people[0])
        return site.ask("here" if "da-hoc" in url else "learner", "GET", where, query_string={name: wanted})

    return ask


def language(site: Site, wanted: str) -> Answer:
    return site.ask("learner", "POST", "/ngon-ngu", {"language": "vi", "next": wanted})


def name_is_right(site: Site, wanted: str) -> Answer:
    fields = {"answer": "right", "seen": site.world.seen, "next": wanted, "parts": "", "message": ""}
    answer = site.ask("learner", "POST", "/xac-nhan-thong-tin", fields)
    site.restore()
    return answer


def unlocked(site: Site, wanted: str) -> Answer:
    return site.ask("learner", "POST", "/viec-cua-toi", {"unlock_pin": "482913", "unlock_then": wanted})


def came_from(site: Site, wanted: str) -> Answer:
    """The way back on a page of ours is made of the referrer."""
    return site.ask("learner", "GET", "/quyen-rieng-tu", headers={"Referer": _header(f"http://localhost{wanted}")})


def referred_elsewhere(site: Site, wanted: str) -> Answer:
    return site.ask("learner", "GET", "/quyen-rieng-tu", headers={"Referer": _header(wanted)})


def _header(words: str) -> str:
    return "".join(sign for sign in words if sign.isprintable() and sign.isascii())


def nobody_at(site: Site, wanted: str) -> Answer:
    """The address itself, asked by somebody who is sent to sign in first."""
    return site.ask("nobody", "GET", "/viec-cua-toi", query_string={"x": wanted, "next": wanted})


DOORS: dict[str, Door] = {
    "signed in already": in_the_address("/dang-nhap"),
    "the page of the printed name": in_the_address("/xac-nhan-thong-tin"),
    "what somebody has learnt": in_the_address("/nguoi/{person}/da-hoc"),
    "the language": language,
    "the name is right": name_is_right,
    "unlocked": unlocked,
    "the way back": came_from,
    "the way back from elsewhere": referred_elsewhere,
    "sent to sign in": nobody_at,
}


WRITES = {"the name is right": 5}  # of these every fifth: the database is put back after each


def places(answer: Answer) -> Iterator[str]:
    """Where the answer leads, or offers to lead."""
    if answer.location:
        yield answer.location
    for link, field in SEEN.findall(answer.words) if answer.status < 400 else []:
        yield html.unescape(link or field)


def leads_away(place: str) -> bool:
    read = urlsplit(urljoin("http://localhost/trang/", as_a_browser_reads(place)))
    inside = read.netloc in ("localhost", "") and read.scheme in ("http", "")
    return not (inside or read.scheme in ("tel", "mailto", "data") and "evil" not in place)


def away(answer: Answer) -> list[str]:
    ours = ("https://www.google.com/search",)  # the neutral site of "leave quickly", from the settings
    return [place for place in places(answer) if leads_away(place) and not place.startswith(ours)]


@pytest.mark.parametrize("door", DOORS)
def test_every_door_stays_on_this_site(site: Site, door: str) -> None:
    for wanted in ELSEWHERE[:: WRITES.get(door, 1)]:
        if "\x00" in wanted:
            continue
        answer = DOORS[door](site, wanted)
        assert answer.status < 500, wanted
        assert away(answer) == [], wanted
        assert "Set-Cookie: a=b" not in str(answer.response.headers)
        assert answer.response.headers.get("a") is None


@pytest.mark.parametrize(
    "path", ["//evil.example", "///evil.example/c", "//evil.example/%2e%2e", "/%2f%2fevil.example"]
)
@pytest.mark.parametrize("more", ["", "/viec-cua-toi", "/nguoi//"])
def test_an_address_that_looks_like_another_site_leads_to_none(site: Site, path: str, more: str) -> None:
    for actor in ("nobody", "learner"):
        raw = unquote(path + more)
        answer = site.ask(actor, "GET", "/", environ_overrides={"PATH_INFO": raw, "REQUEST_URI": path + more})
        assert answer.status in (303, 308, 404)
        assert not answer.location or not leads_away(answer.location), answer.location


DOORS_MADE_OPEN: list[tuple[ModuleType, str]] = [
    (entering, "signed in already"),
    (mine, "the name is right"),
    (views, "the language"),
    (unlock, "unlocked"),
    (learning, "what somebody has learnt"),
]


@pytest.mark.parametrize(("module", "door"), DOORS_MADE_OPEN, ids=[door for _module, door in DOORS_MADE_OPEN])
def test_a_door_that_took_any_address_would_lead_away(
    site: Site, monkeypatch: pytest.MonkeyPatch, module: ModuleType, door: str
) -> None:
    """The negative control, at each door by itself."""
    monkeypatch.setattr(module, "safe_next", lambda url, default="/": url or default)
    assert away(DOORS[door](site, "//evil.example"))


def test_no_other_module_goes_where_it_is_told(site: Site) -> None:
    """Whoever makes a redirect of a field of the request has `safe_next`: these are all, so that a new one is seen."""
    users: set[Any] = set()
    for name, view in site.app.view_functions.items():
        module = __import__(view.__module__, fromlist=["x"])
        if hasattr(module, "safe_next"):
            users.add(name.partition(".")[0])
    assert users == {"accounts", "certificates", "web"}
