"""Rights: account × capability × unit subtree × line. Administrators give them, never beyond their own area."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from lms.access import CAPABILITIES
from lms.access.current import viewer
from lms.accounts.models import Grant
from lms.accounts.operations import register, rights, visits
from lms.audit.operations import record
from lms.db import db, utc_now
from lms.people.models import LINES
from lms.text.dates import local_today
from lms.units.models import Unit
from lms.web.refusals import Refusal


def grant(
    account_id: int,
    capability: str,
    unit_id: int | None = None,
    line: str | None = None,
    valid_from: date | None = None,
) -> Grant:
    """Give a right; the same right again is the one already there. The account's devices are signed out.

    Raises Forbidden beyond the viewer's own area, NotFound for an unknown account or unit.
    """
    account = rights.load(account_id)
    _require_cover(unit_id, line)
    if account.closed_at is not None:
        raise Refusal(_("Tài khoản này đã đóng."))
    if capability not in CAPABILITIES or line not in (None, *LINES):
        raise ValueError(f"no such right: {capability} {line}")
    if unit_id is not None and db.session.scalar(select(Unit.id).where(Unit.id == unit_id)) is None:
        raise NotFound
    same = next((old for old in rights.active_grants(account_id) if _is(old, capability, unit_id, line)), None)
    if same:
        return same
    given = Grant(
        account_id=account_id,
        capability=capability,
        unit_id=unit_id,
        line=line,
        valid_from=valid_from or local_today(utc_now()),
        granted_by=viewer().actor,
    )
    db.session.add(given)
    db.session.flush()
    _sign_out_holder(account_id)
    record("grant.given", f"account:{account_id}", after=_described(given))
    return given


def revoke_grant(grant_id: int) -> int:
    """Take a right back; works from the next request on. Returns the account's id."""
    found = _running(grant_id)
    _require_cover(found.unit_id, found.line)
    register.keep_an_administrator(found)
    found.revoked_at = utc_now()
    _sign_out_holder(found.account_id)
    record("grant.revoked", f"account:{found.account_id}", before=_described(found))
    return found.account_id


def _running(grant_id: int) -> Grant:
    """The grant, its account locked as by whoever gives: of two who take it back at once, one finds it gone."""
    account_id = db.session.scalar(select(Grant.account_id).where(Grant.id == grant_id))
    if account_id is None:
        raise NotFound
    rights.load(account_id)
    wanted = select(Grant).where(Grant.id == grant_id, Grant.revoked_at.is_(None))
    found = db.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def _require_cover(unit_id: int | None, line: str | None) -> None:
    if not rights.covers(viewer(), unit_id, line):
        raise Forbidden


def _sign_out_holder(account_id: int) -> None:
    """A cookie from before a change of rights is dead, except that administrators do not throw themselves out."""
    if account_id != viewer().account_id:
        visits.end_sessions_of(account_id)


def _is(old: Grant, capability: str, unit_id: int | None, line: str | None) -> bool:
    return (old.capability, old.unit_id, old.line) == (capability, unit_id, line)


def _described(given: Grant) -> dict[str, object]:
    return {"grant": given.id, "capability": given.capability, "unit_id": given.unit_id, "line": given.line}
