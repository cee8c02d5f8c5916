"""A wrong name is corrected by a replacement: a new paper, the same achievement, and the figure does not move."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.access import NOBODY, SYSTEM, GrantValue, Viewer
from lms.access.current import act_as
from lms.audit.models import AuditDetail, AuditEntry
from lms.certificates import tasks
from lms.certificates.models import Certificate
from lms.certificates.operations import revoke
from lms.certificates.queries.checking import check
from lms.certificates.queries.records import records_of
from lms.certificates.replacing import differences, replace_certificate
from lms.certificates.verifying import verify_code
from lms.coverage.answers import answer, as_json, question
from lms.coverage.facts import facts
from lms.coverage.people import described
from lms.db import db
from lms.operate import schema
from lms.people.models import PersonMerge
from lms.web.refusals import Refusal
from tests.certificates.people import (
    ELSEWHERE,
    HERE,
    NAME,
    certificates,
    certified,
    learner,
    one,
    rename,
)
from tests.factories import Make

pytestmark = pytest.mark.both
WRONG = "Huỳnh Thị Úc"


@pytest.fixture(autouse=True)
def that_day() -> object:
    with time_machine.travel(datetime(2026, 11, 24, 3, 0, tzinfo=UTC), tick=True) as traveller:
        yield traveller


@pytest.fixture
def wrong(app: Flask, make: Make) -> Certificate:
    """A certificate with a name that has been put right in the register since; its ward's manager acts."""
    person = learner(make, WRONG)
    certificate = certified(person, date(2026, 11, 20))
    rename(person, NAME)
    act_as(manager(make))
    return certificate


def manager(make: Make, unit: str = HERE, capability: str = "manager", person_id: int | None = None) -> Viewer:
    return Viewer(account_id=9, person_id=person_id, grants=(GrantValue(capability, make.unit_id(unit)),))


def replaced(certificate: Certificate) -> Certificate:
    with db.write():
        return replace_certificate(certificate.code)


def refused(certificate: Certificate) -> type[Exception]:
    with pytest.raises((Refusal, NotFound)) as raised:
        replaced(certificate)
    return raised.type


def test_the_new_one_has_its_own_number_and_code_and_the_old_dates(wrong: Certificate) -> None:
    new = replaced(wrong)
    old = one(wrong.id)
    assert (new.holder_name, new.paper["serial"], new.paper["replaces"]) == (NAME, "0002/2026", "0001/2026")
    assert (old.holder_name, old.paper["holder_name"], old.paper["serial"]) == (WRONG, WRONG, "0001/2026")
    assert (
        (new.completed_on, new.valid_until)
        == (old.completed_on, old.valid_until)
        == (
            date(2026, 11, 20),
            date(2027, 11, 20),
        )
    )
    assert (new.achievement_id, new.replaces_id) == (old.achievement_id, old.id)
    assert new.code != old.code
    assert old.replaced_at is not None and old.revoked_at is None and new.replaced_at is None


def test_the_public_check_of_the_old_one_says_so_and_names_nobody(wrong: Certificate) -> None:
    new = replaced(wrong)
    act_as(NOBODY)
    before, after = check(wrong.code), check(new.code)
    assert before is not None and (before.state, before.holder) == ("replaced", "")
    assert after is not None and after.state == "valid" and after.holder
    assert verify_code(wrong.code).finding == "replaced"


def test_its_holder_finds_the_new_one_first(wrong: Certificate) -> None:
    new = replaced(wrong)
    records = records_of(Viewer(account_id=7, person_id=wrong.person_id))
    assert [card.code for card in records.current] == [new.code]
    assert [(card.code, card.state) for card in records.earlier] == [(wrong.code, "replaced")]
    assert records.others == []


def test_no_figure_moves_and_its_list_shows_the_new_one_once(wrong: Certificate) -> None:
    act_as(SYSTEM)
    before = as_json(answer(SYSTEM, question(), by=()))["total"]
    new = replaced(wrong)
    assert as_json(answer(SYSTEM, question(), by=()))["total"] == before
    (listed,) = described([wrong.person_id], facts(SYSTEM, question()), question(), "valid")
    assert listed.proof is not None and listed.proof.code == new.code
    assert tasks.issue_waiting() == 0


def test_the_audit_says_what_was_changed(wrong: Certificate) -> None:
    new = replaced(wrong)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "certificate.replaced")).one()
    details = db.session.scalars(select(AuditDetail).where(AuditDetail.seq == entry.seq)).one().details
    assert entry.subject == f"certificate:{wrong.id}"
    assert json.loads(json.dumps(details)) == {
        "by": new.id,
        "before": {"holder_name": WRONG},
        "after": {"holder_name": NAME},
    }


def test_the_same_paper_again_is_refused(app: Flask, make: Make) -> None:
    certificate = certified(learner(make))
    act_as(manager(make))
    assert differences(certificate) == []
    assert refused(certificate) is Refusal
    assert len(certificates()) == 1


def test_a_name_that_cannot_be_printed_is_refused(wrong: Certificate) -> None:
    rename(wrong.person_id, "สมชาย Mẫu")
    assert refused(wrong) is Refusal
    assert one(wrong.id).replaced_at is None


def test_who_may_not(wrong: Certificate, make: Make) -> None:
    for nobody in (
        manager(make, ELSEWHERE),
        manager(make, capability="inspector"),
        manager(make, capability="trainer"),
        Viewer(account_id=7, person_id=wrong.person_id),
        NOBODY,
    ):
        act_as(nobody)
        assert refused(wrong) is NotFound
    double = make.person("Nguyễn Thị Hai")
    with db.write() as session:
        session.add(PersonMerge(person_id=double, into_id=wrong.person_id))
    for himself in (wrong.person_id, double):
        act_as(manager(make, person_id=himself))
        assert refused(wrong) is Refusal
    assert len(certificates()) == 1


def test_what_was_revoked_or_replaced_stays_so(wrong: Certificate, make: Make) -> None:
    new = replaced(wrong)
    assert refused(wrong) is Refusal
    with pytest.raises(Refusal), db.write():
        revoke(wrong.code, "Thi hộ")
    with db.write():
        revoke(new.code, "Thi hộ")
    rename(wrong.person_id, WRONG)
    assert refused(new) is Refusal
    found = check(wrong.code)
    assert found is not None and found.state == "replaced"


def test_a_replacement_can_itself_be_replaced(wrong: Certificate) -> None:
    new = replaced(wrong)
    rename(wrong.person_id, "Huỳnh Thị Út Em")
    last = replaced(new)
    assert [row.paper["replaces"] for row in certificates()] == [
        "",
        "0001/2026",
        "0002/2026",
    ]
    assert last.replaces_id == new.id


@pytest.mark.attack("S21")
def test_two_desks_at_once_issue_one(app: Flask, wrong: Certificate, make: Make) -> None:
    start, who = Barrier(4), manager(make)
    code = wrong.code

    def press(_: int) -> bool:
        with app.app_context():
            act_as(who)
            start.wait()
            try:
                with db.write():
                    replace_certificate(code)
            except Refusal:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(press, range(4))) == 1
    assert [row.serial_no for row in certificates()] == [1, 2]


def test_the_migration_keeps_the_book_and_never_drops_a_paper(wrong: Certificate) -> None:
    db.session.rollback()
    schema.downgrade("0003")
    schema.upgrade()
    assert [row.code for row in certificates()] == [wrong.code]
    replaced(wrong)
    db.session.rollback()
    with pytest.raises(RuntimeError, match="1 certificates were replaced"):
        schema.downgrade("0003")
    assert len(certificates()) == 2
