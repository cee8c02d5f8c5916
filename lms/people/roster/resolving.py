"""What a row's place may be: units on the list's date, below the unit the list is about. Doubt is left to a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.db import utc_now
from lms.people.roster.places import DEPTH
from lms.text.dates import local_today
from lms.units.queries import Candidate, carry, carry_many, find_many, find_units, place_on


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
        return {
            "sure": self.sure,
            "options": list(self.options),
            "why": self.why,
            "within": self.within,
            "whole": self.whole,
        }


class Resolver:
    """Looks up each different text once. `unit_id`: what the list is about, and nothing beyond it is taken unasked."""

    def __init__(self, unit_id: int, list_date: date) -> None:
        self.unit_id = unit_id
        self.list_date = list_date
        self.today = local_today(utc_now())
        self.known: dict[tuple[str | None, str | None], Resolved] = {}

    def resolve(self, text: str | None, hint: str | None) -> Resolved:
        """`hint`: the ward that the title or the name of the sheet speaks of."""
        self.look_up([(text, hint)])
        return self.known[text, hint]

    def look_up(self, asked: Iterable[tuple[str | None, str | None]]) -> None:
        """Many at once, in a few large questions: `resolve` then knows them."""
        by_hint: dict[str | None, list[str | None]] = defaultdict(list)
        for text, hint in dict.fromkeys(asked):
            if (text, hint) not in self.known:
                by_hint[hint].append(text)
        for hint, texts in by_hint.items():
            self.known |= {(text, hint): found for text, found in self._resolve(texts, hint)}

    def _resolve(self, texts: Collection[str | None], hint: str | None) -> Iterator[tuple[str | None, Resolved]]:
        within = self._within(hint)
        whole = self._whole(within)
        found = self._find([text for text in texts if text], within)
        mine = self._mine({candidate.unit_id for _, some in found.values() for candidate in some})
        lost = [text for text, (_, some) in found.items() if not any(one.unit_id in mine for one in some)]
        elsewhere = find_many(lost, None, self.list_date)
        for text in texts:
            if not text:
                yield text, Resolved(whole, (), "" if whole else "unit_missing", within, whole)
            else:
                yield text, _judge(found[text], mine, elsewhere.get(text, ()), whole)

    def _find(self, texts: Collection[str], within: int) -> dict[str, tuple[int, list[Candidate]]]:
        """Text → the unit below which it was found, in the narrower one first, and what it may be there."""
        found = {text: (within, some) for text, some in find_many(texts, within, self.list_date).items()}
        if within != self.unit_id:
            again = [text for text, (_, some) in found.items() if not some]
            wider = find_many(again, self.unit_id, self.list_date)
            found |= {text: (self.unit_id, some) for text, some in wider.items()}
        return found

    def _within(self, hint: str | None) -> int:
        """The unit named above the list, if it is clearly one that stands, or stood, within ours."""
        found = find_units(hint, self.unit_id, self.list_date) if hint else []
        if len(found) == 1 and found[0].sure and self._mine([found[0].unit_id]):
            return found[0].written_id
        return self.unit_id

    def _whole(self, within: int) -> int | None:
        """The ward for which the list was made; a larger area is not a place to work in."""
        where = carry(within, self.list_date)
        levels = place_on([where], self.list_date).get(where, {}) if where else {}
        return where if max((DEPTH[level] for level in levels), default=0) >= DEPTH["ward"] else None

    def _mine(self, unit_ids: Collection[int]) -> set[int]:
        """On the tree of today, by which rights are judged."""
        above, carried = place_on(unit_ids, self.today), carry_many(unit_ids, self.today)
        mine = carry(self.unit_id, self.today)
        return {one for one in unit_ids if mine in above.get(one, {}).values() or mine == carried.get(one)}


def _judge(
    found: tuple[int, Sequence[Candidate]], mine: Collection[int], elsewhere: Sequence[Candidate], whole: int | None
) -> Resolved:
    within, candidates = found
    ours = [candidate for candidate in candidates if candidate.unit_id in mine]
    if len(ours) == len(candidates) == 1 and ours[0].sure:
        return Resolved(ours[0].unit_id, within=within, whole=whole)
    why_none = "unit_elsewhere" if any(candidate.sure for candidate in elsewhere) else "unit_unknown"
    options = tuple(candidate.unit_id for candidate in ours)
    return Resolved(None, options, "unit_unclear" if ours else why_none, within, whole)
