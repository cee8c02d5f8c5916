"""The golden example of domain.md §4.1: T = 14/12/2026, validity 12 months, scope Phường Nguyệt Hóa."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from lms.access import SYSTEM, GrantValue, Viewer
from lms.coverage.answers import answer, as_json, question
from lms.coverage.facts import Question, facts
from lms.coverage.figures import total
from lms.coverage.people import Wanted, people_of
from lms.coverage.rules import month_ends
from lms.coverage.trend import trend
from lms.db import db, utc_now
from lms.people.models import PersonMerge
from lms.units.models import UnitScope, UnitScopeRoot
from lms.units.operations import rebuild_paths
from tests.factories import Make

pytestmark = pytest.mark.both
T = date(2026, 12, 14)
WARD = "vl/nguyet-hoa"


@pytest.fixture
def ward(app: Flask, make: Make) -> Question:
    """The question of the example; its scope is one ward."""
    return question(on=T, known_on=utc_now() + timedelta(days=900), scope=one_ward(make, WARD))


def one_ward(make: Make, key: str) -> str:
    code = f"only-{key}"
    with db.write() as session:
        scope = UnitScope(code=code, name=code, follows="tree", position=9)
        session.add(scope)
        session.flush()
        session.add(UnitScopeRoot(scope_id=scope.id, unit_id=make.unit_id(key)))
        session.flush()
        rebuild_paths()
    return code


def holder(make: Make, *roles: str, since: date = date(2023, 1, 1), until: date | None = None, unit: str = WARD) -> int:
    person = make.person()
    for role in roles:
        make.assignment(person, role, unit, since, until)
    return person


def golden_people(make: Make) -> None:
    make.achievement(holder(make, "CTV_DS"), date(2026, 3, 10))
    make.achievement(holder(make, "HGV", "CTV_DS"), date(2026, 5, 5), course_code="k3")
    refreshed = holder(make, "HGV")
    make.achievement(refreshed, date(2025, 4, 20), kind="class", tiet=24)
    make.achievement(refreshed, date(2026, 4, 12), kind="class", tiet=8)
    make.achievement(holder(make, "TTV"), date(2025, 12, 1), kind="class", tiet=8)
    make.achievement(holder(make, "CTV_DS", until=date(2026, 11, 30)), date(2026, 6, 1))
    holder(make, "CTV_DS", since=date(2026, 12, 1))
    make.achievement(holder(make, "HGV", unit="tv/p8/khom-4"), date(2026, 2, 15))
    holder(make, "CTV_DS")  # finished the lessons, failed the quiz: there is no achievement
    make.achievement(holder(make, "CTV_DS"), date(2026, 1, 5), kind="outside", tiet=24)
    make.achievement(holder(make, "GV"), date(2026, 3, 1))


def test_golden_example(make: Make, ward: Question) -> None:
    golden_people(make)
    found = as_json(answer(SYSTEM, ward, by=()))["total"]
    assert (found["counted"], found["valid"], found["ever"]) == (8, 4, 5)
    assert (found["percent"], found["missing"]) == ("50.0", 4)
    ever = as_json(answer(SYSTEM, ward, by=(), basis="ever"))["total"]
    assert (ever["trained"], ever["percent"]) == (5, "62.5")


def test_a_person_with_two_roles_counts_once_in_all_and_once_in_each(make: Make, ward: Question) -> None:
    golden_people(make)
    rows = {row["role"]: row["counted"] for row in as_json(answer(SYSTEM, ward, by=("role",)))["rows"]}
    assert rows == {"CTV_DS": 5, "HGV": 3, "TTV": 1}


def test_the_hamlet_that_was_renumbered_is_shown_under_its_new_name(make: Make, ward: Question) -> None:
    golden_people(make)
    hamlets = {row["hamlet"] for row in as_json(answer(SYSTEM, ward, by=("hamlet",)))["rows"]}
    assert hamlets == {None, "Khóm 13"}


@pytest.mark.parametrize(
    ("last_day", "counted"), [(T, 1), (T - timedelta(days=1), 0), (None, 1)], ids=["ends on T", "ended before", "runs"]
)
def test_the_last_day_still_counts(make: Make, ward: Question, last_day: date | None, counted: int) -> None:
    holder(make, "CTV_DS", until=last_day)
    assert total(facts(SYSTEM, ward), ward).counted == counted


@pytest.mark.parametrize(("completed_on", "valid"), [(date(2025, 12, 14), 0), (date(2025, 12, 15), 1)])
def test_exactly_twelve_months_later_it_has_expired(make: Make, ward: Question, completed_on: date, valid: int) -> None:
    make.achievement(holder(make, "CTV_DS"), completed_on)
    assert total(facts(SYSTEM, ward), ward).valid == valid


def test_a_training_after_t_or_below_the_minimum_does_not_count(make: Make, ward: Question) -> None:
    make.achievement(holder(make, "CTV_DS"), T + timedelta(days=1))
    make.achievement(holder(make, "CTV_DS"), date(2026, 6, 1), kind="class", tiet=7)
    make.achievement(holder(make, "CTV_DS"), date(2026, 6, 1), course_code="x9")
    assert total(facts(SYSTEM, ward), ward).ever == 0


def test_an_outside_paper_counts_once_it_is_verified(make: Make, ward: Question) -> None:
    verified = utc_now() + timedelta(days=1)
    make.achievement(holder(make, "CTV_DS"), date(2026, 6, 1), kind="outside", tiet=8, verified_at=verified)
    assert total(facts(SYSTEM, ward), ward).valid == 1
    earlier = question(on=T, known_on=utc_now(), scope=ward.scope)
    assert total(facts(SYSTEM, earlier), earlier).valid == 0


def test_a_revocation_is_known_from_when_it_was_recorded(make: Make, ward: Question) -> None:
    revoked = datetime(2026, 12, 20, tzinfo=UTC)
    make.achievement(
        holder(make, "CTV_DS"),
        date(2026, 6, 1),
        recorded_at=datetime(2026, 6, 1, tzinfo=UTC),
        revoked_at=revoked,
        revoked_reason="thử",
    )
    before = question(on=T, known_on=date(2026, 12, 19), scope=ward.scope)
    assert [total(facts(SYSTEM, asked), asked).valid for asked in (before, ward)] == [1, 0]


def test_a_late_correction_changes_today_s_answer_but_not_last_year_s(make: Make, ward: Question) -> None:
    person = make.person()
    learned = datetime(2026, 12, 15, tzinfo=UTC)
    make.assignment(person, "CTV_DS", WARD, date(2026, 1, 1), recorded_at=learned)
    as_known_on_t = question(on=T, known_on=T, scope=ward.scope)
    assert total(facts(SYSTEM, as_known_on_t), as_known_on_t).counted == 0
    assert total(facts(SYSTEM, ward), ward).counted == 1


def test_merged_people_are_one_from_the_day_it_was_recorded(make: Make, ward: Question) -> None:
    one, other = holder(make, "CTV_DS"), holder(make, "HGV")
    make.achievement(other, date(2026, 6, 1))
    recorded = utc_now() + timedelta(days=30)
    with db.write() as session:
        session.add(PersonMerge(person_id=other, into_id=one, recorded_at=recorded))
    merged = total(facts(SYSTEM, ward), ward)
    assert (merged.counted, merged.valid) == (1, 1)
    earlier = question(on=T, known_on=utc_now(), scope=ward.scope)
    assert total(facts(SYSTEM, earlier), earlier).counted == 2


def test_a_merged_record_without_a_post_still_trains_its_person(make: Make, ward: Question) -> None:
    holder_now, old_record = holder(make, "CTV_DS"), make.person()
    make.achievement(old_record, date(2026, 6, 1))
    with db.write() as session:
        session.add(PersonMerge(person_id=old_record, into_id=holder_now))
    assert total(facts(SYSTEM, ward), ward).valid == 1


def test_a_chain_of_merges_through_records_elsewhere_still_trains_its_person(make: Make, ward: Question) -> None:
    """holder → between → who they are now ← once ← the record with the training; only the first has a post here."""
    here, between, now, once, trained = holder(make, "CTV_DS"), *(make.person() for _ in range(4))
    make.achievement(trained, date(2026, 6, 1))
    with db.write() as session:
        for person, into in ((here, between), (between, now), (once, now), (trained, once)):
            session.add(PersonMerge(person_id=person, into_id=into))
    found = facts(SYSTEM, ward)
    assert (set(found.person_id), total(found, ward).valid) == ({now}, 1)


def test_a_manager_of_one_line_counts_that_line(make: Make, ward: Question) -> None:
    golden_people(make)
    justice = Viewer(account_id=1, grants=(GrantValue("manager", make.unit_id(WARD), "justice"),))
    stranger = Viewer(account_id=2, grants=(GrantValue("manager", make.unit_id("vl/hoa-thuan")),))
    assert total(facts(justice, ward), ward).counted == 3
    assert total(facts(stranger, ward), ward).counted == 0


def test_a_person_in_two_hamlets_counts_once_in_all_and_once_in_each(make: Make, ward: Question) -> None:
    khom = [make.unit(name, parent=WARD, start=date(2025, 7, 1)) for name in ("Khóm 41", "Khóm 42")]
    person = make.person()
    for unit in khom:
        make.assignment(person, "CTV_DS", unit, date(2026, 1, 1))
    found = answer(SYSTEM, ward, by=("hamlet",))
    assert {row.at: row.cell.counted for row in found.rows} == {(unit,): 1 for unit in khom}
    assert found.total.counted == 1


def test_sexes_add_up_with_a_row_for_who_has_none_written_down(make: Make, ward: Question) -> None:
    for sex in ("nu", "nu", "nam", None):
        make.assignment(make.person(sex=sex), "CTV_DS", WARD, date(2026, 1, 1))
    found = answer(SYSTEM, ward, by=("sex",))
    assert {row.at: row.cell.counted for row in found.rows} == {("nu",): 2, ("nam",): 1, (None,): 1}
    assert found.total.counted == 4


def test_a_class_on_29_february_is_valid_until_27_february(make: Make, ward: Question) -> None:
    person = holder(make, "CTV_DS")
    make.achievement(person, date(2024, 2, 29), kind="class", tiet=8)
    days = [replace(ward, on=date(2025, 2, day)) for day in (27, 28)]
    assert [total(facts(SYSTEM, asked), asked).valid for asked in days] == [1, 0]


@pytest.mark.parametrize(("days", "new"), [(89, 1), (90, 0)])
def test_new_people_have_held_all_their_posts_for_less_than_90_days(
    make: Make, ward: Question, days: int, new: int
) -> None:
    person = holder(make, "CTV_DS", since=T - timedelta(days=days))
    make.assignment(person, "HGV", WARD, T)
    assert len(people_of(facts(SYSTEM, ward), ward, Wanted(state="new"))) == new


@pytest.mark.parametrize(("completed_on", "soon"), [(date(2026, 1, 13), 1), (date(2026, 1, 14), 0)])
def test_expiring_is_what_no_longer_counts_on_the_later_day(
    make: Make, ward: Question, completed_on: date, soon: int
) -> None:
    make.achievement(holder(make, "CTV_DS"), completed_on)
    make.achievement(holder(make, "CTV_DS"), date(2025, 12, 1))  # expired already: nothing runs out
    assert len(people_of(facts(SYSTEM, ward), ward, Wanted(state="expiring", before=date(2027, 1, 13)))) == soon


def test_points_of_the_trend_are_the_headlines_of_their_days(make: Make, ward: Question) -> None:
    golden_people(make)
    for basis in ("valid", "ever"):
        for point in trend(SYSTEM, ward, month_ends(T, 24), basis):
            asked = replace(ward, on=point.on)
            headline = total(facts(SYSTEM, asked), asked)
            assert (point.counted, point.trained) == (headline.counted, headline.trained(basis))
