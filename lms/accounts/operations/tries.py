"""Counting tries: per number, card, device and address, known or not, in rows that also serve as locks."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import delete, select

from lms.accounts import rules
from lms.accounts.models import SignInTries
from lms.accounts.rules import Tries, Verdict
from lms.db import db, insert_if_missing, utc_now
from lms.web.networks import network_of


def number_key(e164: str) -> str:
    """Hashed: what people mistype into the phone field is nobody's business."""
    return _key("number", e164)


def card_key(token: str) -> str:
    return _key("card", token)


def device_key(session_id: int) -> str:
    """Unlocking a device counts on its own: a stranger who knows the number cannot lock its owner out."""
    return f"device:{session_id}"


def choosing_key(account_id: int) -> str:
    """Choosing a PIN on a shared number tells whether another account has it: those choices count as tries."""
    return f"choosing:{account_id}"


def address_key(address: str) -> str:
    """One line counts as one: whoever has IPv6 could otherwise try from 2 ** 64 addresses."""
    return _key("address", network_of(address))


def bearer_key(address: str) -> str:
    """Wrong tokens of programs count apart: they keep nobody at that address from signing in."""
    return _key("bearer", network_of(address))


def begin(key: str) -> Verdict:
    """Count a try under `key`; the caller commits it before checking anything."""
    row = lock(key)
    verdict = rules.begin_try(_values(row), utc_now())
    _store(row, verdict.tries)
    return verdict


def begin_from(address: str) -> Verdict:
    return begin_wide(address_key(address))


def begin_wide(key: str) -> Verdict:
    """Count a try under a `key` that many may share: see `rules.begin_address_try`."""
    row = lock(key)
    verdict = rules.begin_address_try(_values(row), utc_now())
    _store(row, verdict.tries)
    return verdict


def locked_for(key: str) -> timedelta:
    """How long `key` stays locked; nothing is counted or written."""
    until = db.session.scalar(select(SignInTries.locked_until).where(SignInTries.key == key))
    return max(until - utc_now(), timedelta(0)) if until else timedelta(0)


def clear(key: str) -> None:
    db.session.execute(delete(SignInTries).where(SignInTries.key == key))


def give_back(address: str) -> None:
    row = lock(address_key(address))
    row.wrong = max(row.wrong - 1, 0)


def take_back(key: str) -> None:
    """This try was right, and counts no more, nor the pause it began; the wrong ones before it still do."""
    row = lock(key)
    row.wrong, row.locked_until = max(row.wrong - 1, 0), None


def lock(key: str) -> SignInTries:
    """The row of `key`, made if missing and locked until the commit; also what makes a number's accounts take turns."""
    wanted = select(SignInTries).where(SignInTries.key == key).with_for_update()
    row = None
    while row is None:  # somebody's success may clear the row between the two statements
        insert_if_missing(SignInTries, key=key, wrong=0, last_at=utc_now())
        row = db.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    return row


def _values(row: SignInTries) -> Tries:
    return Tries(row.wrong, row.last_at, row.locked_until)


def _store(row: SignInTries, tries: Tries) -> None:
    row.wrong, row.last_at, row.locked_until = tries.wrong, tries.last_at or row.last_at, tries.locked_until


def _key(kind: str, value: str) -> str:
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()[:48]}"
