"""Opening, moving and closing accounts, and who may."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from flask import Flask
from werkzeug.exceptions import Forbidden, NotFound

from lms.access import NOBODY, GrantValue, Viewer
from lms.accounts import operations, queries
from lms.audit import queries as audit
from lms.db import db
from lms.web.refusals import Refusal
from tests.accounts.conftest import E164, PHONE, PIN, Accounts
from tests.factories import Make

pytestmark = pytest.mark.both
PINS = ("482913", "591824", "730461", "260857")
HERE, ELSEWHERE = "vl/nguyet-hoa", "vl/hoa-thuan"


def manager(make: Make, unit: str = HERE, line: str | None = None) -> Viewer:
    return Viewer(account_id=9001, grants=(GrantValue("manager", make.unit_id(unit), line),))


def collaborator(make: Make, unit: str = HERE, last_day: date | None = None, role: str = "CTV_DS") -> int:
    person = make.person("Thạch Thị Mẫu", phone=E164)
    make.assignment(person, role, unit, date(2025, 1, 1), last_day)
    return person


def open_as(accounts: Accounts, who: Viewer, **fields: object) -> int:
    with accounts.acting(who), db.write():
        return operations.create_account(**fields).id  # type: ignore[arg-type]


def test_a_fifth_account_on_a_number_is_refused(accounts: Accounts) -> None:
    for pin in PINS:
        accounts.staff(pin=pin)
    with pytest.raises(Refusal, match="đã có 4 tài khoản"):
        accounts.staff()


def test_a_closed_account_makes_room(accounts: Accounts) -> None:
    made = [accounts.staff(pin=pin) for pin in PINS]
    with accounts.acting(), db.write():
        operations.close_account(made[0])
    accounts.staff(pin=PINS[0])


def test_two_desks_at_once_never_open_a_fifth(app: Flask, accounts: Accounts) -> None:
    for pin in PINS[:3]:
        accounts.staff(pin=pin)
    refused: list[str] = []

    def desk() -> None:
        with app.app_context(), accounts.acting():
            try:
                with db.write():
                    operations.create_account(name="Người Mẫu", phone=PHONE)
            except Refusal as refusal:
                refused.append(refusal.message)

    desks = [threading.Thread(target=desk) for _ in range(6)]
    for one in desks:
        one.start()
    for one in desks:
        one.join()
    db.session.rollback()
    assert len(refused) == 5
    assert len(queries.candidates_for_number(E164)) == 4


def test_a_persons_account_takes_name_and_number_of_the_register(accounts: Accounts, make: Make) -> None:
    account = accounts.of(open_as(accounts, manager(make), person_id=collaborator(make)))
    assert (account.name, account.phone) == ("Thạch Thị Mẫu", E164)


def test_a_full_number_of_the_register_does_not_stop_the_card(accounts: Accounts, make: Make) -> None:
    for pin in PINS:
        accounts.staff(pin=pin)
    assert accounts.of(open_as(accounts, manager(make), person_id=collaborator(make))).phone is None


def test_one_account_a_person(accounts: Accounts, make: Make) -> None:
    person = collaborator(make)
    open_as(accounts, manager(make), person_id=person)
    with pytest.raises(Refusal, match="đã có tài khoản"):
        open_as(accounts, manager(make), person_id=person)


def test_a_closed_account_is_opened_again_without_rights_or_pin(accounts: Accounts, make: Make) -> None:
    person = collaborator(make)
    first = accounts.learner(person, PHONE, PIN)
    accounts.grant(first, "trainer")
    with accounts.acting(), db.write():
        operations.close_account(first)
    again = open_as(accounts, manager(make), person_id=person)
    row = accounts.of(again)
    assert (again, row.closed_at, row.pin_hash) == (first, None, None)
    assert queries.make_viewer(row).grants == ()


@pytest.mark.parametrize("whose", ["elsewhere", "ended", "other line", "unknown"])
def test_a_manager_serves_running_posts_in_area_and_line_only(accounts: Accounts, make: Make, whose: str) -> None:
    if whose == "elsewhere":
        person = collaborator(make, ELSEWHERE)
    elif whose == "ended":
        person = collaborator(make, last_day=date(2025, 6, 30))
    else:
        person = collaborator(make, role="HGV") if whose == "other line" else 424242
    with pytest.raises(NotFound):
        open_as(accounts, manager(make, line="health"), person_id=person)
    if whose == "unknown":
        return
    account = accounts.learner(person, None, PIN)
    for deed in (operations.issue_card, operations.reset_pin):
        with pytest.raises(NotFound), accounts.acting(manager(make, line="health")), db.write():
            deed(account)


def test_the_manager_of_the_place_serves_it(accounts: Accounts, make: Make) -> None:
    who = manager(make, line="health")
    account = open_as(accounts, who, person_id=collaborator(make))
    with accounts.acting(who), db.write():
        assert len(operations.reset_pin(account)) == 8
        assert operations.issue_card(account).token


@pytest.mark.parametrize("capability", ["trainer", "organiser", "inspector", "learner"])
def test_other_capabilities_hand_out_nothing(accounts: Accounts, make: Make, capability: str) -> None:
    who = Viewer(account_id=9001, grants=(GrantValue(capability, make.unit_id(HERE)),))
    with pytest.raises(NotFound):
        open_as(accounts, who, person_id=collaborator(make))
    with pytest.raises(Forbidden):
        open_as(accounts, who, name="Ai Đó")


def test_a_manager_cannot_take_over_an_account_with_office_rights(accounts: Accounts, make: Make) -> None:
    """Resetting it would be signing in as an administrator."""
    account = accounts.learner(collaborator(make), PHONE, PIN)
    accounts.grant(account, "administrator")
    for deed in (operations.issue_card, operations.reset_pin):
        with pytest.raises(NotFound), accounts.acting(manager(make)), db.write():
            deed(account)
    with pytest.raises(NotFound), accounts.acting(manager(make)), db.write():
        operations.change_phone(account, "0987 654 321")


def test_only_administrators_open_office_accounts(accounts: Accounts, make: Make) -> None:
    for who in (NOBODY, manager(make)):
        with pytest.raises(Forbidden):
            open_as(accounts, who, name="Ai Đó")


@pytest.mark.parametrize(
    ("fields", "words"), [({"name": "  "}, "họ và tên"), ({"name": "A", "phone": "12"}, "chưa đọc được")]
)
def test_what_cannot_be_read_is_refused(accounts: Accounts, fields: dict[str, str], words: str) -> None:
    with pytest.raises(Refusal, match=words), accounts.acting(), db.write():
        operations.create_account(**fields)  # type: ignore[arg-type]


def test_the_last_administrator_stays(accounts: Accounts) -> None:
    first, second = accounts.staff(), accounts.staff("Chị Hai", "0987 654 321")
    grant = accounts.grant(first, "administrator")
    for deed in (lambda: operations.revoke_grant(grant), lambda: operations.close_account(first)):
        with pytest.raises(Refusal, match="quản trị cuối cùng"), accounts.acting(), db.write():
            deed()
    accounts.grant(second, "administrator")
    with accounts.acting(), db.write():
        operations.close_account(first)


def test_nobody_closes_their_own_account(accounts: Accounts) -> None:
    account = accounts.staff()
    accounts.grant(account, "administrator")
    with (
        pytest.raises(Refusal, match="tự đóng"),
        accounts.acting(queries.make_viewer(accounts.of(account))),
        db.write(),
    ):
        operations.close_account(account)


def test_moving_to_a_shared_number_takes_the_pin_away(accounts: Accounts) -> None:
    """Two accounts on one number with one PIN could not be told apart; the office cannot see PINs to compare."""
    accounts.staff("Chị Một", "0987 654 321", PIN)
    alone, shared = accounts.staff("Chị Hai", PHONE, PIN), accounts.staff("Chị Ba", "0932 111 222", PIN)
    with accounts.acting(), db.write():
        assert operations.change_phone(alone, "0935 111 222") is False
        assert operations.change_phone(shared, "0987 654 321") is True
    assert accounts.of(alone).pin_hash is not None
    assert accounts.of(shared).pin_hash is None


def test_moving_to_a_full_number_is_refused(accounts: Accounts) -> None:
    for pin in PINS:
        accounts.staff(pin=pin)
    other = accounts.staff("Chị Năm", "0987 654 321", PIN)
    with pytest.raises(Refusal, match="đã có 4"), accounts.acting(), db.write():
        operations.change_phone(other, PHONE)


def test_a_pin_judged_before_somebody_else_chose_it_is_refused(accounts: Accounts) -> None:
    one, two = accounts.staff("Chị Một", PHONE, None), accounts.staff("Chị Hai", PHONE, None)
    ready = operations.judge_pin(two, PIN, E164)
    assert isinstance(ready, operations.ReadyPin)
    accounts.pin(one, PIN)
    with pytest.raises(Refusal, match="Vừa có thay đổi"), accounts.acting(), db.write():
        operations.choose_pin(two, ready)


def test_only_oneself_chooses_ones_pin(accounts: Accounts) -> None:
    account = accounts.staff()
    ready = operations.judge_pin(account, "591824", E164)
    assert isinstance(ready, operations.ReadyPin)
    for who in (NOBODY, Viewer(account_id=account + 1, grants=(GrantValue("administrator"),))):
        with pytest.raises(Forbidden), accounts.acting(who), db.write():
            operations.choose_pin(account, ready)


def test_everything_is_audited_without_secrets(accounts: Accounts) -> None:
    from sqlalchemy import select

    from lms.audit.models import AuditDetail, AuditEntry

    account = accounts.staff()
    card = accounts.card(account)
    code = accounts.reset(account)
    grant = accounts.grant(account, "trainer")
    with accounts.acting(), db.write():
        operations.revoke_grant(grant)
        operations.close_account(account)
    actions = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))
    assert actions[-7:] == [
        "account.created",
        "account.pin_chosen",
        "account.card_issued",
        "account.pin_reset",
        "grant.given",
        "grant.revoked",
        "account.closed",
    ]
    details = " ".join(str(detail) for detail in db.session.scalars(select(AuditDetail.details)))
    assert not any(secret in details for secret in (PIN, card.token, card.first_code, code, E164))
    assert not audit.verify().faults
