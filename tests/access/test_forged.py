"""Form tokens: every route that changes something refuses what no page of ours has sent (safety.md S6)."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from werkzeug.routing import Rule

from tests.access import table
from tests.access.site import CHANGES, READS, Site
from tests.access.table import Line

LINES = [line for line in table.read() if line.method in CHANGES and any(line.allowed.values())]
CASES = pytest.mark.parametrize("line", LINES, ids=[f"{line.method} {line.rule}" for line in LINES])


@pytest.fixture
def guarded(built: Site) -> Site:
    """As it is served: with form tokens."""
    assert built.app.config.get("WTF_CSRF_ENABLED", True)
    return built


def rule_of(site: Site, line: Line) -> Rule:
    return next(rule for method, rule in site.rules() if (method, rule.rule) == (line.method, line.rule))


def allowed_at(line: Line) -> str:
    """Somebody who has every right to send it; of all actors preferably one who is signed in."""
    return [actor for actor, yes in line.allowed.items() if yes][-1]


@pytest.mark.attack("S6")
@CASES
def test_without_a_token_nothing_is_done(guarded: Site, line: Line) -> None:
    rule = rule_of(guarded, line)
    sent = guarded.sends(rule) | {"headers": {}}
    answer = guarded.ask(allowed_at(line), line.method, guarded.url(rule), **sent)
    assert answer.status in (400, 403), answer.status
    assert not guarded.changes()


@pytest.mark.attack("S6")
@CASES
def test_the_token_of_another_visit_is_no_token(guarded: Site, line: Line) -> None:
    rule = rule_of(guarded, line)
    sent = guarded.sends(rule, csrf_token="IjAxMjM0NTY3ODkwYWJjZGVmIg.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")
    sent["headers"] = {"Origin": "https://noi-khac.example", "X-LHP": "1", "Sec-Fetch-Site": "cross-site"}
    answer = guarded.ask(allowed_at(line), line.method, guarded.url(rule), **sent)
    assert answer.status in (400, 403), answer.status
    assert not guarded.changes()


@pytest.mark.attack("S4")
@CASES
def test_a_changing_route_cannot_be_reached_by_reading(site: Site, line: Line) -> None:
    """Neither by GET nor by a header or field that says it is a POST (CVE-2025-67259)."""
    rule = rule_of(site, line)
    url, _mark, query = site.url(rule).partition("?")
    data = site.sends(rule).get("data", {})
    plain = dict(parse_qsl(query)) | {"_method": line.method}
    plain |= {name: value for name, value in data.items() if isinstance(value, str)}
    tricks = {"X-HTTP-Method-Override": line.method, "X-Method-Override": line.method}
    answer = site.ask(allowed_at(line), READS[0], url, headers=tricks, query_string=plain)
    assert answer.status < 500
    assert not site.changes()
