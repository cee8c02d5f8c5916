"""People, posts and merges by hand, and confirming lists. On both databases."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from lms.access import SYSTEM, GrantValue, Viewer
from lms.access.current import act_as
from lms.audit.models import AuditDetail, AuditEntry
from lms.db import db
from lms.people import operations
from lms.people.confirmed import list_states, people_at_work
from lms.people.models import Assignment, IdentityCheck, Person, RosterConfirmation
from lms.people.operations.persons import PersonFacts, open_report, similar_people
from lms.people.queries import identity_confirmed
from lms.people.rights import managed_among
from lms.people.scope import one_person, unscoped
from lms.text.dates import PartialDate
from lms.units.queries import find_units
from lms.web.refusals import Refusal
from tests.factories import Make
from tests.people.conftest import ELSEWHERE, holder, manager, register
from tests.people.lists import LIST_DATE, WARD

pytestmark = pytest.mark.both
HOA = PersonFacts("NGUYỄN THỊ HOÀ", birth=PartialDate(date(1968, 1, 1), "year"), sex="nu", phone="+84912345678")
START = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def in_november() -> object:
    with time_machine.travel("2026-11-24T03:00Z") as clock:
        yield clock


def created(unit_id: int, facts: PersonFacts = HOA, role: str = "CTV_DS") -> int:
    with db.write():
        return operations.create_person(facts, role, unit_id, START).id


def post_of(person_id: int) -> Assignment:
    statement = select(Assignment).where(Assignment.person_id == person_id, Assignment.superseded_at.is_(None))
    found = db.session.scalars(unscoped(statement, "test")).one()
    db.session.rollback()
    return found


def the_ids_of(person_id: int) -> set[int]:
    return set(db.session.scalars(one_person(person_id)))


def the_person(person_id: int) -> Person:
    return db.session.scalars(unscoped(select(Person).where(Person.id == person_id), "test")).one()


def last_change(person_id: int) -> dict[str, object]:
    statement = (
        select(AuditDetail.details)
        .join(AuditEntry, AuditEntry.seq == AuditDetail.seq)
        .where(AuditEntry.subject == f"person:{person_id}")
        .order_by(AuditEntry.seq.desc())
    )
    found = db.session.scalars(statement).first()
    db.session.rollback()
    assert found is not None
    return found


# ── persons ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_person_has_a_tidy_name_a_key_and_a_post(ward: int) -> None:
    hoa = the_person(created(ward))
    assert (hoa.full_name, hoa.search_key, len(hoa.row_key)) == ("Nguyễn Thị Hoà", "nguyen thi hoa", 12)
    assert [(held.role, held.first_day) for held in register()] == [("CTV_DS", START)]


def test_somebody_alike_is_found_before_a_double_is_made(ward: int) -> None:
    hoa = created(ward)
    again = PersonFacts("Nguyễn Thị Hòa", birth=PartialDate(date(1968, 1, 1), "year"), phone="+84987654321")
    assert [known.person_id for known in similar_people(again, "HGV", ward)] == [hoa]
    assert similar_people(PersonFacts("Kim Thị Út"), "HGV", ward) == []


def test_a_correction_keeps_what_stood_before(ward: int) -> None:
    hoa = created(ward)
    with db.write():
        assert operations.correct_person(hoa, PersonFacts("Nguyễn Thị Hoa", given_name="Thị Hoa", phone=None))
        assert not operations.correct_person(hoa, PersonFacts("Nguyễn Thị Hoa", given_name="Thị Hoa", phone=None))
    found = last_change(hoa)
    assert found["before"]["phone"] == "+84912345678" and found["after"]["phone"] is None  # type: ignore[index]
    assert found["before"]["birth"] == ["1968-01-01", "year"]  # type: ignore[index]
    assert the_person(hoa).search_key == "nguyen thi hoa"


def test_a_given_name_of_two_words_changes_the_order(ward: int) -> None:
    kim = created(ward, PersonFacts("Kim Sa Rươl"))
    before = the_person(kim).sort_key
    db.session.rollback()
    with db.write():
        operations.correct_person(kim, PersonFacts("Kim Sa Rươl", given_name="Sa Rươl"))
    assert the_person(kim).sort_key != before


def test_half_a_name_is_refused(ward: int) -> None:
    with pytest.raises(Refusal, match="đủ họ và tên"):
        created(ward, PersonFacts("Hoà"))


def test_a_stranger_ward_cannot_touch_anybody(make: Make, ward: int) -> None:
    hoa = created(ward)
    post_id = post_of(hoa).id
    act_as(manager(make, ELSEWHERE))
    with pytest.raises(NotFound), db.write():
        operations.correct_person(hoa, HOA)
    with pytest.raises(NotFound), db.write():
        operations.end_post(post_id, date(2026, 5, 1))
    with pytest.raises(NotFound), db.write():
        operations.add_post(hoa, "HGV", make.unit_id(ELSEWHERE), START)
    with pytest.raises(Forbidden):
        created(ward)


@pytest.mark.parametrize("capability", ["organiser", "inspector", "administrator"])
def test_who_may_look_may_not_change(make: Make, ward: int, capability: str) -> None:
    hoa = created(ward)
    act_as(holder(make, capability))
    with pytest.raises(NotFound), db.write():
        operations.correct_person(hoa, HOA)
    with pytest.raises(Forbidden), db.write():
        operations.confirm_list(ward, LIST_DATE, 1)


def test_who_left_for_another_ward_belongs_to_that_one(make: Make, ward: int) -> None:
    hoa = created(ward)
    with db.write():
        operations.end_post(post_of(hoa).id, date(2026, 5, 1))
    here, there = manager(make), manager(make, ELSEWHERE)
    assert managed_among(here, [hoa]) == {hoa}
    with db.write():
        operations.add_post(hoa, "HGV", make.unit_id(ELSEWHERE), date(2026, 5, 2))
    assert managed_among(here, [hoa]) == set() and managed_among(there, [hoa]) == {hoa}


# ── what the learner reported ───────────────────────────────────────────────────────────────────────────────────────


def test_a_report_is_answered_once(ward: int) -> None:
    hoa = created(ward)
    with db.write() as session:
        session.add(IdentityCheck(person_id=hoa, answer="wrong", full_name="x", birth_text="1968", message="Sai tên"))
    assert open_report(hoa) is not None and not identity_confirmed(hoa)
    with db.write():
        operations.resolve_report(hoa)
    assert open_report(hoa) is None and identity_confirmed(hoa)
    with pytest.raises(Refusal, match="đã có người xử lý"), db.write():
        operations.resolve_report(hoa)


# ── posts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_ending_a_post_replaces_it_and_remembers_the_old_row(ward: int) -> None:
    post = post_of(created(ward))
    with db.write():
        after = operations.end_post(post.id, date(2026, 5, 1)).id
    old = db.session.scalars(unscoped(select(Assignment).where(Assignment.id == post.id), "test")).one()
    assert old.superseded_by_id == after and old.last_day is None
    assert register()[0].last_day == date(2026, 5, 1)


def test_an_end_can_be_taken_back_and_days_corrected(ward: int) -> None:
    hoa = created(ward)
    with db.write():
        ended = operations.end_post(post_of(hoa).id, date(2026, 5, 1)).id
        operations.correct_post(ended, date(2026, 2, 1), None)
    assert (register()[0].first_day, register()[0].last_day) == (date(2026, 2, 1), None)


def test_a_post_that_never_was_is_withdrawn(ward: int) -> None:
    hoa = created(ward)
    with db.write():
        operations.withdraw_post(post_of(hoa).id)
    assert register()[0].role == ""


@pytest.mark.parametrize("day", [date(2026, 2, 28), date(2026, 12, 1)])
def test_a_day_of_leaving_must_be_possible(ward: int, day: date) -> None:
    hoa = created(ward)
    with pytest.raises(Refusal, match="Ngày nghỉ"), db.write():
        operations.end_post(post_of(hoa).id, day)


def test_nobody_holds_one_post_twice(ward: int) -> None:
    hoa = created(ward)
    with pytest.raises(Refusal, match="đã giữ chức danh đó"), db.write():
        operations.add_post(hoa, "CTV_DS", ward, date(2026, 6, 1))
    with db.write():
        operations.end_post(post_of(hoa).id, date(2026, 5, 1))
        again = operations.add_post(hoa, "CTV_DS", ward, date(2026, 6, 1)).id
    with pytest.raises(Refusal, match="đã giữ chức danh đó"), db.write():
        operations.correct_post(again, date(2026, 4, 1), None)


def test_a_line_adds_posts_of_its_own_only(make: Make, ward: int) -> None:
    hoa = created(ward, role="HGV")
    act_as(manager(make, line="justice"))
    with db.write():
        operations.add_post(hoa, "TT_HG", ward, START)
    with pytest.raises(Forbidden), db.write():
        operations.add_post(hoa, "CTV_DS", ward, START)


# ── merges ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_merge_moves_nothing_and_can_be_undone(ward: int) -> None:
    hoa, double = created(ward), created(ward, PersonFacts("Nguyễn Thị Hòa"), role="HGV")
    before = register()
    with db.write():
        assert operations.merge(double, hoa) == hoa
    assert register() == before and the_ids_of(hoa) == {hoa, double}
    assert people_at_work(ward, START) == 1
    with db.write():
        assert operations.unmerge(double) == hoa
    assert people_at_work(ward, START) == 2 and the_ids_of(hoa) == {hoa}


@pytest.mark.attack("S41")
def test_merges_never_run_in_a_circle(ward: int) -> None:
    one, two, three = (created(ward, PersonFacts(f"Lê Thị {name}")) for name in ("An", "Ba", "Cúc"))
    with db.write():
        operations.merge(one, two)
        assert operations.merge(two, three) == three
    for person, into in ((three, one), (one, three), (three, three)):
        with pytest.raises(Refusal), db.write():
            operations.merge(person, into)
    assert the_ids_of(three) == {three, one, two}


@pytest.mark.attack("S41")
def test_only_people_one_keeps_can_be_merged(make: Make, ward: int) -> None:
    hoa, stranger = created(ward), created(make.unit_id(ELSEWHERE), PersonFacts("Lê Thị An"))
    act_as(manager(make))
    for pair in ((hoa, stranger), (stranger, hoa)):
        with pytest.raises(NotFound), db.write():
            operations.merge(*pair)
    with pytest.raises(NotFound), db.write():
        operations.unmerge(hoa)


# ── confirming lists ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_is_confirmed_as_of_a_day(make: Make, ward: int) -> None:
    hoa = created(find_units("Khóm 4", ward, START)[0].unit_id)
    created(ward, PersonFacts("Lê Thị An"), role="HGV")
    with db.write():
        operations.add_post(hoa, "HGV", ward, START)
    act_as(manager(make))
    with db.write():
        operations.confirm_list(ward, START, 2)
    states = {state.name: state for state in list_states(SYSTEM, START)}
    done, other = states["Phường Nguyệt Hóa"], states["Phường Hòa Thuận"]
    assert (done.people, done.last and done.last.people, other.last) == (2, 2, None)
    assert people_at_work(ward, date(2026, 2, 28)) == 0 and people_at_work(ward, START, "health") == 1


def test_the_lists_of_a_grant_are_those_of_its_wards_and_of_the_ward_of_its_hamlet(make: Make, ward: int) -> None:
    """Of a place that has ended nothing is listed: its successor is another office's."""

    def listed(unit_id: int, day: date = START) -> list[str]:
        keeper = Viewer(account_id=1, grants=(GrantValue("manager", unit_id),))
        return [state.name for state in list_states(keeper, day)]

    hamlet = find_units("Khóm 4", ward, START)[0].unit_id
    assert listed(ward) == listed(hamlet) == ["Phường Nguyệt Hóa"]
    ended = make.unit_id("tv/p8")
    assert listed(ended) == [] and "Phường 8" in listed(ended, date(2025, 1, 1))


