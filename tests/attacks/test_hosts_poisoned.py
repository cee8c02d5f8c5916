"""A host that a header claims: nothing on a page, a paper or a way onward is built from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import request
from werkzeug.middleware.proxy_fix import ProxyFix

from lms import create_app
from lms.access import public
from tests import databases
from tests.access.site import READS, Answer, Site
from tests.attacks.pages import addresses
from tests.databases import settings_for

EVIL = "evil.example"


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """(actor, address) of every page that can be opened, each asked by somebody who may and by nobody."""
    for _rule, url in addresses(site, *READS):
        for actor in ("nobody", "administrator", "learner"):
            yield actor, url


SAYS_EVIL = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Port": "6666",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "Forwarded": f"host={EVIL};proto=gopher",
    "X-Host": EVIL,
    "X-Original-Host": EVIL,
    "X-Original-URL": f"//{EVIL}/",
    "X-Rewrite-URL": "/quan-tri/tai-khoan",
    "X-Forwarded-For": EVIL,
    "Referer": f"https://{EVIL}/x",
}


def heard(answer: Answer) -> list[str]:
    """Where in the answer the poison came out again."""
    found = [f"{name}: {value}" for name, value in answer.response.headers if EVIL in value or "gopher" in value]
    return found + [answer.words[at - 60 : at + 40] for at in [answer.words.find(EVIL)] if at >= 0]


@pytest.mark.attack("S45")
def test_no_page_repeats_a_host_that_a_header_claims(site: Site) -> None:
    for actor, url in pages(site):
        answer = site.ask(actor, "GET", url, headers=SAYS_EVIL)
        assert (answer.status < 500 or url == "/readyz") and not heard(answer), (actor, url, heard(answer))


@pytest.mark.attack("S45")
def test_no_header_leads_to_another_page_than_the_one_asked_for(site: Site) -> None:
    """X-Original-URL and its kind would carry a stranger past the guard of the address."""
    for actor in ("nobody", "learner"):
        plain = site.ask(actor, "GET", "/huong-dan")
        asked = site.ask(actor, "GET", "/huong-dan", headers={"X-Original-URL": "/nguoi", "X-Rewrite-URL": "/nguoi"})
        assert asked.status == plain.status == 200 and "/nguoi" not in asked.location


HOSTS = (
    EVIL,
    f"localhost.{EVIL}",
    f"{EVIL}:80",
    f"localhost@{EVIL}",
    f"localhost:80@{EVIL}",
    f"localhost#{EVIL}",
    f"localhost/{EVIL}",
    f"localhost, {EVIL}",
    f"localhost {EVIL}",
    "localhost.",
    "127.0.0.1.nip.io",
    "[::1]",
    "",
    "\tlocalhost",
    "xn--lcalhost-y4a",
)


@pytest.mark.attack("S45")
@pytest.mark.parametrize("host", HOSTS, ids=ascii)
def test_a_host_that_is_not_ours_is_refused_everywhere(site: Site, host: str) -> None:
    for url in ("/", "/dang-nhap", "/c", "/healthz", "/static/look.css", "/api/v1/coverage", "/khong-co"):
        answer = site.ask("administrator", "GET", url, headers={"Host": host}, environ_overrides={"HTTP_HOST": host})
        assert answer.status == 400, (url, answer.status)
        assert EVIL not in answer.words and not answer.location
        assert answer.response.headers["Cache-Control"] == "no-store"


@pytest.mark.attack("S45")
def test_without_the_list_of_hosts_a_page_would_be_served(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(site.app.config, "TRUSTED_HOSTS", None)
    assert site.ask("nobody", "GET", "/dang-nhap", headers={"Host": EVIL}).status == 200


@pytest.mark.attack("S45")
def test_what_is_printed_and_sent_on_names_the_address_of_the_settings(site: Site) -> None:
    """A card's QR and a certificate's outlive the request: they lead where the operator says, whatever was claimed."""
    base = site.app.extensions["settings"].base_url
    rule = next(rule for _method, rule in site.rules() if rule.endpoint == "accounts.print_cards")
    sent = site.sends(rule)
    page = site.ask("here", "POST", site.url(rule), sent["data"], headers=SAYS_EVIL)
    assert page.status == 200 and EVIL not in page.words
    assert re.sub(r"^https?://", "", base) in page.words


@pytest.mark.attack("S45")
def test_behind_a_proxy_only_its_last_word_counts(database_url_sqlite: str, tmp_path: Path) -> None:
    """The proxy appends the address it saw; what the client wrote before it is the client's."""
    app = create_app(settings_for(database_url_sqlite, tmp_path, behind_proxy=True))
    assert isinstance(app.wsgi_app, ProxyFix)
    seen: list[tuple[str | None, str, str]] = []

    def note() -> str:
        seen.append((request.remote_addr, request.host, request.url_root))
        return ""

    app.add_url_rule("/thu", "thu", public(note))
    forged = SAYS_EVIL | {"X-Forwarded-For": f"10.9.9.9, {EVIL}, 203.0.113.7", "X-Forwarded-Proto": "https"}
    app.test_client().get("/thu", headers=forged)
    assert seen == [("203.0.113.7", "localhost", "https://localhost/")]


@pytest.fixture
def database_url_sqlite(tmp_path: Path) -> str:
    return databases.new_sqlite(tmp_path)
