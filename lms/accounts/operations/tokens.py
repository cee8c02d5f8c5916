"""Tokens of programs: made and revoked by whoever administers the account, shown once, kept as a hash."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, select, update
from werkzeug.exceptions import NotFound

from lms.access import SCOPES
from lms.access.current import viewer
from lms.accounts import hashing
from lms.accounts.models import ApiToken
from lms.accounts.operations import rights
from lms.audit.operations import record
from lms.db import db, utc_now
from lms.web.refusals import Refusal

MARK = "lhp_"
"""How every token begins, so that one that was left lying about is known for what it is."""
SHOWN = len(MARK) + 6
LONGEST_LIFE = timedelta(days=366)
LONGEST_NAME = 80


@dataclass(frozen=True)
class NewToken:
    """`text` exists here and in the hands of whoever asked for it, nowhere else."""

    row: ApiToken
    text: str = field(repr=False)


def create_token(account_id: int, name: str, scopes: Iterable[str], life: timedelta) -> NewToken:
    """A token that acts as the account within `scopes`. It gives no right: what the account may do is asked at use.

    Raises NotFound for an account that the viewer does not administer, `Refusal` for what cannot be made.
    """
    account = rights.require_administered_account(account_id)
    wanted, words = sorted(set(scopes)), name.strip()
    if account.closed_at is not None:
        raise Refusal(_("Tài khoản này đã đóng."))
    if not wanted or set(wanted) - set(SCOPES) or not 0 < len(words) <= LONGEST_NAME:
        raise ValueError(f"a token needs a name and some of {SCOPES}: {name!r} {wanted}")
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise ValueError(f"a token lives for at most {LONGEST_LIFE.days} days")
    made = _store(account.id, words, wanted, life)
    details = {"token": made.row.id, "scopes": wanted, "expires_at": made.row.expires_at.isoformat()}
    record("token.created", f"account:{account.id}", after=details)
    return made


def revoke_token(token_id: int) -> ApiToken:
    """Refused from the next request on; revoking it again changes nothing. NotFound as for `create_token`."""
    found = db.session.scalars(select(ApiToken).where(ApiToken.id == token_id)).one_or_none()
    if found is None:
        raise NotFound
    rights.require_administered_account(found.account_id)
    _revoke(found)
    return found


def revoke_tokens_of(account_id: int) -> int:
    """Every token of the account, e.g. because it is closed; says nothing about rights. Returns how many."""
    return _revoke_all(select(ApiToken).where(ApiToken.account_id == account_id))


def revoke_every_token() -> int:
    """The operator's answer to a breach, and to a restore that opened again what was revoked since."""
    return _revoke_all(select(ApiToken))


def mark_used(token_id: int, now: datetime) -> None:
    db.session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))


def _store(account_id: int, name: str, scopes: list[str], life: timedelta) -> NewToken:
    text, now = MARK + hashing.new_token(), utc_now()
    row = ApiToken(
        account_id=account_id,
        name=name,
        prefix=text[:SHOWN],
        token_hash=hashing.token_hash(text),
        scopes=" ".join(scopes),
        created_at=now,
        created_by=viewer().actor,
        expires_at=now + life,
    )
    db.session.add(row)
    db.session.flush()
    return NewToken(row, text)


def _revoke_all(wanted: Select[ApiToken]) -> int:
    found = db.session.scalars(wanted.where(ApiToken.revoked_at.is_(None)).order_by(ApiToken.id)).all()
    for token in found:
        _revoke(token)
    return len(found)


def _revoke(token: ApiToken) -> None:
    """The database lets it be set once: of two who revoke at the same moment one finds it done."""
    statement = update(ApiToken).where(ApiToken.id == token.id, ApiToken.revoked_at.is_(None))
    done = db.session.execute(statement.values(revoked_at=utc_now()))
    if done.rowcount:  # type: ignore[attr-defined]
        record("token.revoked", f"account:{token.account_id}", token=token.id)
