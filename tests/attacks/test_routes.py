"""S1, S4, S6: what no form of ours sends — other methods, other types of ids, doubled fields, JSON for a form."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.routing import Rule
from wtforms import SelectField

from lms.access import public
from lms.people.operations import posts
from lms.web.addresses import Id
from tests.access import draft
from tests.access.conftest import new_app
from tests.access.site import CHANGES, READS, Site
from tests.access.test_forged import LINES, allowed_at, rule_of
from tests.access.test_subtree import POST
from tests.access.test_table import AUDIT
from tests.access.world import ACTORS

_PARAMETER = re.compile(r"<(?:[^:>]+:)?(\w+)>")
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "HEAD", "OPTIONS")
NUMBERS = ("1 OR 1=1", "1'", "-1", "+1", "1.0", "1e3", "0x1", "1;2", "1,2", "null", "%31%00", "[1]", "٣x", "9" * 30)


@pytest.mark.attack("S1")
def test_a_new_route_without_a_line_is_found(tmp_path: Any) -> None:
    """And the committed table lacks none: `draft` is what names a missing line."""
    app = new_app(tmp_path / "empty.sqlite", tmp_path)
    assert draft.missing(app) == []
    app.add_url_rule("/cua-sau/<int:person_id>", "back_door", public(lambda person_id: "open"), methods=["DELETE"])
    assert [(line.method, line.rule) for line in draft.missing(app)] == [("DELETE", "/cua-sau/<int:person_id>")]


@pytest.mark.attack("S1")
def test_every_number_in_an_address_is_typed(site: Site) -> None:
    """A parameter that names a row, a place or a version is an `Id`: nothing else of an address reaches a view."""
    named = {
        (rule.rule, name): converter
        for _method, rule in site.rules()
        for name, converter in rule._converters.items()
        if name.endswith("_id") or name in ("n", "m", "number")
    }
    assert len(named) > 30
    assert [key for key, converter in named.items() if not isinstance(converter, Id)] == []


@pytest.mark.attack("S1")
@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_no_number_is_no_address(site: Site, number: str) -> None:
    for method, rule in site.rules():
        typed = [name for name, converter in rule._converters.items() if isinstance(converter, Id)]
        if typed:
            url = numbered(site, rule, number)
            assert site.ask("here", method, url).status in (404, 405), url
    assert not site.changes()


def numbered(site: Site, rule: Rule, number: str) -> str:
    """The address of the route's object here, but with `number` wherever a number belongs."""

    def value(match: re.Match[str]) -> str:
        typed = isinstance(rule._converters[match[1]], Id)
        return number if typed else str(site._object(rule, match[1]))

    return _PARAMETER.sub(value, rule.rule)


@pytest.mark.attack("S1")
@pytest.mark.attack("S4")
def test_no_other_method_does_anything(site: Site) -> None:
    """HEAD is GET; every other method that a route does not declare is refused, and none writes."""
    quick = {"Accept": "application/json"}  # a refusal in a line, not as a page
    declared: dict[str, set[str]] = {}
    for method, rule in site.rules():
        declared.setdefault(site.url(rule).partition("?")[0], set()).add(method)
    for url, methods in declared.items():
        for verb in set(VERBS) - methods - {"HEAD", "OPTIONS"}:
            answer = site.ask("administrator", verb, url, headers=quick)
            assert answer.status == 405, f"{answer.status} at {verb} {url}"
        for verb in ("HEAD", "OPTIONS"):
            answer = site.ask("administrator", verb, url, headers=quick)
            assert answer.words == "" or answer.status == 403, f"{answer.status} at {verb} {url}"
    assert {change.table for change in site.changes()} <= AUDIT


def units(site: Site) -> list[list[int]]:
    """One field for both wards, in either order, and the other ward's alone."""
    here, other = site.world.here.hamlet_id, site.world.elsewhere.hamlet_id
    return [[here, other], [other, here], [other]]


def posts_elsewhere(site: Site) -> set[int]:
    ids = (site.world.elsewhere.unit_id, site.world.elsewhere.hamlet_id)
    query = "SELECT person_id FROM assignment WHERE unit_id IN (?, ?) AND superseded_at IS NULL"
    return {row[0] for row in site.live.execute(query, ids)} - set(site.world.elsewhere.people)


PERSON = {"full_name": "Tăng Thị Bình Bát", "birth": "1971", "sex": "nu", "another": "y"}


