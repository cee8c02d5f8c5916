"""`lms audit who-saw`: what is certain, what may have been, and what was not."""

from __future__ import annotations

import json
from datetime import date

import pytest
from flask import Flask

from lms.access import Viewer
from lms.access.current import act_as
from lms.accounts.models import Grant
from lms.audit.operations import record
from lms.db import db
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
