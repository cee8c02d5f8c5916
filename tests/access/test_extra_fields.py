"""Fields that a form does not have change nothing (safety.md S22): every column's name, so new ones are covered."""

from __future__ import annotations

from typing import Any

import pytest

from lms.db import Base
from tests.access import table
from tests.access.site import CHANGES, Change, Site, compare, dump
from tests.access.table import Line
from tests.access.test_forged import rule_of

LINES = [line for line in table.read() if line.method in CHANGES and any(line.allowed.values())]
POISON_TEXT, POISON_NUMBER = "zz-doc-hai", "987654321"
SAID = {"score", "correct", "duration", "attempt_no", "user_id", "unit", "role", "is_admin", "line", "grants"}
# Kept whole and never read, by design: the inbox of what devices send.
INBOX = {("submission", "body"), ("submission", "sha256")}


def columns() -> set[str]:
    return {column.name for model in Base.metadata.tables.values() for column in model.columns} | SAID


def poison(sent: dict[str, Any]) -> dict[str, Any]:
    """Every column's name with a value that cannot be missed, but for the fields that the form really has."""
    names = columns() - sent.keys()
    return {name: POISON_NUMBER if name.endswith(("id", "_no", "points", "number")) else POISON_TEXT for name in names}


def shape(changes: set[Change]) -> set[tuple[str, str]]:
    return {(change.table, change.what) for change in changes}


@pytest.mark.attack("S22")
@pytest.mark.parametrize("line", LINES, ids=[f"{line.method} {line.rule}" for line in LINES])
def test_a_form_with_all_columns_does_what_the_form_does(site: Site, line: Line) -> None:
    rule = rule_of(site, line)
    actor = [actor for actor, yes in line.allowed.items() if yes][-1]
    as_meant = site.send(actor, rule)
    usual = site.changes()
    site.restore()
    sent = site.sends(rule)
    extra = poison(sent.get("data") or sent.get("json") or {})
    answer = site.send(actor, rule, **extra)
    after = dump(site.live)
    found = compare(site.before, after)
    assert answer.status == as_meant.status or answer.status in (400, 422)
    assert shape(found) <= shape(usual)
    poisoned = {
        (name, column)
        for name, rows in after.items()
        for row in rows.values()
        for column, value in row.items()
        if POISON_TEXT in str(value) or POISON_NUMBER in str(value)
    }
    assert poisoned <= INBOX, poisoned


@pytest.mark.attack("S22")
def test_nobody_becomes_an_administrator_by_saying_so(site: Site) -> None:
    """The one that would hurt most, spelled out."""
    site.ask(
        "here", "POST", f"/nguoi/{site.world.here.people[0]}/sua", {"full_name": "Ai Đó", "capability": "administrator"}
    )
    assert not {change for change in site.changes() if change.table in ("account_grant", "account")}
