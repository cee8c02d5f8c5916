"""What an administrator is shown: all that is theirs before anything is cut off, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.access import GrantValue, Viewer
from lms.accounts import lists
from lms.accounts.models import Account
from lms.accounts.operations import rights
from lms.db import db, utc_now
from lms.people.scope import unscoped
from lms.text.dates import local_today
from lms.units.models import UnitVersion
from lms.units.operations import rebuild_paths
from tests.accounts.conftest import Accounts
from tests.factories import Make

pytestmark = pytest.mark.both
HERE, ELSEWHERE = "vl/nguyet-hoa", "vl/hoa-thuan"
NAME = "Nguyễn Thị Hoa"


def administrator(make: Make, unit: str | int | None = HERE, line: str | None = None) -> Viewer:
    unit_id = make.unit_id(unit) if isinstance(unit, str) else unit
    return Viewer(account_id=9001, grants=(GrantValue("administrator", unit_id, line),))


def learner(make: Make, unit: str, name: str = NAME, role: str = "CTV_DS") -> int:
    """The account of somebody with a post there."""
    person = make.person(name)
    make.assignment(person, role, unit, date(2025, 8, 1))
    return make.account(name, person_id=person)


def shown(who: Viewer, search: str = "", *, closed: bool = False) -> list[int]:
    found = [one.account_id for one in lists.accounts_of_office(who, search, closed).found]
    db.session.rollback()
    return found


def test_a_common_name_elsewhere_hides_nobody_here(make: Make) -> None:
    for _ in range(55):
        learner(make, ELSEWHERE)
    own = learner(make, HERE)
    assert shown(administrator(make), "thi hoa") == [own]


def test_what_is_cut_off_is_the_end_of_the_roll_and_the_page_says_so(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST", 2)
    last, first, middle = (learner(make, HERE, f"Lê Thị {name}") for name in ("Ý", "An", "Đào"))
    for name in ("Anh", "Ân"):
        learner(make, ELSEWHERE, f"Lê Thị {name}")
    found = lists.accounts_of_office(administrator(make), "le thi")
    assert ([one.account_id for one in found.found], found.more) == ([first, middle], True)
    few = lists.accounts_of_office(administrator(make), "le thi y")
    assert ([one.account_id for one in few.found], few.more) == ([last], False)


def test_closed_accounts_are_the_own_ones(make: Make) -> None:
    here, there = learner(make, HERE), learner(make, ELSEWHERE)
    with db.write() as session:
        for one in session.scalars(unscoped(select(Account), "test")):
            one.closed_at = utc_now()
    assert shown(administrator(make), closed=True) == [here]
    assert set(shown(administrator(make, None), closed=True)) == {here, there}


def test_the_list_and_the_single_account_are_judged_alike(make: Make, accounts: Accounts) -> None:
    """Every mixture of place, line and rights, by an administrator of each kind."""
    here, there = make.unit_id(HERE), make.unit_id(ELSEWHERE)
    rights_held = [None, ("manager", here, None), ("manager", here, "justice"), ("trainer", there, None)]
    rights_held += [("inspector", None, None), ("inspector", None, "justice")]
    for unit in (HERE, ELSEWHERE):
        for role in ("CTV_DS", "HGV"):
            for right in rights_held:
                account = learner(make, unit, role=role)
                if right is not None:
                    accounts.grant(account, *right)
    viewers = [administrator(make, unit, line) for unit in (HERE, None) for line in (None, "justice", "health")]
    everybody = unscoped(select(Account).where(Account.person_id.is_not(None)).order_by(Account.id), "test")
    counts = []
    for who in viewers:
        judged = [one.id for one in db.session.scalars(everybody) if rights.administers(who, one)]
        together = everybody.with_only_columns(Account.id).where(rights.administered(who))
        assert db.session.scalars(together).all() == judged
        counts.append(len(judged))
    assert counts == [6, 2, 1, 24, 6, 2]


def test_rights_are_offered_over_what_is_the_area_today(make: Make) -> None:
    moved_on = local_today(utc_now()) - timedelta(days=30)
    stays = make.unit("Xã Ở Lại", kind="commune", parent=HERE, start=date(2025, 7, 1))
    left = make.unit("Xã Chuyển Đi", kind="commune", parent=HERE, start=date(2025, 7, 1), end=moved_on)
    with db.write() as session:
        given = {"name": "Xã Chuyển Đi", "name_key": "xa chuyen di", "kind": "commune", "valid_from": moved_on}
        session.add(UnitVersion(unit_id=left, parent_id=make.unit_id(ELSEWHERE), **given))
        session.flush()
        rebuild_paths()

    def offered(unit: str) -> set[int]:
        return {unit_id for unit_id, _name in lists.units_to_give(administrator(make, unit))}

    assert offered(HERE) == {make.unit_id(HERE), stays}
    assert offered(ELSEWHERE) == {make.unit_id(ELSEWHERE), left}
