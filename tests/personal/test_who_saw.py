"""`lms audit who-saw`: what is certain, what may have been, and what was not."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from lms.access import SYSTEM, Viewer
from lms.access.current import act_as
from lms.accounts.models import Grant
from lms.audit.operations import record
from lms.db import at_time, db
from lms.people.operations.posts import withdraw_post
from lms.units.models import UnitVersion
from lms.units.operations import rebuild_paths
from tests.certificates.people import ELSEWHERE, HERE, learner
from tests.factories import Make

pytestmark = pytest.mark.both


def took(account: int, action: str, subject: str) -> None:
    act_as(Viewer(account_id=account))
    with db.write():
        record(action, subject)


def asked(app: Flask, person: int, since: str = "2020-01-01") -> list[tuple[str, str, bool]]:
    db.session.rollback()
    done = app.test_cli_runner().invoke(args=["audit", "who-saw", str(person), "--since", since, "--json"])
    assert done.exit_code == 0, done.output
    return [(one["actor"], one["action"], one["sure"]) for one in json.loads(done.stdout)]


def on_day(day: int) -> AbstractContextManager[None]:
    return at_time(datetime(2026, 3, day, 5, tzinfo=UTC))


def days_told(app: Flask, person: int, action: str) -> list[str]:
    db.session.rollback()
    done = app.test_cli_runner().invoke(args=["audit", "who-saw", str(person), "--since", "2020-01-01", "--json"])
    assert done.exit_code == 0, done.output
    return [one["at"][8:10] for one in json.loads(done.stdout) if one["action"] == action]


@pytest.mark.attack("S57")
def test_who_saw(app: Flask, make: Make) -> None:
    person, other = learner(make), learner(make, unit="vl/hoa-thuan")
    here = make.account("Quản Lý Đây", capability="manager", unit=HERE)
    there = make.account("Quản Lý Kia", capability="manager", unit=ELSEWHERE)
    own = make.account("Huỳnh Thị Út", person_id=person)
    took(here, "person.corrected", f"person:{person}")
    took(here, "person.corrected", f"person:{other}")
    took(here, "people.exported", "people")
    took(there, "people.exported", "people")
    took(own, "data.exported", f"person:{person}")
    took(here, "grant.given", f"account:{there}")
    expected = [(f"account:{here}", "person.corrected", True), (f"account:{here}", "people.exported", False)]
    assert asked(app, person) == expected
    assert asked(app, person)[:-1] == expected, "asking is an entry too"
    assert asked(app, person, "2199-01-01") == []


def test_rights_are_those_of_the_moment(app: Flask, make: Make) -> None:
    person = learner(make)
    account = make.account("Người Mới", capability="manager", unit=ELSEWHERE)
    took(account, "people.exported", "people")
    with db.write():
        db.session.add(
            Grant(
                account_id=account,
                capability="inspector",
                unit_id=make.unit_id(HERE),
                valid_from=date(2020, 1, 1),
                granted_by="test",
            )
        )
    assert asked(app, person) == [], "the right was given after the list was taken"
    took(account, "people.exported", "people")
    assert asked(app, person) == [("lms", "data.who_saw", True), (f"account:{account}", "people.exported", False)]


@pytest.mark.parametrize(
    ("action", "told"),
    [("people.exported", ["03"]), ("certificates.exported", ["03"])]
    + [(f"coverage.people_{how}", ["03", "05"]) for how in ("exported", "printed")],
)
def test_posts_are_those_known_at_the_moment(app: Flask, make: Make, action: str, told: list[str]) -> None:
    """A post entered by mistake and withdrawn: who took a list in between may have it, who did so before has not.

    A figure's list can be asked as known on an earlier day, so there whoever came later may have it, too.
    """
    with on_day(1):
        act_as(SYSTEM)
        person = make.person("Sơn Thị Nhầm")
        manager = make.account("Quản Lý", capability="manager", unit=HERE)
    with on_day(2):
        post = make.assignment(person, "CTV_DS", HERE, date(2026, 2, 1))
    with on_day(4):
        act_as(SYSTEM)
        with db.write():
            withdraw_post(post)
    for day in (1, 3, 5):
        with on_day(day):
            took(manager, action, "people")
    assert days_told(app, person, action) == told


def test_the_tree_is_that_of_the_moment(app: Flask, make: Make) -> None:
    """A hamlet that goes over to another ward: each ward's lists held its people while it was theirs."""
    with on_day(1):
        act_as(SYSTEM)
        hamlet = moving(make, "Khóm Chuyển", date(2026, 3, 10))
        person = make.person("Sơn Thị Chuyển")
        make.assignment(person, "CTV_DS", hamlet, date(2026, 2, 1))
        before, after = (make.account("Quản Lý", capability="manager", unit=unit) for unit in (HERE, ELSEWHERE))
    for day, account in ((3, before), (4, after), (20, before), (21, after)):
        with on_day(day):
            took(account, "people.exported", "people")
    assert days_told(app, person, "people.exported") == ["03", "21"]


def moving(make: Make, name: str, on: date) -> int:
    """A hamlet of HERE that is one of ELSEWHERE from that day on."""
    hamlet = make.unit(name, parent=HERE, start=date(2026, 1, 1), end=on)
    with db.write() as session:
        parent = make.unit_id(ELSEWHERE)
        session.add(
            UnitVersion(unit_id=hamlet, name=name, kind="khom", parent_id=parent, valid_from=on, name_key="khom chuyen")
        )
        session.flush()
        rebuild_paths()
    return hamlet
