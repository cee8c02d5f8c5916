"""What signing in leaves behind, swept away once it can serve nobody: counted tries, and visits that are over."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Delete, delete, or_, select

from lms.accounts import rules
from lms.accounts.models import SignInSession, SignInTries
from lms.db import db, utc_now

KIND = "sign-in-leftovers"


def sweep() -> int:
    """Remove tries that are forgotten and not locked, and visits over for longer than `rules.KEEP_ENDED`."""
    now = utc_now()
    old = now - rules.KEEP_ENDED
    tries = (SignInTries.last_at < now - rules.FORGET_AFTER) & or_(
        SignInTries.locked_until.is_(None), SignInTries.locked_until < now
    )
    visits = or_(SignInSession.ended_at < old, SignInSession.expires_at < old)
    due = select(or_(select(SignInTries.key).where(tries).exists(), select(SignInSession.id).where(visits).exists()))
    if not db.session.scalar(due):  # most minutes: no write transaction for nothing
        return 0
    with db.write():
        return _removed(delete(SignInTries).where(tries)) + _removed(delete(SignInSession).where(visits))


def _removed(statement: Delete) -> int:
    done = db.session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", done).rowcount