def test_somebody_merged_is_counted_once_in_her_ward(make: Make, ward: int) -> None:
    hoa, double = created(ward), created(ward, PersonFacts("Nguyễn Thị Hoa"))
    created(ward, PersonFacts("Lê An"))
    with db.write():
        operations.merge(double, hoa)
    (state,) = [one for one in list_states(SYSTEM, START) if one.unit_id == ward]
    assert state.people == people_at_work(ward, START) == 2


def test_nobody_vouches_for_a_list_that_has_just_changed(ward: int) -> None:
    created(ward)
    with pytest.raises(Refusal, match="có 1 người, không phải 2"), db.write():
        operations.confirm_list(ward, START, 2)
    with pytest.raises(Refusal, match="chưa tới"), db.write():
        operations.confirm_list(ward, date(2026, 12, 1), 1)
    assert db.session.query(RosterConfirmation).count() == 0


def test_a_line_confirms_its_own_list(make: Make, ward: int) -> None:
    created(ward, role="HGV")
    act_as(manager(make, line="justice"))
    with pytest.raises(Forbidden), db.write():
        operations.confirm_list(ward, START, 1)
    with db.write():
        operations.confirm_list(ward, START, 1, "justice")
    by_line = {state.unit_id: state.last for state in list_states(SYSTEM, START, "justice")}
    whole = {state.unit_id: state.last for state in list_states(SYSTEM, START)}
    assert by_line[make.unit_id(WARD)] is not None and whole[make.unit_id(WARD)] is None
