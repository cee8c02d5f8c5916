"""Copies: nobody keeps a page that is somebody's, and nobody is told that there is one."""

from __future__ import annotations

import pytest

from lms.web import headers
from tests.access.site import READS, Site
from tests.attacks.pages import addresses

PRIVATE_FILES = ("courses.file",)


@pytest.mark.attack("S48")
def test_nothing_of_anybodys_is_kept_by_anyone(site: Site) -> None:
    """Every page for every actor: not stored at all, but for pictures of a course, which this browser may keep."""
    for rule, url in addresses(site, *READS):
        for actor in ("nobody", "learner", "administrator"):
            answer = site.ask(actor, "GET", url)
            kept = answer.response.headers["Cache-Control"]
            may = rule.endpoint in PRIVATE_FILES or (rule.rule.startswith("/api/v1/") and kept.startswith("private"))
            assert kept == "no-store" or (may and answer.status in (200, 304)), (actor, rule.rule, kept)
            assert "public" not in kept


@pytest.mark.attack("S48")
def test_without_the_rule_pages_would_be_left_to_the_browser(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "_forbid_shared_copies", lambda response: None)
    assert site.ask("learner", "GET", "/ho-so").response.headers.get("Cache-Control") != "no-store"


TAILS = (
    "/x.css",
    "/look.css",
    ".css",
    ";x.css",
    "%2fx.css",
    "%00.css",
    "/..%2fstatic/look.css",
    "%0a.js",
    "?.css",
    "#x.css",
)


@pytest.mark.attack("S48")
@pytest.mark.parametrize("tail", TAILS)
def test_no_address_of_a_page_passes_for_a_file(site: Site, tail: str) -> None:
    """A cache in between that keeps what looks like a stylesheet must not be given somebody's page."""
    for page in ("/tai-khoan", "/ho-so", "/nguoi", "/ty-le"):
        for actor in ("learner", "administrator"):
            answer = site.ask(actor, "GET", page + tail)
            assert answer.response.headers["Cache-Control"] == "no-store", answer.status
            assert answer.status in (400, 403, 404) or tail[0] in "?#"


@pytest.mark.attack("S48")
def test_a_copy_of_one_user_is_not_confirmed_to_another(site: Site) -> None:
    """Conditional and partial questions are answered by right first: a 304 or 206 would tell that the file is there."""
    learner = site.world.here.learner
    urls = [f"/giay-chung-nhan/{learner.code}.pdf", f"/giay-chung-nhan/{learner.code}", "/ho-so"]
    for url in urls:
        own = site.ask("learner", "GET", url).response
        assert own.status_code == 200
        marks = {"If-None-Match": own.headers.get("ETag", "*"), "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
        for headers_ in (marks, {"If-None-Match": "*"}, {"Range": "bytes=0-9"}, {"Range": "bytes=0-9", **marks}):
            for actor in ("nobody", "neighbour", "far_learner"):
                answer = site.ask(actor, "GET", url, headers=headers_)
                if url != "/ho-so":
                    assert answer.status in (303, 401, 404), (actor, url, headers_, answer.status)
                assert answer.status not in (206, 304) and learner.code not in answer.words.replace(url, "")


@pytest.mark.attack("S48")
def test_files_for_everybody_are_the_same_bytes_for_everybody(site: Site) -> None:
    """Only what depends on nobody may be public: the same tag, and no cookie."""
    answers = [site.ask(actor, "GET", "/static/look.css").response for actor in ("nobody", "learner", "administrator")]
    assert len({(one.get_data(), one.headers["ETag"]) for one in answers}) == 1
    assert not any("Set-Cookie" in one.headers for one in answers)
