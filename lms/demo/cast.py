"""People to sign in as: three invented accounts of each capability in each of three wards, and at the province."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import select

from lms.access import CAPABILITIES
from lms.accounts import hashing
from lms.accounts.models import Account, Grant
from lms.accounts.operations.grants import grant
from lms.accounts.operations.register import create_account
from lms.certificates.models import Achievement
from lms.courses.models import Enrolment
from lms.db import db, utc_now
from lms.demo.lists import unit_id
from lms.demo.names import Inventor
from lms.people.queries import printed_post
from lms.people.scope import unscoped
from lms.text.dates import local_today
from lms.text.phones import show_phone

AREAS = {
    "vl/nguyet-hoa": "Phường Nguyệt Hóa",
    "vl/hoa-thuan": "Phường Hòa Thuận",
    "vl": "Tỉnh Vĩnh Long",
    "vl/tra-vinh": "Phường Trà Vinh",
}
"""Where offices have accounts: three wards, whose learners have some too, and the province above them."""
EACH = 3
PIN = "258036"
OFFICE_PHONE = 901_000_000
TITLES = {
    "learner": "Cộng tác viên",
    "trainer": "Người soạn bài",
    "organiser": "Người tổ chức lớp",
    "manager": "Người quản lý",
    "inspector": "Người kiểm tra",
    "administrator": "Quản trị hệ thống",
}
NAMES_SEED = 45


@dataclass(frozen=True)
class DemoAccount:
    """One person to sign in as. `state`: how far a learner is. `main`: shown on the sign-in page."""

    who: str
    area: str
    capability: str
    phone: str
    pin: str
    main: bool = False
    state: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def office_cast() -> Iterator[tuple[str, DemoAccount]]:
    """(key of the unit, who) for everybody but learners: the same people and numbers in every demo."""
    inventor = Inventor(NAMES_SEED)
    everybody = itertools.product(AREAS.items(), CAPABILITIES[1:], range(EACH))
    for number, ((area, title), capability, _) in enumerate(everybody, OFFICE_PHONE + 1):
        yield area, DemoAccount(inventor.person().full_name, title, capability, show_phone(f"+84{number:09d}"), PIN)


def make_office_accounts() -> None:
    """Accounts of offices: everything but learners, in the areas."""
    pin_hash = hashing.hash_secret(PIN)
    for area, who in office_cast():
        office = f"{TITLES[who.capability]}, {who.area}"
        account = create_account(name=who.who, phone=who.phone, office=office)
        account.pin_hash = pin_hash
        grant(account.id, who.capability, unit_id(area))


def organiser_of(ward: str) -> int:
    """The account that writes down a ward's classes: its own organiser's, else the province's."""
    wanted = (
        select(Grant.account_id)
        .where(Grant.capability == "organiser", Grant.unit_id == unit_id(ward if ward in AREAS else "vl"))
        .order_by(Grant.account_id)
        .limit(1)
    )
    return db.session.scalars(wanted).one()


def give_pin(person_id: int) -> None:
    """This learner can sign in; the account is made where there is none yet."""
    query = unscoped(select(Account).where(Account.person_id == person_id), "a demo learner's own account")
    account = db.session.scalars(query).one_or_none() or create_account(person_id=person_id)
    account.pin_hash = hashing.hash_secret(PIN)


def demo_accounts() -> list[DemoAccount]:
    """Everybody who has a PIN, office accounts first; the first of each capability is a main one."""
    query = select(Account, Grant).join(Grant, Grant.account_id == Account.id).order_by(Account.id)
    rows = db.session.execute(unscoped(query, "the list of the demo's accounts")).all()
    office = [_office(account, given.capability) for account, given in rows if account.phone]
    learners = unscoped(
        select(Account).where(Account.pin_hash.is_not(None), Account.person_id.is_not(None)).order_by(Account.id),
        "the list of the demo's accounts",
    )
    return [*_learners(list(db.session.scalars(learners))), *_with_mains(office)]


def _learners(accounts: list[Account]) -> Iterator[DemoAccount]:
    """Learners; in the ward of the main manager, who sees them move the figure, one of each state is a main one."""
    home, today, seen = next(iter(AREAS.values())), local_today(utc_now()), set[str]()
    for account in accounts:
        area, state = printed_post(account.person_id or 0, today).issuer_place, _state(account.person_id)
        main = area == home and state not in seen
        yield DemoAccount(account.name, area, "learner", show_phone(account.phone or ""), PIN, main, state)
        if main:
            seen.add(state)


def _state(person_id: int | None) -> str:
    done = select(Achievement.id).where(Achievement.person_id == person_id, Achievement.kind == "online").limit(1)
    begun = select(Enrolment.id).where(Enrolment.person_id == person_id).limit(1)
    if db.session.scalar(unscoped(done, "how far a demo learner is")) is not None:
        return "đã đạt"
    return "chưa học" if db.session.scalar(unscoped(begun, "how far a demo learner is")) is None else "đang học dở"


def _office(account: Account, capability: str) -> DemoAccount:
    area = (account.office or "").partition(", ")[2]
    return DemoAccount(account.name, area, capability, show_phone(account.phone or ""), PIN)


def _with_mains(found: list[DemoAccount]) -> Iterator[DemoAccount]:
    seen: set[str] = set()
    for one in found:
        yield replace(one, main=one.capability not in seen)
        seen.add(one.capability)


class MainAccounts:
    """The main accounts, asked for anew each time: what the sign-in page of the demo shows."""

    def __iter__(self) -> Iterator[DemoAccount]:
        return (one for one in demo_accounts() if one.main)
