"""Who wrote records down, for those who may see the records: office accounts by name and office."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import select

from lms.access import SYSTEM, Viewer
from lms.accounts.models import Account
from lms.db import db
from lms.people.scope import unscoped, visible

_ACCOUNT = re.compile(r"account:(\d{1,18})", re.ASCII)


def writers_of(who: Viewer, actors: Iterable[str]) -> dict[str, str]:
    """`recorded_by` → words: "Trần Thị Ghi, Người tổ chức lớp". A learner whom the viewer may not see has no name."""
    accounts = {actor: int(found[1]) for actor in set(actors) if (found := _ACCOUNT.fullmatch(actor))}
    names = _names(who, set(accounts.values()))
    said = {actor: names.get(number, str(_("người ở địa bàn khác"))) for actor, number in accounts.items()}
    return said | {str(SYSTEM.name): str(_("người vận hành máy chủ"))}


def _names(who: Viewer, numbers: set[int]) -> dict[int, str]:
    wanted = select(Account.id, Account.name, Account.office).where(Account.id.in_(numbers))
    of_office = unscoped(wanted.where(Account.person_id.is_(None)), "who of an office wrote records that were seen")
    of_people = visible(who, wanted.where(Account.person_id.is_not(None)), of=Account)
    rows = [*db.session.execute(of_office), *db.session.execute(of_people)] if numbers else []
    return {row.id: ", ".join(filter(None, (row.name, row.office))) for row in rows}