@pytest.mark.attack("S4")
@pytest.mark.parametrize("turn", range(3))
def test_a_field_sent_twice_reaches_no_other_ward(site: Site, turn: int) -> None:
    """Whichever of the two a check would read, the same one is written."""
    both = units(site)[turn]
    for url in ("/nguoi/moi", f"/nguoi/{site.world.here.people[0]}/chuc-danh"):
        site.ask("here", "POST", url, PERSON | POST | {"unit": [str(one) for one in both]})
        assert not posts_elsewhere(site)
        site.restore()


@pytest.mark.attack("S4")
def test_a_field_in_the_address_is_no_field_of_the_form(site: Site) -> None:
    here, other = (str(one.hamlet_id) for one in (site.world.here, site.world.elsewhere))
    for address, form in ((other, here), (here, other)):
        site.ask("here", "POST", f"/nguoi/moi?unit={address}", PERSON | POST | {"unit": form})
        assert not posts_elsewhere(site)
        site.restore()


@pytest.mark.attack("S4")
def test_a_right_for_two_wards_at_once_is_given_in_neither_beyond(site: Site) -> None:
    here, other = site.world.here.unit_id, site.world.elsewhere.unit_id
    url = f"/quan-tri/tai-khoan/{site.world.accounts['trainer']}/quyen"
    for values in ([here, other], [other, here], [here, ""], ["", here]):
        data = {"capability": ["inspector", "administrator"], "unit": [str(one) for one in values], "line": ""}
        site.ask("ward_administrator", "POST", url, data)
        given = site.live.execute("SELECT capability, unit_id FROM account_grant ORDER BY id").fetchall()
        known = [(row["capability"], row["unit_id"]) for row in site.before["account_grant"].values()]
        assert set(given) - set(known) <= {("inspector", here)}
        site.restore()


@pytest.mark.attack("S4")
def test_behind_the_form_the_operation_asks_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that let any unit through would still write nowhere beyond. The negative control: without the second
    guard as well, the very same request makes a post in the other ward."""
    sent = PERSON | POST | {"unit": str(site.world.elsewhere.hamlet_id)}
    monkeypatch.setattr(SelectField, "pre_validate", lambda _field, _form: None)
    assert site.ask("here", "POST", "/nguoi/moi", sent).status == 403
    assert not posts_elsewhere(site)
    monkeypatch.setattr(posts, "require_unit", lambda *_asked, **_more: None)
    site.ask("here", "POST", "/nguoi/moi", sent)
    assert posts_elsewhere(site)


@pytest.mark.attack("S4")
@pytest.mark.attack("S6")
@pytest.mark.parametrize("line", LINES, ids=[f"{line.method} {line.rule}" for line in LINES])
def test_a_form_as_json_or_as_plain_text_is_no_form(built: Site, line: Any) -> None:
    """With form tokens on, as served: a body that no form of ours makes carries no token, whatever it says it is."""
    rule, actor = rule_of(built, line), allowed_at(line)
    fields = built.sends(rule)
    sent = fields.get("data") or fields.get("json") or {}
    said = {name: value for name, value in sent.items() if isinstance(value, str)}
    for kind in ("application/json", "text/plain"):
        answer = built.ask(actor, line.method, built.url(rule), json=said, content_type=kind)
        assert answer.status in (400, 403), f"{answer.status} for {kind}"
        assert not built.changes()


@pytest.mark.attack("S6")
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_the_sync_door_opens_to_no_form_of_another_site(built: Site, kind: str) -> None:
    """Its JSON in one of the three types that a foreign page may send without asking: the header is missing."""
    sent = built.sends(next(rule for _m, rule in built.rules() if rule.endpoint == "api_submissions.submissions"))
    for headers in ({}, {"Sec-Fetch-Site": "cross-site", "X-LHP": "1"}, {"Origin": "null", "X-LHP": "1"}):
        more = {"json": sent["json"], "content_type": kind, "headers": headers}
        answer = built.ask("learner", "POST", "/api/v1/submissions", **more)
        assert answer.status == 403
        assert not built.changes()


@pytest.mark.attack("S6")
def test_without_the_tokens_the_same_forms_do_what_they_say(site: Site) -> None:
    """The negative control of test_forged.py: the requests refused there are whole, only the token is missing."""
    did = set()
    for line in LINES:
        rule = rule_of(site, line)
        site.ask(allowed_at(line), line.method, site.url(rule), **site.sends(rule))
        if site.changes():
            did.add(rule.rule)
        site.restore()
    assert len(did) >= 30, did


@pytest.mark.attack("S1")
def test_all_actors_and_all_methods_stand_in_the_table() -> None:
    assert set(ACTORS) >= {"nobody", "learner", "trainer", "here", "elsewhere", "administrator"}
    assert {*READS, *CHANGES} >= {"GET", "POST", "PUT", "PATCH", "DELETE"}
