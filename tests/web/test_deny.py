"""Deny by default, and addresses to go on to after signing in (S1, S29)."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from lms.access import policy_of, public
from lms.web.deny import LONGEST_NEXT, safe_next


@pytest.mark.attack("S1")
def test_a_route_that_does_not_say_who_may_enter_is_refused(app: Flask) -> None:
    app.add_url_rule("/undeclared", "undeclared", lambda: "secret")
    app.add_url_rule("/declared", "declared", public(lambda: "open"))
    client = app.test_client()
    with capture_logs() as logs:
        refused = client.get("/undeclared")
    assert refused.status_code == 403
    assert "secret" not in refused.text
    assert [log["log_level"] for log in logs if log["event"] == "route without a declared right"] == ["error"]
    assert client.get("/declared").text == "open"


def test_every_route_of_the_application_says_who_may_enter(app: Flask) -> None:
    undeclared = [name for name, view in app.view_functions.items() if name != "static" and policy_of(view) is None]
    assert undeclared == []


ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example/x",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    "\n//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "/\x0b/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example",
    "https:///evil.example",
    "HTTPS://evil.example",
    "http:evil.example",
    "hTTp:evil.example",
    "ftp://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://evil.example/1",
    "mailto:a@evil.example",
    "tel:113",
    "evil.example",
    "www.evil.example/viec-cua-toi",
    "@evil.example",
    "viec-cua-toi",
    "./viec-cua-toi",
    "../viec-cua-toi",
    "?next=/x",
    "#x",
    "",
    "/viec-cua-toi\r\nSet-Cookie: a=b",
    "/viec-cua-toi\nLocation: https://evil.example",
    "/viec-cua-toi%0d%0aSet-Cookie:a=b",
    "/%0a/evil.example",
    "/%00/evil.example",
    "/%2fevil.example",
    "/%2Fevil.example",
    "/%5cevil.example",
    "/%5Cevil.example",
    "/%2e%2e//evil.example",
    "/..//evil.example",
    "/./evil.example/..",
    "/x/..//evil.example",
    "/x//evil.example",
    "/%09/evil.example",
    "/\u2215evil.example",
    "/\u2044evil.example",
    "/\uff0fevil.example",
    "/\uff3cevil.example",
    "\uff0f\uff0fevil.example",
    "/\u3002\u3002/evil.example",
    "/\u2024\u2024/evil.example",
    "/\u200b/evil.example",
    "/\u202e/elpmaxe.live",
    "\ufeff//evil.example",
    "/\xa0/evil.example",
    "/\xad/evil.example",
    "/\u2028/evil.example",
    "/viec-cua-toi/ồ",
    "/" + "a" * LONGEST_NEXT,
    "/\x7f/evil.example",
    "/ /evil.example",
    "http://127.0.0.1:8000@evil.example",
    "//127.0.0.1:8000@evil.example/",
    "/\\127.0.0.1@evil.example",
    "///\\evil.example",
    ";//evil.example",
    "/;/..//evil.example",
]


def test_there_are_enough_ways_of_trying() -> None:
    assert len(set(ELSEWHERE)) >= 60


@pytest.mark.attack("S29")
@pytest.mark.parametrize("url", ELSEWHERE)
def test_no_way_leads_elsewhere(url: str) -> None:
    assert safe_next(url) == "/"
    assert safe_next(url, "/viec-cua-toi") == "/viec-cua-toi"


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/viec-cua-toi",
        "/khoa-hoc/k1/bai/3?lai=1",
        "/ty-le?t=14%2F12%2F2026&s=kh-119#bang",
        "/nguoi?q=%C4%90%C3%A0o",
        "/huong-dan#bao-loi",
        "/ty-le?next=https://evil.example",
    ],
)
def test_our_own_pages_are_kept(url: str) -> None:
    assert safe_next(url) == url


def test_nothing_asked_is_the_start_page() -> None:
    assert safe_next(None) == "/"


def as_a_browser_reads(url: str) -> str:
    """WHATWG: tabs and line ends vanish, a backslash is a slash, spaces around are cut."""
    stripped = url.strip("".join(map(chr, range(0x21))))
    return "".join(sign for sign in stripped if sign not in "\t\r\n").replace("\\", "/")


@pytest.mark.attack("S29")
@given(st.text(alphabet=st.sampled_from("/\\.:@?#%25fFcC eviHt\t\n\r;\u2215\uff0f-_0a"), max_size=30))
def test_whatever_is_sent_the_answer_stays_on_this_site(url: str) -> None:
    landed = urlsplit(urljoin("https://own.example/dang-nhap", as_a_browser_reads(safe_next(url))))
    assert (landed.scheme, landed.netloc) == ("https", "own.example")
    assert not landed.path.startswith("//")
