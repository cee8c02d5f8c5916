"""Cards, first codes and PINs. Only hashes are kept; what is printed or typed is never stored."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from lms.accounts import hashing, rules
from lms.accounts.models import Account
from lms.accounts.operations import rights, tries, visits
from lms.accounts.rules import Birth, PinFault
from lms.audit.operations import record
from lms.db import db, utc_now
from lms.people.models import Person
from lms.people.scope import unscoped
from lms.web.refusals import Refusal


@dataclass(frozen=True)
class CardSecret:
    """What is printed on one card, shown once: the token in the QR and the first code beside it."""

    token: str
    first_code: str
    code_hash: str

    @property
    def shown_code(self) -> str:
        return f"{self.first_code[:4]} {self.first_code[4:]}"


@dataclass(frozen=True)
class ReadyPin:
    """A PIN that was judged and hashed before the write, with the hashes it was compared with."""

    pin_hash: str
    phone: str | None
    beside: frozenset[str]


def draw_secret() -> CardSecret:
    """A new token (128 random bits) and first code (8 random digits). Slow (one Argon2): call it before the write."""
    code = f"{secrets.randbelow(10**rules.CODE_LENGTH):0{rules.CODE_LENGTH}}"
    return CardSecret(secrets.token_urlsafe(16), code, hashing.hash_secret(code))


def issue_card(account_id: int, drawn: CardSecret | None = None, seen: str | None = None) -> CardSecret:
    """A new card: the old one and the old first code are dead from here on. A PIN already chosen stays.

    `seen`: the mark of the card that the form was to replace. Refusal if there is another by now: a form sent twice
    would kill the card that was just printed.
    """
    account = rights.require_served_account(account_id)
    if seen is not None and seen != card_mark(account.card_hash):
        raise Refusal(_("Thẻ này đã làm rồi, không hiện lại được. Cần thẻ mới thì quay lại trang trước và làm lại."))
    drawn = drawn or draw_secret()
    account.card_hash = hashing.token_hash(drawn.token)
    _set_code(account, drawn)
    record("account.card_issued", f"account:{account.id}")
    return drawn


def reset_pin(account_id: int, drawn: CardSecret | None = None, seen: str | None = None) -> str:
    """At the desk: the PIN is gone, every device is signed out, the tries are forgotten; returns the new first code.

    `seen`: as for a card, so that a form sent twice does not take away what its first answer gave.
    """
    account = rights.require_served_account(account_id)
    if seen is not None and seen != code_mark(account):
        raise Refusal(_("Mã mới đã cấp rồi, không hiện lại được. Cần mã khác thì quay lại trang trước và làm lại."))
    drawn = drawn or draw_secret()
    account.pin_hash = None
    _set_code(account, drawn)
    if account.phone:
        tries.clear(tries.number_key(account.phone))
    visits.end_sessions_of(account.id)
    record("account.pin_reset", f"account:{account.id}")
    return drawn.first_code


def card_mark(card_hash: str | None) -> str:
    """Names the card an account has, for a form that is to replace exactly this one; says nothing about it."""
    return hashing.token_hash(card_hash)[:16] if card_hash else "none"


def code_mark(account: Account) -> str:
    """As `card_mark`, for the first code and the PIN: whatever is chosen or given next has another mark."""
    return hashing.token_hash(f"{account.first_code_hash} {account.pin_hash}")[:16]


def judge_pin(account_id: int, pin: str, phone: str | None) -> ReadyPin | PinFault:
    """Whether the account may have `pin` on `phone`; reads only, and is slow (Argon2): call it before the write."""
    account = db.session.scalars(unscoped(select(Account).where(Account.id == account_id), "its own PIN")).one()
    person = _person(account)
    phones = {phone, account.phone, person.phone if person else None, person.phone_spare if person else None}
    birth = Birth(person.birth_date, person.birth_precision) if person else None
    fault = rules.pin_fault(pin, phones, birth)
    if fault:
        return fault
    beside = pins_beside(account_id, phone)
    if hashing.same_as_any(pin, sorted(beside)):
        return "taken"
    return ReadyPin(hashing.hash_secret(pin), phone, beside)


def choose_pin(account_id: int, ready: ReadyPin, keep_session: int | None = None) -> None:
    """Change one's own PIN; every device but the one of `keep_session` is signed out."""
    account = rights.require_self(account_id)
    store_pin(account, account.phone, ready)
    visits.end_sessions_of(account.id, keep_session)
    record("account.pin_chosen", f"account:{account.id}")


def choose_first_pin(account_id: int, proof: str, ready: ReadyPin) -> None:
    """Choose the PIN with a first code that was checked; choosing uses the code up, so it works exactly once."""
    account = rights.load(account_id)
    if account.closed_at is not None or code_proof(account) != proof:
        raise Refusal(_("Mã này đã dùng rồi hoặc đã hết hạn. Anh/Chị nhờ phường cấp mã mới."), 410)
    store_pin(account, account.phone, ready)
    account.first_code_hash = account.first_code_until = None
    if account.phone:
        tries.clear(tries.number_key(account.phone))
    visits.end_sessions_of(account.id)
    record("account.pin_chosen", f"account:{account.id}", by="first code")


def store_pin(account: Account, phone: str | None, ready: ReadyPin) -> None:
    """Store the PIN, unless somebody on the number chose one since it was judged."""
    if phone:
        tries.lock(tries.number_key(phone))
    if ready.phone != phone or ready.beside != pins_beside(account.id, phone):
        raise Refusal(_("Vừa có thay đổi trên số điện thoại này. Anh/Chị làm lại giúp."))
    account.pin_hash = ready.pin_hash


def pins_beside(account_id: int, phone: str | None) -> frozenset[str]:
    """The PIN hashes of the other open accounts on the number."""
    if phone is None:
        return frozenset()
    others = select(Account.pin_hash).where(
        Account.phone == phone,
        Account.closed_at.is_(None),
        Account.id != account_id,
        Account.pin_hash.is_not(None),
    )
    return frozenset(filter(None, db.session.scalars(unscoped(others, "one number, different PINs"))))


def code_proof(account: Account) -> str | None:
    """What the browser holds between the code and the PIN: it dies with the code, and cannot be made without it."""
    live = account.first_code_hash and account.first_code_until and account.first_code_until > utc_now()
    return proof_of(account.first_code_hash) if live and account.first_code_hash else None


def proof_of(code_hash: str) -> str:
    return hashing.token_hash(code_hash)


def _set_code(account: Account, drawn: CardSecret) -> None:
    account.first_code_hash = drawn.code_hash
    account.first_code_until = utc_now() + rules.CODE_LIFE


def _person(account: Account) -> Person | None:
    if account.person_id is None:
        return None
    return db.session.scalars(unscoped(select(Person).where(Person.id == account.person_id), "PIN rules")).one()
