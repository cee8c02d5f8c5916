"""Visits: one row per signed-in device, ended here and nowhere else."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Update, update

from lms.access.current import viewer
from lms.accounts import hashing, rules
from lms.accounts.models import Account, SignInSession
from lms.accounts.operations import rights
from lms.audit.operations import record
from lms.db import db, utc_now


def open_session(account_id: int, user_agent: str = "", language: str | None = None) -> str:
    """A row for this device; returns the token its cookie carries. `language`, chosen before, is remembered."""
    now, token = utc_now(), hashing.new_token()
    db.session.add(
        SignInSession(
            token_hash=hashing.token_hash(token),
            account_id=account_id,
            device=rules.device_name(user_agent),
            created_at=now,
            last_seen=now,
            expires_at=now + rules.LEARNER_VISIT,
        )
    )
    if language:
        db.session.execute(update(Account).where(Account.id == account_id).values(language=language))
    return token


def end_session(session_id: int) -> bool:
    """Sign one's own device out; False if it is not the viewer's or has ended already."""
    statement = update(SignInSession).where(
        SignInSession.id == session_id, SignInSession.account_id == viewer().account_id
    )
    done = _end(statement) > 0
    if done:
        record("session.ended", f"session:{session_id}")
    return done


def end_token(token: str) -> None:
    """Sign out the device that holds `token`, whoever it was."""
    _end(update(SignInSession).where(SignInSession.token_hash == hashing.token_hash(token)))


def end_all_sessions(account_id: int) -> int:
    """Sign the account out everywhere: its owner, or an administrator over it. Returns how many devices."""
    if viewer().account_id != account_id:
        rights.require_administered_account(account_id)
    ended = end_sessions_of(account_id)
    record("session.ended_everywhere", f"account:{account_id}", devices=ended)
    return ended


def end_every_session() -> int:
    """Sign everybody out: the operator's answer to a breach."""
    ended = _end(update(SignInSession))
    record("session.ended_everywhere", "account:*", devices=ended)
    return ended


def end_sessions_of(account_id: int, keep_session: int | None = None) -> int:
    statement = update(SignInSession).where(SignInSession.account_id == account_id)
    if keep_session is not None:
        statement = statement.where(SignInSession.id != keep_session)
    return _end(statement)


def mark_seen(session_id: int, now: datetime) -> None:
    """Written at most every five minutes, so that reading pages does not cost a write each."""
    due = SignInSession.last_seen <= now - rules.SEEN_EVERY
    db.session.execute(update(SignInSession).where(SignInSession.id == session_id, due).values(last_seen=now))


def _end(statement: Update) -> int:
    """End the sessions that `statement` narrows to and that are still running; how many."""
    running = statement.where(SignInSession.ended_at.is_(None)).values(ended_at=utc_now())
    result = cast("CursorResult[Any]", db.session.execute(running, execution_options={"synchronize_session": False}))
    return result.rowcount
