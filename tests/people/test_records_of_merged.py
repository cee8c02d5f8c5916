"""Two entries that were one person: who may sign in, and whose records are found from the entry that stays."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from sqlalchemy import select, update

from lms.access import SYSTEM, Viewer
from lms.access.current import act_as
from lms.accounts.models import Account
from lms.certificates.models import Achievement
from lms.certificates.queries.records import records_of
from lms.courses.queries import course_card
from lms.db import db, utc_now
from lms.people import operations
from lms.people.merging import active_merges
from lms.people.queries import printed_post
from lms.people.scope import visible
from lms.web.refusals import Refusal
from tests.factories import Make
from tests.people.conftest import Office, manager

pytestmark = pytest.mark.both
START, PASSED = date(2026, 3, 1), date(2026, 5, 5)


@pytest.fixture(autouse=True)
def in_november() -> object:
    with time_machine.travel("2026-11-24T03:00Z") as clock:
        yield clock


@pytest.fixture
def two(make: Make, ward: int) -> tuple[int, int]:
    """A double entry with a pass in the course, and the person who stays."""
    double, stays = make.person("Sơn Thị Ánh"), make.person("Sơn Thị Ánh Nguyệt")
    for one, role in ((double, "HGV"), (stays, "CTV_DS")):
        make.assignment(one, role, ward, START)
    make.achievement(double, PASSED)
    act_as(SYSTEM)
    return double, stays


def merge(person_id: int, into_id: int) -> int:
    with db.write():
        return operations.merge(person_id, into_id)


def titles(person_id: int) -> list[str]:
    return [other.title for other in records_of(Viewer(account_id=1, person_id=person_id)).others]


def passes_seen(person_id: int) -> int:
    seen = visible(Viewer(account_id=1, person_id=person_id), select(Achievement.id), of=Achievement)
    return len(db.session.scalars(seen).all())


def test_what_the_double_learnt_is_found_from_who_stays_until_they_are_parted(two: tuple[int, int]) -> None:
    double, stays = two
    assert (titles(stays), passes_seen(stays)) == ([], 0)
    assert merge(double, stays) == stays
    assert (titles(stays), passes_seen(stays)) == (["Khóa mẫu"], 1)
    with db.write():
        operations.unmerge(double)
    assert (titles(stays), passes_seen(stays)) == ([], 0)
    assert (titles(double), passes_seen(double)) == (["Khóa mẫu"], 1)


def test_over_two_steps_too(make: Make, two: tuple[int, int]) -> None:
    double, stays = two
    last = make.person("Sơn Ánh Nguyệt")
    make.assignment(last, "TTV", "vl/nguyet-hoa", START)
    merge(double, stays)
    merge(stays, last)
    assert titles(last) == ["Khóa mẫu"] and passes_seen(last) == 1
    with db.write():
        operations.unmerge(stays)
    assert titles(last) == [] and titles(stays) == ["Khóa mẫu"]


def test_the_course_is_met_and_the_post_of_the_double_can_be_printed(make: Make, two: tuple[int, int]) -> None:
    double, stays = two
    make.edition()
    who = Viewer(account_id=1, person_id=stays)
    assert course_card(who, "k1").completed_on is None
    assert printed_post(stays, PASSED).role_and_unit.startswith("cộng tác viên")
    merge(double, stays)
    assert course_card(who, "k1").completed_on == PASSED
    with db.write():
        operations.end_post(2, date(2026, 4, 1))
    assert printed_post(stays, PASSED).role_and_unit.startswith("hòa giải viên")


def test_two_who_both_sign_in_are_not_merged_before_one_account_is_closed(make: Make, two: tuple[int, int]) -> None:
    double, stays = two
    accounts = [make.account(person_id=one) for one in two]
    with pytest.raises(Refusal, match="đều đang có tài khoản"):
        merge(double, stays)
    assert active_merges() == {}
    with db.write() as session:
        session.execute(update(Account).where(Account.id == accounts[0]).values(closed_at=utc_now()))
    assert merge(double, stays) == stays
    assert titles(stays) == ["Khóa mẫu"]


def test_who_signs_in_is_who_stays(make: Make, two: tuple[int, int]) -> None:
    double, stays = two
    make.account(person_id=double)
    with pytest.raises(Refusal, match="phải là người được giữ lại"):
        merge(double, stays)
    assert merge(stays, double) == double


def test_the_page_says_why_two_accounts_stand_in_the_way(office: Office, make: Make, two: tuple[int, int]) -> None:
    for one in two:
        make.account(person_id=one)
    office.viewer = manager(make)
    page = office.post(f"/nguoi/{two[0]}/gop", {"vao": str(two[1])})
    assert page.status == 409 and "nhờ người quản trị đóng tài khoản ít dùng" in page.text
