"""The lives of units, and where each of them stands on every day (rules 1 to 4 of `lms.units.rules`). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import attrgetter

OPEN = date.max
BEGINNING = date.min

LEVEL_OF_KIND = {
    "country": "scope",
    "province": "province",
    "city": "district",
    "district": "district",
    "ward": "ward",
    "commune": "ward",
    "khom": "hamlet",
    "ap": "hamlet",
}
DEPTH = {level: depth for depth, level in enumerate(("scope", "province", "district", "ward", "hamlet"))}

Chain = tuple[str, ...]
"""From the country down to the unit itself."""
Span = tuple[date, date, Chain]
"""In ``[begin, end)``, the chain of the unit where something stands."""


@dataclass(frozen=True, slots=True)
class Version:
    unit: str
    kind: str
    parent: str | None
    begin: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """On `on` the territory of `origin` became (part of) `heir`."""

    origin: str
    heir: str
    on: date


@dataclass(frozen=True, slots=True)
class Life:
    """One unit from its first day to its end, with the units before and after it."""

    unit: str
    level: str
    versions: tuple[Version, ...]
    origins: tuple[str, ...]
    heirs: tuple[str, ...]

    @property
    def begin(self) -> date:
        return self.versions[0].begin

    @property
    def end(self) -> date:
        return self.versions[-1].end or OPEN

    @property
    def first_parent(self) -> str | None:
        return self.versions[0].parent

    @property
    def last_parent(self) -> str | None:
        return self.versions[-1].parent


def lives(versions: Iterable[Version], links: Iterable[Link]) -> dict[str, Life]:
    """Units by key, upper levels first."""
    by_unit: dict[str, list[Version]] = defaultdict(list)
    for version in versions:
        by_unit[version.unit].append(version)
    origins, heirs = defaultdict(list), defaultdict(list)
    for link in links:
        origins[link.heir, link.on].append(link.origin)
        heirs[link.origin, link.on].append(link.heir)
    found = []
    for unit, own in by_unit.items():
        own.sort(key=attrgetter("begin"))
        before, after = origins[unit, own[0].begin], heirs[unit, own[-1].end or OPEN]
        found.append(Life(unit, LEVEL_OF_KIND[own[0].kind], tuple(own), tuple(before), tuple(after)))
    return {life.unit: life for life in sorted(found, key=lambda life: DEPTH[life.level])}


def stands_as_itself(register: Mapping[str, Life]) -> dict[str, list[Span]]:
    """For each unit, its chain of parents through its own life (rule 1)."""
    own: dict[str, list[Span]] = {}
    for unit, life in register.items():
        spans: list[Span] = []
        for version in life.versions:
            end = version.end or OPEN
            above = [(version.begin, end, ())] if version.parent is None else own[version.parent]
            spans += [(begin, until, (*chain, unit)) for begin, until, chain in cut(above, version.begin, end)]
        own[unit] = _joined(spans)
    return own


def stands(register: Mapping[str, Life], own: Mapping[str, list[Span]]) -> dict[str, list[Span]]:
    """For each unit, the chain of the unit where it stands, on every day of the register (rules 1 to 4).

    Each unit is reached after all that it leans on: heirs end later than it does, origins began earlier, parents
    last at least as long and are of an upper level. So this is one pass each way, without recursion.
    """
    first = {unit: spans[0][0] if spans else register[unit].begin for unit, spans in own.items()}
    last = {unit: spans[-1][1] if spans else register[unit].end for unit, spans in own.items()}
    onward: dict[str, list[Span]] = {}
    for unit in sorted(register, key=lambda unit: (-last[unit].toordinal(), DEPTH[register[unit].level])):
        after = _carried(register[unit].heirs, register[unit].last_parent, onward)
        onward[unit] = [*own[unit], *cut(after, last[unit], OPEN)]
    back: dict[str, list[Span]] = {}
    for unit in sorted(register, key=lambda unit: (first[unit], DEPTH[register[unit].level])):
        before = _carried(register[unit].origins, register[unit].first_parent, back)
        back[unit] = [*cut(before, BEGINNING, first[unit]), *own[unit]]
    return {unit: _joined([*cut(back[unit], BEGINNING, first[unit]), *onward[unit]]) for unit in register}


def cut(spans: Iterable[Span], begin: date, end: date) -> Iterator[Span]:
    """What of `spans` lies in ``[begin, end)``."""
    for from_day, until, chain in spans:
        if from_day < end and begin < until:
            yield max(from_day, begin), min(until, end), chain


def _carried(units: Sequence[str], parent: str | None, known: Mapping[str, list[Span]]) -> list[Span]:
    """Where the other units stand together, or where `parent` does if there are none (rules 2 to 4)."""
    if units:
        return reduce(_common, (known[unit] for unit in units))
    return known.get(parent, []) if parent is not None else []


def _common(some: list[Span], others: list[Span]) -> list[Span]:
    """The lowest unit above both, day by day; no span where there is none."""
    found: list[Span] = []
    i = j = 0
    while i < len(some) and j < len(others):
        begin, end = max(some[i][0], others[j][0]), min(some[i][1], others[j][1])
        shared = _shared(some[i][2], others[j][2])
        if begin < end and shared:
            found.append((begin, end, shared))
        if some[i][1] <= others[j][1]:
            i += 1
        else:
            j += 1
    return _joined(found)


def _shared(one: Chain, other: Chain) -> Chain:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return one[:length]


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for begin, end, chain in spans:
        if joined and joined[-1][1] == begin and joined[-1][2] == chain:
            joined[-1] = (joined[-1][0], end, chain)
        else:
            joined.append((begin, end, chain))
    return joined
