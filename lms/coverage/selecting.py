"""Which cell an address names: a ward or hamlet, a role, a part of its people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.coverage.facts import Question
from lms.coverage.people import STATES, Wanted
from lms.coverage.wording import STATE_NAMES
from lms.db import db
from lms.people.models import Role
from lms.text.dates import read_date, show_date
from lms.units.lives import LEVEL_OF_KIND
from lms.units.models import UnitVersion
from lms.units.queries import path_names
from lms.web.refusals import Refusal

NO_WARD = "0"
WARD_ITSELF = "phuong"


@dataclass(frozen=True)
class Selected:
    """`query`: the cell as it stands in an address; `title`: in words."""

    wanted: Wanted
    query: dict[str, str]
    place: str
    role: str
    state: str


def selected(args: Mapping[str, str], question: Question, basis: str) -> Selected:
    """404 for a unit or a role that does not exist; `Refusal` (400) for a day that is none."""
    where, place = _place(args.get("noi", ""), args.get("cap", "") == WARD_ITSELF, question)
    role = _role(args.get("vai", ""))
    if role:
        where = (*where, ("role", role.id))
    state = args.get("tt", "counted")
    state = state if state in STATES else "counted"
    before = _before(args.get("truoc", "")) if state == "expiring" else None
    return Selected(
        wanted=Wanted(where, state, basis, before),
        query={name: args[name][:40] for name in ("noi", "cap", "vai", "tt", "truoc") if args.get(name)},
        place=place,
        role=role.name if role else "",
        state=_state_words(state, before),
    )


def _place(unit: str, itself: bool, question: Question) -> tuple[tuple[tuple[str, Any], ...], str]:
    if not unit:
        return (), ""
    if unit == NO_WARD:
        return (("unit", None),), str(_("Trên cấp phường"))
    level = _level(unit)
    name = path_names(int(unit), question.tree_on)
    if level == "hamlet":
        return (("hamlet", int(unit)),), name
    own = (("hamlet", None),) if itself else ()
    return (("unit", int(unit)), *own), str(_("%(ward)s, cấp phường", ward=name)) if itself else name


def _level(unit: str) -> str:
    """The level of a unit that people are counted by: ward or hamlet."""
    number = int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 15 else -1
    kind = db.session.scalar(select(UnitVersion.kind).where(UnitVersion.unit_id == number).limit(1))
    level = LEVEL_OF_KIND.get(kind or "")
    if level not in ("ward", "hamlet"):
        raise NotFound
    return level


def _role(code: str) -> Role | None:
    if not code:
        return None
    role = db.session.scalars(select(Role).where(Role.code == code[:20])).one_or_none()
    if role is None:
        raise NotFound
    return role


def _before(text: str) -> date | None:
    if not text:
        return None
    day = read_date(text)
    if day is None:
        raise Refusal(
            _("Ngày “%(text)s” không có trong lịch. Ghi ngày, tháng, năm, như 14/12/2026.", text=text[:40]), 400
        )
    return day


def _state_words(state: str, before: date | None) -> str:
    if state == "expiring" and before:
        return str(_("Hết hạn đến ngày %(day)s", day=show_date(before)))
    return str(STATE_NAMES[state])
