"""Confirming an import: one transaction, all decided rows or none; what is not decided stays out and stays listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from lms.access.current import viewer
from lms.audit.operations import record
from lms.collecting import uncollected
from lms.db import db, utc_now
from lms.people.models import Role
from lms.people.roster.applying import Applied, Entry, apply
from lms.people.roster.deciding import rematch
from lms.people.roster.imports import load_import
from lms.people.roster.matched import Matched
from lms.people.roster.staging import rows_of
from lms.people.scope import require_unit
from lms.people.turns import take_turn
from lms.web.refusals import Refusal

ENTERS = ("new", "update", "same")


@dataclass(frozen=True)
class Outcome:
    """`moved` rows now say something else, because the register changed since they were shown: nothing was written,
    and they are to be looked at again. `waiting` rows have no answer yet; `left_out` were set aside or cannot enter.
    """

    moved: int = 0
    waiting: int = 0
    left_out: int = 0
    applied: Applied = Applied()


@uncollected()
def confirm(import_id: int, ahead: Matched | None = None) -> Outcome:
    """Enter all decided rows. Again later, for those that were decided since. Raises Refusal when it is closed.

    `ahead`: what `look_ahead` found before the transaction began.
    """
    take_turn()
    roster = load_import(import_id)
    if roster.state not in ("staged", "confirmed"):
        raise Refusal(_("Danh sách này đã bỏ hoặc đã hoàn tác, không ghi vào sổ được. Hãy tải tệp lên lại."))
    rows = rows_of(import_id)
    seen = rematch(roster, rows, ahead)
    if seen.moved:
        return Outcome(moved=seen.moved)
    entries = [
        Entry(row, listed, proposal)
        for row, listed, proposal in zip(rows, seen.listed, seen.proposals, strict=True)
        if not row.effect and proposal.outcome in ENTERS
    ]
    _require_rights(entries)
    applied = apply(entries)
    roster.state = "confirmed"
    roster.confirmed_at = roster.confirmed_at or utc_now()
    counts = {"rows": applied.rows, "people": applied.people, "updated": applied.updated, "posts": applied.posts}
    record("roster.confirmed", f"roster_import:{roster.id}", after=counts)
    db.session.flush()  # here, so that it is not interrupted by looking for cycles either
    outcomes = Counter(proposal.outcome for proposal in seen.proposals)
    return Outcome(0, outcomes["open"], outcomes["error"] + outcomes["skip"], applied)


def _require_rights(entries: Iterable[Entry]) -> None:
    """Places and roles may have been chosen freely: each new post must lie where the viewer keeps its line."""
    lines = dict(db.session.execute(select(Role.code, Role.line)).all())
    posts = {
        (plan.unit_id, lines[plan.role]) for entry in entries for plan in entry.proposal.posts if plan.act != "seen"
    }
    for unit_id, line in sorted(posts):
        require_unit(viewer(), unit_id, "manager", line=line)
