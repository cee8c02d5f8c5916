"""What a row's place may be: units on the list's date, below the unit the list is about. Doubt is left to a person."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from lms.db import utc_now
from lms.people.roster.places import DEPTH
from lms.text.dates import local_today
from lms.units.queries import carry, find_units, place_on


@dataclass(frozen=True, slots=True)
class Resolved:
    """`sure`: the unit. Else `options` (perhaps none) are what it may be, `why` is a code, and a person is asked.

    `within`: the unit below which was looked; rows with the same text within the same unit are asked about together.
    `whole`: the ward, if there is one, where a post stands when no hamlet is known.
    """

    sure: int | None
    options: tuple[int, ...] = ()
    why: str = ""
    within: int = 0
    whole: int | None = None

    def pack(self) -> dict[str, Any]:
        return {**asdict(self), "options": list(self.options)}


class Resolver:
    """Looks up each different text once. `unit_id`: what the list is about, and nothing beyond it is taken unasked."""

    def __init__(self, unit_id: int, list_date: date) -> None:
        self.unit_id = unit_id
        self.list_date = list_date
        self.today = local_today(utc_now())
        self.known: dict[tuple[str | None, str | None], Resolved] = {}

    def resolve(self, text: str | None, hint: str | None) -> Resolved:
        """`hint`: the ward that the title or the name of the sheet speaks of."""
        if (text, hint) not in self.known:
            self.known[text, hint] = self._resolve(text, hint)
        return self.known[text, hint]

    def _resolve(self, text: str | None, hint: str | None) -> Resolved:
        within = self._within(hint)
        whole = self._whole(within)
        if not text:
            return Resolved(whole, (), "" if whole else "unit_missing", within, whole)
        found = find_units(text, within, self.list_date)
        if not found and within != self.unit_id:
            within = self.unit_id
            found = find_units(text, within, self.list_date)
        mine = tuple(candidate for candidate in found if self._is_mine(candidate.unit_id))
        if len(mine) == len(found) == 1 and mine[0].sure:
            return Resolved(mine[0].unit_id, within=within, whole=whole)
        options = tuple(candidate.unit_id for candidate in mine)
        return Resolved(None, options, "unit_unclear" if mine else self._why_none(text), within, whole)

    def _why_none(self, text: str) -> str:
        elsewhere = find_units(text, None, self.list_date)
        return "unit_elsewhere" if any(candidate.sure for candidate in elsewhere) else "unit_unknown"

    def _within(self, hint: str | None) -> int:
        """The unit named above the list, if it is clearly one that stands, or stood, within ours."""
        found = find_units(hint, self.unit_id, self.list_date) if hint else []
        if len(found) == 1 and found[0].sure and self._is_mine(found[0].unit_id):
            return found[0].written_id
        return self.unit_id

    def _whole(self, within: int) -> int | None:
        """The ward for which the list was made; a larger area is not a place to work in."""
        where = carry(within, self.list_date)
        levels = place_on([where], self.list_date).get(where, {}) if where else {}
        return where if max((DEPTH[level] for level in levels), default=0) >= DEPTH["ward"] else None

    def _is_mine(self, unit_id: int) -> bool:
        """On the tree of today, by which rights are judged."""
        above = place_on([unit_id], self.today).get(unit_id, {})
        mine = carry(self.unit_id, self.today)
        return mine in above.values() or mine == carry(unit_id, self.today)
