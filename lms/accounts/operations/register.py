"""Accounts themselves: opening, closing, the phone number they answer to."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.exceptions import Forbidden

from lms.access.current import viewer
from lms.accounts import rules
from lms.accounts.models import Account, Grant
from lms.accounts.operations import rights, tokens, tries, visits
from lms.accounts.operations.pins import ReadyPin, store_pin
from lms.audit.operations import record
from lms.db import db, utc_now
from lms.people.models import Person
from lms.people.scope import unscoped
from lms.text import names
from lms.text.dates import local_today
from lms.text.phones import normalise_sign_in
from lms.web.refusals import Refusal


def create_account(
    *,
    person_id: int | None = None,
    name: str = "",
    phone: str | None = None,
    office: str | None = None,
    language: str = "vi",
) -> Account:
    """Open an account for a person of the register, or (administrators) for somebody of the office.

    A person's account takes the name and, where it has room, the number of the register. A closed account of the
    person is opened again, without PIN or rights. Raises Refusal: already one, number unreadable or full, no name.
    """
    if person_id is None:
        return _create_office_account(name, phone, office, language)
    person = rights.require_served_person(person_id, lock=True)  # two desks at once: the second finds the account
    account = db.session.scalars(
        unscoped(select(Account).where(Account.person_id == person_id), "is there one?")
    ).first()
    if account and account.closed_at is None:
        raise Refusal(_("%(name)s đã có tài khoản. Anh/Chị có thể in lại thẻ.", name=account.name))
    number = require_room(read_phone(phone)) if phone else _number_with_room(person)
    if account is None:
        account = Account(person_id=person_id)
        db.session.add(account)
    account.name, account.office = names.display_name(name or person.full_name)[:160], office or None
    account.phone, account.language, account.closed_at = number, language, None
    return _recorded("account.created", account)


def _create_office_account(name: str, phone: str | None, office: str | None, language: str) -> Account:
    if not viewer().can("administrator"):
        raise Forbidden
    shown = names.display_name(name)
    if not shown:
        raise Refusal(_("Cần ghi họ và tên của người dùng tài khoản."), 422)
    number = require_room(read_phone(phone)) if phone else None
    account = Account(name=shown[:160], phone=number, office=names.clean(office or "")[:160] or None, language=language)
    db.session.add(account)
    return _recorded("account.created", account)


def close_account(account_id: int) -> None:
    """Nothing can sign in any more, and no right is left; the row stays, because records name it."""
    account = rights.require_administered_account(account_id)
    if account.id == viewer().account_id:
        raise Refusal(_("Anh/Chị không thể tự đóng tài khoản của mình."))
    now = utc_now()
    for grant in rights.active_grants(account.id):
        keep_an_administrator(grant)
        grant.revoked_at = now
    account.closed_at = now
    account.pin_hash = account.card_hash = account.first_code_hash = account.first_code_until = None
    visits.end_sessions_of(account.id)
    tokens.revoke_tokens_of(account.id)
    record("account.closed", f"account:{account.id}")


def reopen_account(account_id: int) -> None:
    """Open a closed account again, without PIN, card or rights; it keeps its number where that has room."""
    account = rights.require_administered_account(account_id)
    if account.closed_at is None:
        return
    if account.phone and not _has_room(account.phone):
        account.phone = None
    account.closed_at = None
    record("account.reopened", f"account:{account.id}")


def change_own_phone(account_id: int, phone: str, ready: ReadyPin, keep_session: int | None = None) -> None:
    """Move one's own account to `phone` (E.164); `ready` was judged beside the accounts already on that number."""
    account = rights.require_self(account_id)
    if not _has_room(phone, besides=account_id):
        raise Refusal(full_number_text())
    store_pin(account, phone, ready)
    _move(account, phone)
    visits.end_sessions_of(account.id, keep_session)


def change_phone(account_id: int, phone: str | None) -> bool:
    """Move somebody's account to `phone` (any spelling; empty: card only). True if the PIN had to go.

    The office does not know the PIN, so it cannot tell whether another account on the number has the same.
    """
    account = rights.require_served_account(account_id)
    number = require_room(read_phone(phone), besides=account_id) if phone else None
    shared = number is not None and _accounts_on(number, besides=account_id) > 0
    lost = shared and account.pin_hash is not None
    if lost:
        account.pin_hash = None
    _move(account, number)
    visits.end_sessions_of(account.id)
    return lost


def read_phone(text: str) -> str:
    """E.164 of what was typed; Refusal if it is not one number."""
    number = normalise_sign_in(text)
    if number is None:
        raise Refusal(_("Số điện thoại này chưa đọc được. Ví dụ đúng: 0912 345 678."), 422)
    return number


def require_room(phone: str, besides: int | None = None) -> str:
    if not _has_room(phone, besides):
        raise Refusal(_("Số điện thoại này đã có %(n)s tài khoản, không thêm được nữa.", n=rules.ACCOUNTS_PER_PHONE))
    return phone


def full_number_text() -> str:
    """One sentence for "full" and "the same PIN is there": a stranger must not learn who uses a number."""
    return str(_("Chưa đổi được sang số này. Anh/Chị đổi mã PIN rồi thử lại, hoặc nhờ phường giúp."))


def keep_an_administrator(grant: Grant) -> None:
    """Refuse to take the last right over everything: nobody could give it again but the operator.

    All of them are locked first: two administrators who take each other's right at once take turns.
    """
    if grant.capability != "administrator" or grant.unit_id is not None or grant.line is not None:
        return
    every = select(Grant.id).where(
        Grant.capability == "administrator",
        Grant.unit_id.is_(None),
        Grant.line.is_(None),
        Grant.revoked_at.is_(None),
        Grant.valid_from <= local_today(utc_now()),
    )
    if not set(db.session.scalars(every.order_by(Grant.id).with_for_update())) - {grant.id}:
        raise Refusal(_("Đây là người quản trị cuối cùng. Hãy giao quyền quản trị cho người khác trước."))


def _number_with_room(person: Person) -> str | None:
    return person.phone if person.phone and _has_room(person.phone) else None


def _has_room(phone: str, besides: int | None = None) -> bool:
    """Asked under the number's lock, so that two desks at once cannot open a fifth account."""
    tries.lock(tries.number_key(phone))
    return _accounts_on(phone, besides) < rules.ACCOUNTS_PER_PHONE


def _accounts_on(phone: str, besides: int | None) -> int:
    statement = select(func.count(Account.id)).where(Account.phone == phone, Account.closed_at.is_(None))
    if besides is not None:
        statement = statement.where(Account.id != besides)
    return db.session.scalar(unscoped(statement, "counting a number's accounts")) or 0


def _move(account: Account, phone: str | None) -> None:
    account.phone = phone
    record("account.phone_changed", f"account:{account.id}")


def _recorded(action: str, account: Account) -> Account:
    db.session.flush()
    record(action, f"account:{account.id}", after={"person_id": account.person_id, "office": account.office})
    return account
