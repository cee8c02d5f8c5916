"""S21: of many at the same moment one wins, and the others are told so: never two, never half, never a failure."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.access import SYSTEM, GrantValue, Viewer
from lms.access.current import act_as
from lms.accounts import operations as accounts
from lms.accounts.models import Account, Grant
from lms.accounts.operations.pins import proof_of
from lms.audit.models import AuditEntry
from lms.certificates.operations import revoke
from lms.certificates.replacing import replace_certificate
from lms.db import Base, db
from lms.people import operations as people
from lms.people.merging import active_merges, root_of
from lms.people.models import Assignment, Person, PersonMerge
from lms.people.roster.confirming import confirm
from lms.people.scope import unscoped
from lms.web.refusals import Refusal
from tests.attacks.together import at_once
from tests.certificates.people import HERE, certificates, certified, learner, one, rename
from tests.factories import Make
from tests.people import lists

pytestmark = [pytest.mark.both, pytest.mark.attack("S21")]


def manager(make: Make) -> Viewer:
    return Viewer(account_id=9001, grants=(GrantValue("manager", make.unit_id(HERE)),))


def rows(model: type[Base], *conditions: Any) -> int:
    db.session.rollback()
    query = select(func.count()).select_from(model).where(*conditions)
    return db.session.scalar(unscoped(query, "test")) or 0


def said(action: str) -> int:
    return rows(AuditEntry, AuditEntry.action == action)


def won(answers: list[Any]) -> int:
    """How many were not refused."""
    return sum(not isinstance(answer, type) for answer in answers)


def test_a_certificate_is_revoked_by_one(app: Flask, make: Make) -> None:
    code = certified(learner(make)).code
    answers = at_once(app, manager(make), lambda n: revoke(code, f"Lý do {n}").revoked_reason)
    assert Counter(answers)[Refusal] == 7
    (reason,) = {answer for answer in answers if answer is not Refusal}
    assert certificates()[0].revoked_reason == reason
    assert said("certificate.revoked") == 1


def test_revoked_or_replaced_never_both(app: Flask, make: Make) -> None:
    wrong = certified(learner(make))
    rename(wrong.person_id, "Huỳnh Thị Út Nhỏ")
    code = wrong.code

    def press(number: int) -> str:
        if number % 2:
            revoke(code, "Thi hộ")
            return "revoked"
        replace_certificate(code)
        return "replaced"

    answers = at_once(app, manager(make), press)
    (done,) = {answer for answer in answers if answer is not Refusal}
    assert won(answers) == 1
    row = one(wrong.id)
    assert (row.revoked_at is not None, row.replaced_at is not None) == (done == "revoked", done == "replaced")
    assert len(certificates()) == (1 if done == "revoked" else 2)


def test_a_person_gets_one_account(app: Flask, make: Make) -> None:
    for number in range(1, 5):  # on a busy machine the eight of one round may come one after the other
        person = learner(make)
        answers = at_once(app, manager(make), lambda _n, person=person: accounts.create_account(person_id=person).id)
        assert (won(answers), Counter(answers)[Refusal]) == (1, 7)
        assert rows(Account, Account.person_id == person) == 1
        assert said("account.created") == number


def test_a_first_code_lets_one_choose(app: Flask, make: Make, cheap_hashes: None) -> None:
    account = make.account(person_id=learner(make))
    act_as(SYSTEM)
    with db.write():
        accounts.issue_card(account)
    found = db.session.scalars(unscoped(select(Account).where(Account.id == account), "test")).one()
    assert found.first_code_hash
    proof = proof_of(found.first_code_hash)
    ready = accounts.judge_pin(account, "482913", None)
    assert isinstance(ready, accounts.ReadyPin)
    answers = at_once(app, SYSTEM, lambda _n: accounts.choose_first_pin(account, proof, ready))
    assert (won(answers), Counter(answers)[Refusal]) == (1, 7)
    assert said("account.pin_chosen") == 1


def test_a_card_is_made_by_one(app: Flask, make: Make, cheap_hashes: None) -> None:
    account = make.account(person_id=learner(make))
    drawn = [accounts.draw_secret() for _ in range(8)]
    answers = at_once(app, SYSTEM, lambda n: accounts.issue_card(account, drawn[n], "none").token)
    assert (won(answers), Counter(answers)[Refusal]) == (1, 7)
    assert said("account.card_issued") == 1


def test_a_right_is_given_once(app: Flask, make: Make) -> None:
    account = make.account()
    answers = at_once(app, SYSTEM, lambda _n: accounts.grant(account, "trainer").id)
    assert len(set(answers)) == 1
    assert rows(Grant, Grant.account_id == account, Grant.revoked_at.is_(None)) == 1
    assert said("grant.given") == 1


def test_a_right_is_taken_back_once(app: Flask, make: Make) -> None:
    account = make.account(capability="trainer")
    grant = db.session.scalars(select(Grant.id).where(Grant.account_id == account)).one()
    answers = at_once(app, SYSTEM, lambda _n: accounts.revoke_grant(grant))
    assert won(answers) == 1
    assert said("grant.revoked") == 1


def test_a_right_given_to_an_account_that_is_closing_does_not_stay(app: Flask, make: Make) -> None:
    account = make.account(capability="trainer")

    def press(number: int) -> Any:
        if number % 2:
            return accounts.grant(account, "inspector").id
        return accounts.close_account(account)

    at_once(app, Viewer(account_id=9001, grants=(GrantValue("administrator"),)), press)
    assert rows(Grant, Grant.account_id == account, Grant.revoked_at.is_(None)) == 0


def test_two_who_are_merged_into_each_other_are_no_ring(app: Flask, make: Make) -> None:
    first, second = learner(make), learner(make, "Huỳnh Thị Út")
    pairs = [(first, second), (second, first)]
    answers = at_once(app, manager(make), lambda n: people.merge(*pairs[n % 2]), threads=4)
    assert won(answers) == 1
    merges = active_merges()
    assert len(merges) == rows(PersonMerge) == 1
    assert root_of(first, merges) == root_of(second, merges)


def test_four_entries_merged_crosswise_are_no_ring(app: Flask, make: Make) -> None:
    """Each merge names an entry that is part of the other's: no row is locked by both, yet together they close a ring,
    and whoever then asks who somebody is would ask for ever."""
    first, second = learner(make), learner(make, "Huỳnh Thị Bé")
    twins = [learner(make, "Huỳnh Thị Út"), learner(make, "Huỳnh Thị Bé")]
    with db.write() as session:
        session.add(PersonMerge(person_id=twins[0], into_id=first))
        session.add(PersonMerge(person_id=twins[1], into_id=second))
    pairs = [(first, twins[1]), (second, twins[0])]
    answers = at_once(app, manager(make), lambda n: people.merge(*pairs[n]), threads=2)
    assert won(answers) == 1
    merges = active_merges()
    assert (merges.get(first), merges.get(second)) in ((second, None), (None, first))


def test_a_list_enters_the_register_once(app: Flask, make: Make) -> None:
    who = manager(make)
    act_as(who)
    import_id = lists.staged(make.unit_id(HERE), lists.person("Mã Thị Bồn Bồn", place="Khóm 13"))
    before = rows(Person), rows(Assignment)
    at_once(app, who, lambda _n: confirm(import_id).applied.people, threads=4)
    assert (rows(Person), rows(Assignment)) == (before[0] + 1, before[1] + 1)
