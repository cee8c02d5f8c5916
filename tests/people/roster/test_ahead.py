"""A list is matched before the lock is taken, and again under it only if something has changed. On both databases."""

from __future__ import annotations

from datetime import date

import pytest

from lms.db import db
from lms.people.roster import matched
from lms.people.roster.confirming import Outcome, confirm
from lms.people.roster.deciding import look_ahead
from lms.people.roster.matched import Matched
from tests.factories import Make
from tests.people.conftest import register
from tests.people.lists import answered, entered, person, staged, taken

pytestmark = pytest.mark.both
SINCE = date(2025, 7, 1)
HOA, AN = person(phone="0912 345 678"), person("Lê Thị An", 1970)


def entered_with(import_id: int, ahead: Matched) -> Outcome:
    with db.write():
        return confirm(import_id, ahead)


def test_nothing_is_matched_under_the_lock_when_nothing_has_changed(ward: int, monkeypatch: pytest.MonkeyPatch) -> None:
    entered(ward, HOA)
    import_id = staged(ward, HOA, AN, person("Trần Văn Bê", 1980))
    ahead = look_ahead(import_id)
    monkeypatch.setattr(matched, "match", None)
    assert entered_with(import_id, ahead).applied.people == 2


def test_somebody_entered_meanwhile_is_seen(ward: int) -> None:
    import_id = staged(ward, HOA)
    ahead = look_ahead(import_id)
    entered(ward, HOA, AN)
    outcome = entered_with(import_id, ahead)
    assert outcome.moved == 1 and outcome.applied.rows == 0
    assert taken(import_id) == ["same"] and len(register()) == 2


def test_an_answer_given_meanwhile_is_followed(ward: int) -> None:
    import_id = staged(ward, person(sex="x"), AN)
    ahead = look_ahead(import_id)
    answered(import_id, 2, "sex", "nu")
    assert entered_with(import_id, ahead).applied.people == 2


def test_a_hamlet_added_meanwhile_is_known(make: Make, ward: int) -> None:
    import_id = staged(ward, person(place="Khóm 44"), AN)
    ahead = look_ahead(import_id)
    make.unit("Khóm 44", parent=ward, start=SINCE)
    assert entered_with(import_id, ahead).moved == 1


def test_looking_ahead_changes_nothing(make: Make, ward: int) -> None:
    import_id = staged(ward, person(place="Khóm 44"), AN)
    make.unit("Khóm 44", parent=ward, start=SINCE)
    look_ahead(import_id)
    assert not db.session.dirty
    assert taken(import_id) == ["ask", "new"] and register() == []
