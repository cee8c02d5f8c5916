"""Cell by cell: who is let in and who is not, what a refusal leaves behind, and what reading leaves behind."""

from __future__ import annotations

import pytest

from lms.accounts import guard
from tests.access import table
from tests.access.site import CHANGES, GRANTED_BUT, REFUSALS, Answer, Site
from tests.access.table import Line
from tests.access.world import ACTORS

LINES = table.read()

# These lead out to the sign-in page when all is well; what they say there tells whether they did anything.
LEADS_OUT = {("POST", "/dang-xuat"), ("POST", "/tai-khoan/dang-xuat-moi-noi")}

# Reading writes nothing, but that whoever takes a list of people away is recorded.
AUDIT = {"audit_entry", "audit_detail", "audit_head"}
RECORDED = {"/nguoi.xlsx", "/so-cap-giay.xlsx", "/ty-le/nguoi.xlsx", "/ty-le/nguoi/in"}


@pytest.mark.attack("S1")
def test_every_route_has_its_line_and_every_line_its_route(site: Site) -> None:
    routes = {(method, rule.rule) for method, rule in site.rules()}
    lines = {(line.method, line.rule) for line in LINES}
    faults = [
        f"{method} {rule}: no line in table.txt (python -m tests.access.draft)" for method, rule in routes - lines
    ]
    faults += [f"{method} {rule}: in table.txt, but there is no such route" for method, rule in lines - routes]
    assert not faults, "\n" + "\n".join(sorted(faults))


def test_the_table_says_no_and_yes() -> None:
    """A table of nothing but yes would assert nothing."""
    for actor in ACTORS:
        assert {line.allowed[actor] for line in LINES} == {True, False}, actor


@pytest.mark.attack("S1")
@pytest.mark.parametrize(
    ("line", "actor"),
    [pytest.param(line, actor, id=f"{line.method} {line.rule} · {actor}") for line in LINES for actor in ACTORS],
)
def test_cell(site: Site, line: Line, actor: str) -> None:
    rule = next((rule for method, rule in site.rules() if (method, rule.rule) == (line.method, line.rule)), None)
    if rule is None:
        pytest.fail(f"{line.method} {line.rule}: there is no such route")
    sent = site.sends(rule) if line.method in CHANGES else {}
    answer = site.ask(actor, line.method, site.url(rule), **sent)
    wanted, got = line.allowed[actor], let_in(answer, line)
    said = f"{answer.status} {answer.location}".strip()
    assert got is wanted, (
        f"{actor} at {line.method} {site.url(rule)}: {said}, the table says {'yes' if wanted else 'no'}"
    )
    changed = {change.table for change in site.changes()}
    if line.method not in CHANGES:
        assert changed <= (AUDIT if line.rule in RECORDED else set()), f"reading wrote into {sorted(changed)}"
    elif not wanted:
        assert not changed, f"refused, and yet it wrote into {sorted(changed)}"


def let_in(answer: Answer, line: Line) -> bool:
    """No: 401, 403, 404 or the way to sign in. Yes: anything below 400, or what a form says that was not filled in."""
    if (line.method, line.rule) in LEADS_OUT:
        return answer.flashed
    if answer.status in REFUSALS or answer.to_sign_in:
        return False
    assert answer.status < 400 or answer.status in GRANTED_BUT, f"{answer.status} at {line.method} {line.rule}"
    return True


@pytest.mark.attack("S1")
def test_without_the_guard_the_table_would_not_hold(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a page of the office opens for a learner as soon as declared rights are not enforced."""
    line = next(line for line in LINES if (line.method, line.rule) == ("GET", "/soan-bai"))
    assert not let_in(site.ask("learner", "GET", "/soan-bai"), line)
    monkeypatch.setattr(guard, "_enforce", lambda policy, device, state: None)
    assert let_in(site.ask("learner", "GET", "/soan-bai"), line)
