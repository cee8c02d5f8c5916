"""Issuing, waiting for the holder's word, withdrawing: on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.access import NOBODY, GrantValue, Viewer
from lms.access.current import act_as
from lms.audit.models import AuditEntry
from lms.certificates import identity, tasks
from lms.certificates.course import course_from_json, course_to_json
from lms.certificates.operations import issue, may_change, record_achievement, revoke
from lms.certificates.queries.checking import check
from lms.certificates.queries.records import records_of
from lms.certificates.queries.register import waiting_for_name
from lms.db import db
from lms.people.models import Person, PersonMerge
from lms.people.queries import identity_confirmed, last_identity_check
from lms.people.scope import unscoped
from lms.units.models import UnitVersion
from lms.units.operations import rebuild_paths
from lms.web.refusals import Refusal
from tests.certificates.people import (
    COURSE,
    ELSEWHERE,
    HERE,
    NAME,
    achievement_of,
    certificates,
    certified,
    learner,
    one,
    passed,
    rename,
    said,
)
from tests.factories import Make

pytestmark = pytest.mark.both
DAY = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def that_day() -> object:
    with time_machine.travel(DAY, tick=True) as traveller:
        yield traveller


def learner_of(person_id: int) -> Viewer:
    return Viewer(account_id=7, person_id=person_id, name=NAME)


def manager(make: Make, unit: str = HERE, capability: str = "manager", person_id: int | None = None) -> Viewer:
    return Viewer(account_id=9, person_id=person_id, grants=(GrantValue(capability, make.unit_id(unit)),))


def rename_unit(make: Make, key: str, name: str, on: date) -> None:
    with db.write() as session:
        old = session.scalars(
            select(UnitVersion).where(UnitVersion.unit_id == make.unit_id(key), UnitVersion.valid_to.is_(None))
        ).one()
        new = UnitVersion(
            unit_id=old.unit_id, name=name, name_key=name, kind=old.kind, parent_id=old.parent_id, valid_from=on
        )
        old.valid_to = on
        session.flush()
        session.add(new)
        session.flush()
        rebuild_paths()


def confirm(person_id: int) -> int:
    act_as(learner_of(person_id))
    with db.write():
        return identity.confirm_identity(identity.printed_identity(learner_of(person_id)).seen)


def test_a_certificate_says_what_was_true_that_day(app: Flask, make: Make) -> None:
    certificate = certified(learner(make))
    paper = certificate.paper
    assert (paper["honorific"], paper["holder_name"], paper["birth_text"]) == ("Bà", NAME, "sinh năm 1971")
    assert paper["role_and_unit"] == "cộng tác viên dân số, Khóm 13, Phường Nguyệt Hóa"
    assert paper["serial"] == "0001/2026"
    assert paper["check_url"].endswith(f"/c/{certificate.code}")
    assert certificate.valid_until == date(2027, 11, 24)
    assert achievement_of(certificate).tiet == Decimal(8)
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"achievement.recorded", "certificate.issued"} <= actions


def test_the_printed_unit_stays_when_the_unit_gets_another_name(app: Flask, make: Make) -> None:
    person = learner(make)
    before = certified(person)
    rename_unit(make, HERE, "Phường Tên Mới", date(2026, 12, 1))
    with time_machine.travel(datetime(2026, 12, 5, 3, tzinfo=UTC)):
        after = certified(person)
        assert one(before.id).paper["role_and_unit"].endswith("Phường Nguyệt Hóa")
        assert one(before.id).paper["issuer_place"] == "Phường Nguyệt Hóa"
        assert after.paper["issuer_place"] == "Phường Tên Mới"


def test_somebody_without_a_post_still_gets_a_paper(app: Flask, make: Make) -> None:
    paper = certified(make.person("Lê Văn Mẫu")).paper
    assert (paper["role_and_unit"], paper["place"], paper["honorific"]) == ("", "", "Ông/Bà")


@pytest.mark.attack("S21")
def test_eight_issuers_at_once_leave_no_gap_in_the_book(app: Flask, make: Make) -> None:
    people = [learner(make, f"Nguyễn Thị Mẫu {number}") for number in range(8)]
    start = Barrier(len(people))

    def issue_some(person: int) -> None:
        with app.app_context():
            start.wait()
            for turn in range(4):
                try:
                    certified(person) if turn != 2 else break_off(person)
                except BrokenOff:
                    db.session.rollback()

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(issue_some, people))
    issued = certificates()
    assert [one.serial_no for one in issued] == list(range(1, 25))
    assert len({one.code for one in issued}) == 24


class BrokenOff(Exception):
    pass


def break_off(person: int) -> None:
    """A pass that is not stored in the end gives its number back."""
    day = date(2026, 11, 24)
    with db.write():
        issue(record_achievement(person, "online", COURSE, completed_on=day, source=f"hong:{person}"), COURSE)
        raise BrokenOff


def test_the_book_begins_anew_with_the_year(app: Flask, make: Make) -> None:
    person = learner(make)
    assert certified(person).paper["serial"] == "0001/2026"
    with time_machine.travel(datetime(2026, 12, 31, 17, 30, tzinfo=UTC)):  # half past midnight here
        first = certified(person)
    assert (first.paper["serial"], first.serial_year) == ("0001/2027", 2027)


def test_what_a_course_gives_comes_back_from_its_row_unchanged(app: Flask, make: Make) -> None:
    course = replace(COURSE, tiet_in_person=Decimal("1.50"), approved_programme="")
    assert course_from_json(course_to_json(course)) == course


def test_nothing_is_issued_before_the_holder_said_that_the_name_is_right(app: Flask, make: Make) -> None:
    asked_nothing, reported = learner(make), learner(make, "Kim Sa Rinh")
    passed(asked_nothing)
    passed(reported)
    said(reported, "wrong")
    assert tasks.issue_waiting() == 0
    assert certificates() == []
    assert [other.state for other in records_of(learner_of(reported)).others] == ["waiting"]


def test_the_word_issues_what_waited_with_the_facts_of_its_course(app: Flask, make: Make) -> None:
    person = learner(make)
    passed(person, date(2026, 11, 20))
    assert confirm(person) == 1
    (certificate,) = certificates()
    assert certificate.paper["course_title"] == COURSE.title
    assert (certificate.paper["from_date"], certificate.paper["to_date"]) == ("2026-11-03", "2026-11-20")
    assert (certificate.issued_on, certificate.valid_until) == (date(2026, 11, 24), date(2027, 11, 20))
    assert confirm(person) == 0
    assert tasks.issue_waiting() == 0
    assert len(certificates()) == 1


def test_a_report_put_right_issues_the_corrected_name(app: Flask, make: Make) -> None:
    person = learner(make, "Huỳnh Thị Úc")
    passed(person)
    said(person, "wrong", resolved=True)
    rename(person, NAME)
    assert tasks.issue_waiting() == 1
    assert certificates()[0].holder_name == NAME


def test_a_later_report_keeps_the_next_certificate_waiting(app: Flask, make: Make) -> None:
    person = learner(make)
    said(person, "right")
    said(person, "wrong")
    passed(person)
    assert tasks.issue_waiting() == 0


@pytest.mark.parametrize(
    ("name", "born", "precision"),
    [
        (NAME, date(1972, 1, 1), "year"),
        (NAME, date(1971, 1, 1), "day"),
        (NAME, date(1971, 1, 1), "month"),
        (NAME, None, None),
        ("Huỳnh Thị Úc", date(1971, 1, 1), "year"),
    ],
)
def test_right_was_said_of_one_name_and_one_birth(
    app: Flask, make: Make, name: str, born: date | None, precision: str | None
) -> None:
    """The register says another name or birth since: the holder looks again before anything is printed."""
    person = learner(make)
    confirm(person)
    passed(person)
    correct(person, name, born, precision)
    assert not identity_confirmed(person)
    assert tasks.issue_waiting() == 0
    assert records_of(learner_of(person)).word == "unasked"
    assert [one.word for one in waiting_for_name(manager(make))] == ["unasked"]
    assert confirm(person) == 1
    assert certificates()[0].holder_name == name


@pytest.mark.parametrize("precision", ["year", "month", "day", None])
def test_a_word_holds_for_any_precision_of_the_birth(app: Flask, make: Make, precision: str | None) -> None:
    person = learner(make, birth_date=date(1971, 6, 5) if precision else None, birth_precision=precision)
    confirm(person)
    passed(person)
    assert identity_confirmed(person)
    assert tasks.issue_waiting() == 1


def correct(person_id: int, name: str, born: date | None, precision: str | None) -> None:
    with db.write():
        person = db.session.scalars(unscoped(select(Person).where(Person.id == person_id), "test")).one()
        person.full_name, person.birth_date, person.birth_precision = name, born, precision


@pytest.mark.attack("S21")
def test_two_workers_issue_a_waiting_certificate_once(app: Flask, make: Make) -> None:
    people = [learner(make, f"Trần Thị Mẫu {number}") for number in range(5)]
    for person in people:
        passed(person)
        said(person, "right")
    start = Barrier(4)

    def work(_: int) -> int:
        with app.app_context():
            start.wait()
            return tasks.issue_waiting()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == len(people)
    assert [one.serial_no for one in certificates()] == [1, 2, 3, 4, 5]


def test_revoked_or_replaced_achievements_do_not_wait(app: Flask, make: Make) -> None:
    person = learner(make)
    said(person, "right")
    certificate = certified(person)
    act_as(manager(make))
    with db.write():
        revoke(certificate.code, "Thi hộ")
    assert tasks.issue_waiting() == 0


def test_the_word_is_for_what_the_page_showed(app: Flask, make: Make) -> None:
    person = learner(make, "Huỳnh Thị Úc")
    act_as(learner_of(person))
    seen = identity.printed_identity(learner_of(person)).seen
    rename(person, NAME)
    with pytest.raises(Refusal), db.write():
        identity.confirm_identity(seen)
    assert not identity_confirmed(person)


def test_a_name_that_cannot_be_printed_cannot_be_confirmed_but_reported(app: Flask, make: Make) -> None:
    person = learner(make, "สมชาย Mẫu")
    act_as(learner_of(person))
    printed = identity.printed_identity(learner_of(person))
    assert "ส" in printed.unprintable
    with pytest.raises(Refusal), db.write():
        identity.confirm_identity(printed.seen)
    with db.write():
        identity.report_identity(["name"], "Tên tôi là  Kim Sa Rinh")
    last = last_identity_check(person)
    assert last is not None and last.message == "Họ và tên. Tên tôi là Kim Sa Rinh"


def test_a_report_says_what_is_wrong_and_only_the_person_herself_answers(app: Flask, make: Make) -> None:
    person = learner(make)
    act_as(learner_of(person))
    with pytest.raises(Refusal), db.write():
        identity.report_identity([], "  ")
    act_as(manager(make))
    with pytest.raises(NotFound), db.write():
        identity.report_identity(["name"], "")
    assert last_identity_check(person) is None


def test_revoking_shows_at_once_and_takes_the_achievement_with_it(app: Flask, make: Make) -> None:
    certificate = certified(learner(make))
    act_as(manager(make))
    assert may_change(certificate)
    with db.write():
        revoke(certificate.code, " Thi   hộ ")
    act_as(NOBODY)
    found = check(certificate.code)
    assert found is not None and found.state == "revoked"
    row = one(certificate.id)
    achievement = achievement_of(row)
    assert row.revoked_reason == achievement.revoked_reason == "Thi hộ"
    assert row.revoked_at == achievement.revoked_at is not None
    assert "certificate.revoked" in set(db.session.scalars(select(AuditEntry.action)))


def refused(code: str, why: str = "Thi hộ") -> type[Exception]:
    with pytest.raises((Refusal, NotFound)) as raised, db.write():
        revoke(code, why)
    return raised.type


def test_who_may_not_revoke(app: Flask, make: Make) -> None:
    person = learner(make)
    certificate = certified(person)
    act_as(manager(make))
    assert refused(certificate.code, why="  ") is Refusal
    assert refused("0" * 16) is NotFound
    for nobody in (
        manager(make, ELSEWHERE),
        manager(make, capability="inspector"),
        manager(make, capability="trainer"),
        learner_of(person),
        NOBODY,
    ):
        act_as(nobody)
        assert not may_change(certificate)
        assert refused(certificate.code) is NotFound
    root, twin = make.person(NAME), make.person(NAME)
    with db.write() as session:  # three entries of one person, found out since
        session.add_all([PersonMerge(person_id=person, into_id=root), PersonMerge(person_id=twin, into_id=root)])
    for himself in (person, root, twin):
        act_as(manager(make, person_id=himself))
        assert not may_change(certificate)
        assert refused(certificate.code) is Refusal
    assert one(certificate.id).revoked_at is None


def test_who_moved_on_is_no_longer_in_the_hands_of_an_earlier_ward(app: Flask, make: Make) -> None:
    """The ward of the day of completion may revoke, and the ward of today; one that was left before may look only."""
    person = make.person(NAME)
    make.assignment(person, "CTV_DS", HERE, date(2024, 1, 1), date(2025, 12, 31))
    make.assignment(person, "CTV_DS", ELSEWHERE, date(2026, 1, 1), date(2026, 11, 22))
    make.assignment(person, "CTV_DS", "vl/long-duc", date(2026, 11, 23))
    certificate = certified(person, date(2026, 11, 20))
    for unit, may in ((HERE, False), (ELSEWHERE, True), ("vl/long-duc", True)):
        act_as(manager(make, unit))
        assert may_change(certificate) is may
    act_as(manager(make))
    assert refused(certificate.code) is NotFound


def test_an_administrator_of_everything_needs_no_post(app: Flask, make: Make) -> None:
    certificate = certified(make.person("Lê Văn Mẫu"))
    act_as(Viewer(account_id=9, grants=(GrantValue("administrator"),)))
    assert may_change(certificate)
    with db.write():
        revoke(certificate.code, "Thi hộ")
    assert one(certificate.id).revoked_at is not None


def test_a_certificate_is_revoked_once(app: Flask, make: Make) -> None:
    certificate = certified(learner(make))
    act_as(manager(make))
    with db.write():
        revoke(certificate.code, "Thi hộ")
    assert refused(certificate.code, "Lý do khác") is Refusal
    assert one(certificate.id).revoked_reason == "Thi hộ"


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (datetime(2027, 11, 23, 16, 59, tzinfo=UTC), "valid"),
        (datetime(2027, 11, 23, 17, 0, tzinfo=UTC), "expired"),  # midnight here
    ],
)
def test_it_expires_by_the_clock_of_the_wall(app: Flask, make: Make, now: datetime, state: str) -> None:
    certificate = certified(learner(make))
    with time_machine.travel(now):
        found = check(certificate.code)
    assert found is not None and found.state == state
