"""Which facts a list changes: it fills in, it corrects only on purpose, and an older one overwrites nothing."""

from __future__ import annotations

from datetime import date

import pytest

from lms.people.roster.changes import changes_of, pack_birth, unpack_birth
from tests.people.roster.listed import DAY, born, known, row

A, B, C = "+84912345678", "+84912345112", "+84987654321"


def test_what_is_missing_is_filled_in() -> None:
    found = changes_of(known(birth=None, sex=None), row(birth="1968-05-06", phone=A), DAY, exact=False)
    assert found == {
        "birth": (None, ["1968-05-06", "day"]),
        "sex": (None, "nu"),
        "phone": (None, A),
    }


def test_an_empty_cell_erases_nothing() -> None:
    assert changes_of(known(phone=A), row(birth=None, sex=None), DAY, exact=True) == {}


def test_a_year_becomes_the_day_that_agrees_with_it() -> None:
    assert changes_of(known(), row(birth="1968-05-06"), DAY, exact=False)["birth"][1] == ["1968-05-06", "day"]
    assert changes_of(known(birth="1968-05-06"), row(), DAY, exact=False) == {}


@pytest.mark.parametrize(("exact", "changed"), [(True, True), (False, False)])
def test_another_year_counts_only_from_our_own_export(exact: bool, changed: bool) -> None:
    assert ("birth" in changes_of(known(), row(birth=1958), DAY, exact=exact)) is changed


def test_a_spelling_is_never_rewritten() -> None:
    assert changes_of(known(), row(name="Nguyễn Thị Hoà"), DAY, exact=True) == {}


def test_a_new_number_comes_first_and_the_old_one_stays() -> None:
    found = changes_of(known(phone=A), row(phone=B), DAY, exact=False)
    assert found == {"phone": (A, B), "phone_spare": (None, A)}


def test_a_number_that_is_known_changes_nothing() -> None:
    assert changes_of(known(phone=A, phone_spare=B), row(phone=B), DAY, exact=False) == {}
    assert changes_of(known(phone=A, other_phones=frozenset({B})), row(phone=B), DAY, exact=False) == {}


def test_an_older_list_overwrites_nothing() -> None:
    later = known(phone=A, facts_on=date(2026, 5, 1))
    found = changes_of(later, row(name="Nguyễn Thị Hoa", birth=1958, phone=B), DAY, exact=True)
    assert found == {"phone_spare": (None, B)}
    full = known(phone=A, phone_spare=C, facts_on=date(2026, 5, 1))
    assert changes_of(full, row(phone=B), DAY, exact=True) == {}


def test_a_birth_survives_the_json_of_a_row() -> None:
    for birth in (born(1968), born("1968-05-06"), None):
        assert unpack_birth(pack_birth(birth)) == birth
