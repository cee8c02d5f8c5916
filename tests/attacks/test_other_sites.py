"""Another site in the same browser: it reads nothing, runs nothing of ours as its script, and hands nothing in."""

from __future__ import annotations

import pytest

from lms.api import submissions
from tests.access.site import Site
from tests.access.test_table import AUDIT
from tests.attacks.pages import addresses

EVIL = "evil.example"


@pytest.mark.attack("S64")
@pytest.mark.parametrize("origin", [f"https://{EVIL}", "null"])
def test_no_answer_is_opened_to_another_site(site: Site, origin: str) -> None:
    asks = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-lhp",
        "Access-Control-Request-Private-Network": "true",
    }
    for rule, url in addresses(site):
        for method in ("GET", "OPTIONS"):
            answer = site.ask("administrator", method, url, headers=asks)
            opened = [name for name, _value in answer.response.headers if name.startswith("Access-Control-")]
            assert not opened, (method, rule.rule, opened)
            assert answer.response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert {change.table for change in site.changes()} <= AUDIT, "who takes a list away is written down, nothing else"


@pytest.mark.attack("S64")
def test_no_data_runs_as_a_script_of_another_page(site: Site) -> None:
    """Neither as JSONP nor by being a script as it is: typed as JSON, unsniffable, refused to other origins."""
    learner = site.world.here.learner
    for actor, url in (
        ("nobody", f"/api/v1/certificates/{learner.code}"),
        ("here", "/api/v1/coverage"),
        ("nobody", "/healthz"),
        ("nobody", "/api/v1/none"),
        ("nobody", "/api/v1/coverage"),
    ):
        for name in ("callback", "jsonp", "cb", "format"):
            answer = site.ask(
                actor, "GET", url, query_string={name: "alert"}, headers={"Accept": "text/javascript, */*"}
            )
            assert "json" in answer.response.mimetype and not answer.words.lstrip().startswith(("alert", "[", "/*"))
            assert answer.response.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.attack("S64")
@pytest.mark.parametrize(
    "said",
    [
        {"Origin": "null"},
        {"Origin": f"https://{EVIL}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_another_site_hands_nothing_in(site: Site, said: dict[str, str]) -> None:
    rule = next(rule for _method, rule in site.rules() if rule.endpoint == "api_submissions.submissions")
    sent = site.sends(rule)
    answer = site.ask("learner", "POST", site.url(rule), json=sent["json"], headers=sent["headers"] | said)
    assert answer.status == 403 and not site.changes()
    assert site.ask("learner", "POST", site.url(rule), **sent).status == 200, "the same from our own page"


@pytest.mark.attack("S64")
def test_without_looking_where_it_comes_from_another_site_would(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submissions, "_refuse_foreign", lambda: None)
    rule = next(rule for _method, rule in site.rules() if rule.endpoint == "api_submissions.submissions")
    sent = site.sends(rule)
    said = sent["headers"] | {"Origin": f"https://{EVIL}"}
    assert site.ask("learner", "POST", site.url(rule), json=sent["json"], headers=said).status == 200
