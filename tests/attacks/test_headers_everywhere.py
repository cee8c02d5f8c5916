"""S5, S7: every answer of every route, errors included, carries its policy to the letter; cookies their marks."""

from __future__ import annotations

from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from lms import create_app
from lms.web import headers
from tests.access.site import CHANGES, Answer, Site
from tests.attacks.test_routes import numbered
from tests.certificates.people import Visitor
from tests.databases import settings_for
from tests.factories import Make
from tests.web.test_headers import POLICY

# The classes of pages: whatever stands in no class has the ordinary policy.
CLASSES = {
    "authoring.lesson": POLICY.replace("frame-src 'none'", "frame-src 'self'"),
    "authoring.preview": POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "api_packages.package_file": "default-src 'none'; sandbox",
    "courses.file": "default-src 'none'; sandbox",
}
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ASKERS = ("nobody", "learner", "trainer", "here", "administrator")


def faults(answer: Answer, policy: str) -> list[str]:
    """What is missing or other than it must be."""
    given = answer.response.headers
    wanted = FIXED | {"Content-Security-Policy": policy}
    wrong = [f"{name}: {given.get(name)}" for name, value in wanted.items() if given.getlist(name) != [value]]
    if given.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        wrong.append(f"Referrer-Policy: {given.get('Referrer-Policy')}")
    if "no-store" not in given.get("Cache-Control", "") and "private" not in given.get("Cache-Control", ""):
        wrong.append(f"Cache-Control: {given.get('Cache-Control')}")
    return wrong


def of_class(rule: Rule) -> str:
    return CLASSES.get(rule.endpoint, POLICY)


@pytest.mark.attack("S5")
@pytest.mark.parametrize("actor", ASKERS)
def test_every_answer_of_every_route(site: Site, actor: str) -> None:
    statuses = set()
    for method, rule in site.rules():
        sent = site.sends(rule) if method in CHANGES else {}
        answer = site.ask(actor, method, site.url(rule), **sent)
        assert faults(answer, of_class(rule)) == [], f"{answer.status} at {method} {rule.rule}"
        statuses.add(answer.status)
        site.restore()
    assert {200, 303, 403} & statuses, "a sweep that meets nothing proves nothing"


@pytest.mark.attack("S5")
def test_errors_before_any_route_carry_it_too(site: Site) -> None:
    for method, url in (("GET", "/khong-co"), ("PUT", "/nguoi"), ("GET", "/nguoi/x"), ("GET", "/static/khong-co.js")):
        answer = site.ask("here", method, url)
        assert answer.status in (404, 405)
        assert faults(answer, POLICY) == [], url
    rule = next(rule for _method, rule in site.rules() if rule.endpoint == "people.person")
    assert faults(site.ask("here", "GET", numbered(site, rule, "9" * 30)), POLICY) == []


@pytest.mark.attack("S5")
def test_no_class_allows_what_must_never_be_allowed(site: Site) -> None:
    """The classes above are all that there are, and none opens a door to scripts, styles or other places."""
    views = site.app.view_functions.items()
    marked = {name: getattr(view, headers._MARK) for name, view in views if hasattr(view, headers._MARK)}
    assert marked == CLASSES
    for policy in (*marked.values(), POLICY):
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "blob:"} & set(policy.split())
        assert "script-src" not in policy or "script-src 'self';" in policy


@pytest.mark.attack("S5")
def test_a_sweep_sees_an_answer_without_its_policy(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    monkeypatch.setitem(site.app.after_request_funcs, None, [])
    assert len(faults(site.ask("nobody", "GET", "/huong-dan"), POLICY)) == 6


@pytest.fixture
def behind_https(database_url: str, tmp_path: Path) -> Flask:
    more = {"base_url": "https://lop.example.vn", "behind_proxy": True}
    return create_app(settings_for(database_url, tmp_path, **more))


def cookies(client: FlaskClient, url: str, data: Any = None, **options: Any) -> list[Morsel[str]]:
    answer = client.open(url, method="POST" if data else "GET", data=data, **options)
    found: list[Morsel[str]] = []
    for line in answer.headers.getlist("Set-Cookie"):
        found += SimpleCookie(line).values()
    return found


@pytest.mark.attack("S7")
def test_the_cookie_is_bound_to_this_host_to_https_and_away_from_scripts(behind_https: Flask) -> None:
    with behind_https.app_context():
        make = Make()
        account = make.account()
        signed_in = Visitor(behind_https, account).client
    proxied = {"headers": {"X-Forwarded-Proto": "https"}, "base_url": "https://localhost"}
    set_by = [
        *cookies(behind_https.test_client(), "/dang-nhap", **proxied),
        *cookies(behind_https.test_client(), "/huong-dan", **proxied),
        *cookies(signed_in, "/tai-khoan", **proxied),
    ]
    assert set_by
    for cookie in set_by:
        assert cookie.key == "__Host-lms"
        assert (cookie["path"], cookie["domain"]) == ("/", "")
        assert cookie["secure"] and cookie["httponly"]
        assert cookie["samesite"] == "Lax"


@pytest.mark.attack("S7")
def test_no_answer_sets_any_other_cookie(site: Site) -> None:
    names = set()
    for method, rule in site.rules():
        if method == "GET":
            answer = site.ask("learner", method, site.url(rule))
            for line in answer.response.headers.getlist("Set-Cookie"):
                names.add(line.partition("=")[0])
                assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(line.split("; "))
    assert names <= {site.app.config["SESSION_COOKIE_NAME"]}


@pytest.mark.attack("S5")
def test_https_is_remembered_on_every_kind_of_answer(behind_https: Flask) -> None:
    client = behind_https.test_client()
    for url in ("/huong-dan", "/", "/khong-co", "/api/v1/khong-co", "/static/look.css"):
        assert client.get(url).headers["Strict-Transport-Security"] == "max-age=31536000", url
