"""Where units stand on a day, as plain values: a post in a unit that was merged is a post in its successor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

DEPTH = {"scope": 0, "province": 1, "district": 2, "ward": 3, "hamlet": 4}

Nearness = Literal["same", "inside", "ward", "apart"]


class PathSpan(NamedTuple):
    """A row of unit_path: in ``[begin, end)`` a post in `unit_id` stands under `node_id`."""

    unit_id: int
    level: str
    node_id: int
    begin: date
    end: date | None


@dataclass(frozen=True)
class Places:
    """Answers for the units it was made with; a unit it does not know stands as itself."""

    spans: dict[int, list[PathSpan]]
    known: dict[tuple[int, date], dict[str, int]] = field(default_factory=dict)
    pairs: dict[tuple[int, int, date], Nearness] = field(default_factory=dict)

    @classmethod
    def of(cls, spans: Iterable[PathSpan]) -> Places:
        by_unit: dict[int, list[PathSpan]] = defaultdict(list)
        for span in spans:
            by_unit[span.unit_id].append(span)
        return cls(dict(by_unit))

    def above(self, unit_id: int, day: date) -> dict[str, int]:
        """Level → node, from the province down to the unit where a post in `unit_id` stands on that day."""
        if (unit_id, day) not in self.known:
            found = {
                span.level: span.node_id
                for span in self.spans.get(unit_id, ())
                if span.begin <= day and (span.end is None or day < span.end)
            }
            self.known[unit_id, day] = dict(sorted(found.items(), key=lambda item: DEPTH[item[0]]))
        return self.known[unit_id, day]

    def stand(self, unit_id: int, day: date) -> int:
        """The unit that carries on `unit_id` on that day: itself, its successor, or the lowest unit above them."""
        nodes = tuple(self.above(unit_id, day).values())
        return nodes[-1] if nodes else unit_id

    def ward(self, unit_id: int, day: date) -> int | None:
        return self.above(unit_id, day).get("ward")

    def within(self, unit_id: int, other_id: int, day: date) -> bool:
        """True if `unit_id` stands at or below the place where `other_id` stands."""
        where = self.stand(other_id, day)
        return where in self.above(unit_id, day).values() or self.stand(unit_id, day) == where

    def nearness(self, one: int, other: int, day: date) -> Nearness:
        """How two units lie to each other, found once for a pair: a long list asks of few units again and again."""
        pair = (one, other, day)
        if pair not in self.pairs:
            self.pairs[pair] = self._nearness(one, other, day)
        return self.pairs[pair]

    def _nearness(self, one: int, other: int, day: date) -> Nearness:
        if self.stand(one, day) == self.stand(other, day):
            return "same"
        if self.within(one, other, day) or self.within(other, one, day):
            return "inside"
        ward = self.ward(one, day)
        return "ward" if ward is not None and ward == self.ward(other, day) else "apart"
