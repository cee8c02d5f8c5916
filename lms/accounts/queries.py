"""What signing in reads: who a cookie, a number or a card belongs to. Screens: `lists.py`, `card_lists.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Date, Row, Select, and_, bindparam, select

from lms.access import GrantValue, Viewer
from lms.accounts import hashing, rules
from lms.accounts.models import Account, ApiToken, Grant, SignInSession
from lms.db import UtcDateTime, db, utc_now
from lms.people.scope import read_rows, unscoped
from lms.text.dates import local_today


@dataclass(frozen=True)
class Holder:
    """An account as whoever acts for it: with the rights that hold today."""

    account_id: int
    person_id: int | None
    name: str
    office: str
    grants: tuple[GrantValue, ...]


@dataclass(frozen=True)
class Device(Holder):
    """A signed-in browser and the account it belongs to, whether the visit still runs or not."""

    session_id: int
    language: str
    created_at: datetime
    last_seen: datetime
    expires_at: datetime
    ended: bool
    closed: bool
    """The account itself is closed, and every visit with it."""

    @property
    def staff(self) -> bool:
        return any(grant.capability != "learner" for grant in self.grants)


@dataclass(frozen=True)
class Bearer(Holder):
    """A program with a token that is good: neither expired nor revoked, of an account that is open."""

    token_id: int
    scopes: frozenset[str]
    last_used_at: datetime | None


@dataclass(frozen=True)
class Candidate:
    """An account that a number or card may mean. `code_hash` is None once the first code has expired."""

    account_id: int
    pin_hash: str | None
    code_hash: str | None


@dataclass(frozen=True)
class CardHolder:
    name: str
    candidate: Candidate
    has_pin: bool


def device_of(token: str) -> Device | None:
    """One statement a request: the device, its account and the rights that hold today."""
    asked = {"token_hash": hashing.token_hash(token), "today": local_today(utc_now())}
    rows = read_rows(_DEVICE, asked)
    return _device(rows) if rows else None


def bearer_of(token: str) -> Bearer | None:
    """One statement a request, as for a device. None alike for a token that never was and one that is over."""
    now = utc_now()
    asked = {"token_hash": hashing.token_hash(token), "today": local_today(now), "now": now}
    rows = read_rows(_BEARER, asked)
    return _bearer(rows) if rows else None


def viewer_of(holder: Holder) -> Viewer:
    """Whoever acts for the account sees and may do the same, in a browser or as a program."""
    return Viewer(holder.account_id, holder.person_id, holder.name, holder.office, holder.grants)


def make_viewer(account: Account) -> Viewer:
    """The viewer that `account` signs in as, with the rights that hold today."""
    rows = db.session.execute(_active_grants().where(Grant.account_id == account.id)).all()
    grants = tuple(GrantValue(row.capability, row.unit_id, row.line) for row in rows)
    return Viewer(account.id, account.person_id, account.name, account.office or "", grants)


def candidates_for_number(e164: str) -> tuple[Candidate, ...]:
    statement = select(Account).where(Account.phone == e164, Account.closed_at.is_(None)).order_by(Account.id)
    found = db.session.scalars(unscoped(statement.limit(rules.ACCOUNTS_PER_PHONE), "signing in by number"))
    return tuple(_candidate(account) for account in found)


def candidate_of(account_id: int) -> tuple[Candidate, ...]:
    statement = select(Account).where(Account.id == account_id, Account.closed_at.is_(None))
    return tuple(_candidate(account) for account in db.session.scalars(unscoped(statement, "unlocking a device")))


def holder_of_card(token: str) -> CardHolder | None:
    statement = select(Account).where(Account.card_hash == hashing.token_hash(token), Account.closed_at.is_(None))
    account = db.session.scalars(unscoped(statement, "signing in by card")).one_or_none()
    if account is None:
        return None
    return CardHolder(account.name, _candidate(account), account.pin_hash is not None)


def devices_of(account_id: int, staff: bool) -> list[SignInSession]:
    """The visits of an account that still run, last used first."""
    statement = select(SignInSession).where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None))
    found = db.session.scalars(statement.order_by(SignInSession.last_seen.desc(), SignInSession.id))
    now = utc_now()
    return [one for one in found if rules.visit_ends(one.created_at, one.expires_at, staff) > now]


def account_of(account_id: int) -> Account:
    """The signed-in account itself."""
    return db.session.scalars(unscoped(select(Account).where(Account.id == account_id), "one's own account")).one()


def _candidate(account: Account) -> Candidate:
    until = account.first_code_until
    live = until is not None and until > utc_now()
    return Candidate(account.id, account.pin_hash, account.first_code_hash if live else None)


def _active_grants() -> Select[str, int | None, str | None]:
    return select(Grant.capability, Grant.unit_id, Grant.line).where(
        Grant.revoked_at.is_(None), Grant.valid_from <= local_today(utc_now())
    )


def _device(rows: Sequence[Row[*tuple[Any, ...]]]) -> Device:
    first = rows[0]
    return Device(
        **_holder(rows),
        session_id=first.id,
        language=first.language,
        created_at=first.created_at,
        last_seen=first.last_seen,
        expires_at=first.expires_at,
        ended=first.ended_at is not None or first.closed_at is not None,
        closed=first.closed_at is not None,
    )


def _bearer(rows: Sequence[Row[*tuple[Any, ...]]]) -> Bearer:
    first = rows[0]
    scopes = frozenset(first.scopes.split())
    return Bearer(**_holder(rows), token_id=first.id, scopes=scopes, last_used_at=first.last_used_at)


def _holder(rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[str, Any]:
    first = rows[0]
    return {
        "account_id": first.account_id,
        "person_id": first.person_id,
        "name": first.account_name,
        "office": first.office or "",
        "grants": tuple(GrantValue(row.capability, row.unit_id, row.line) for row in rows if row.capability),
    }


def _with_rights(of: type[SignInSession] | type[ApiToken]) -> Select[*tuple[Any, ...]]:
    """A row of `of` with its account, once for each right that holds `today`. Built once: every request runs it."""
    holds = and_(
        Grant.account_id == Account.id,
        Grant.revoked_at.is_(None),
        Grant.valid_from <= bindparam("today", type_=Date),
    )
    account = (Account.person_id, Account.name.label("account_name"), Account.office, Account.language)
    right = (Account.closed_at, Grant.capability, Grant.unit_id, Grant.line)
    wanted: Select[*tuple[Any, ...]] = select(*of.__table__.columns, *account, *right)
    found = wanted.join(Account, Account.id == of.account_id).outerjoin(Grant, holds)
    return unscoped(found.where(of.token_hash == bindparam("token_hash")), "who asks?")


_DEVICE = _with_rights(SignInSession)
_BEARER = _with_rights(ApiToken).where(
    ApiToken.revoked_at.is_(None),
    ApiToken.expires_at > bindparam("now", type_=UtcDateTime()),
    Account.closed_at.is_(None),
)
