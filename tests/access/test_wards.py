"""Two wards never see each other: on no page that can be reached stands a name of the other (safety.md S3, S4)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import true

from lms.people import scope
from tests.access.crawling import crawl
from tests.access.site import Site
from tests.access.world import ELSEWHERE, HERE, LATECOMERS, NAMES

OTHER = {"here": ELSEWHERE, "elsewhere": HERE, "organiser": ELSEWHERE, "learner": ELSEWHERE, "far_learner": HERE}
OWN = {"here": HERE, "elsewhere": ELSEWHERE, "organiser": HERE, "learner": HERE, "far_learner": ELSEWHERE}


def names(ward: str) -> tuple[str, ...]:
    return (*NAMES[ward], LATECOMERS[ward])


def shown(words: str, ward: str) -> set[str]:
    return {name for name in names(ward) if name in words or name.upper() in words}


@pytest.mark.attack("S3")
@pytest.mark.parametrize("actor", list(OTHER))
def test_no_page_shows_the_other_ward(site: Site, actor: str) -> None:
    seen: set[str] = set()
    for url, answer in crawl(site, actor):
        assert answer.status < 500, f"{answer.status} at {url}"
        assert not shown(answer.words, OTHER[actor]), f"{url} shows {shown(answer.words, OTHER[actor])}"
        seen |= shown(answer.words, OWN[actor])
    if "learner" in actor:
        assert seen == {NAMES[OWN[actor]][0]}, "a learner reads her own name, and nobody else's"
    elif actor == "organiser":
        assert seen >= set(NAMES[OWN[actor]][:3])
    else:
        assert seen == set(names(OWN[actor])), "a crawl that does not find the own people proves nothing"


def twice(site: Site, name: str) -> Iterator[str]:
    """One parameter for both wards, in either order."""
    here, other = site.world.here.unit_id, site.world.elsewhere.unit_id
    yield f"{name}={here}&{name}={other}"
    yield f"{name}={other}&{name}={here}"
    yield f"{name}={other}"


@pytest.mark.attack("S4")
@pytest.mark.parametrize(
    "url", ["/nguoi?{}", "/nguoi.xlsx?{}", "/ty-le?{}", "/ty-le/nguoi?{}&tt=all", "/ty-le/nguoi.xlsx?{}", "/dia-ban?{}"]
)
@pytest.mark.parametrize("name", ["noi", "phuong", "unit", "unit_id", "dia-ban"])
@pytest.mark.attack("S42")
def test_asking_for_the_other_ward_shows_nobody_of_it(site: Site, url: str, name: str) -> None:
    for query in twice(site, name):
        answer = site.ask("here", "GET", url.format(query))
        assert answer.status < 500
        assert not shown(answer.words, ELSEWHERE), query


@pytest.mark.attack("S3")
def test_without_the_scope_the_other_ward_would_be_seen(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: these tests fail as soon as `visible()` lets everything through."""
    assert not shown(site.ask("here", "GET", "/nguoi").words, ELSEWHERE)
    monkeypatch.setattr(scope, "_may_see", lambda viewer, of: true())
    assert shown(site.ask("here", "GET", "/nguoi").words, ELSEWHERE)
