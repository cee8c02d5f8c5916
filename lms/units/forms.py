"""What the page of places is asked: which day, which scope, which name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from lms.db import utc_now
from lms.text.dates import local_today, read_date, show_date
from lms.units import queries
from lms.units.models import UnitScope


@dataclass(frozen=True)
class Question:
    """`fault` says why the day given could not be used; `day` is then today."""

    day: date
    today: date
    scope: UnitScope
    text: str
    fault: str = ""

    @property
    def link(self) -> dict[str, str]:
        """What a link to another page must carry so that it looks at the same day."""
        return {} if self.day == self.today else {"ngay": self.day.isoformat()}


def read_question(args: Mapping[str, str]) -> Question:
    today = local_today(utc_now())
    typed = args.get("ngay", "").strip()
    day = read_date(typed) if typed else today
    fault = _why_not(typed, day)
    scope = queries.find_scope(args.get("pham-vi", "")) or queries.scopes()[-1]
    return Question(today if fault or day is None else day, today, scope, args.get("tim", "").strip()[:80], fault)


def _why_not(typed: str, day: date | None) -> str:
    floor = queries.first_day()
    if day is None:
        return str(_("“%(typed)s” không phải là một ngày. Ghi như 14/12/2026.", typed=typed[:40]))
    if floor is not None and day < floor:
        return str(_("Chỉ tra cứu được từ ngày %(floor)s.", floor=show_date(floor)))
    return ""
