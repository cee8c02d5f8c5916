"""Random but possible histories of a small country, for Hypothesis: found, end, merge, split, move, cede."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import strategies as st

from lms.units.rules import Link, Scope, Version
from tests.units.slow import World

START = date(2020, 1, 1)
KINDS = ("province", "district", "ward", "khom")
DEPTH = {"country": 0, "province": 1, "district": 2, "ward": 3, "khom": 4}
OPS = ("found", "found", "end", "merge", "merge_new", "split", "move", "cede")


@dataclass
class Country:
    """Open versions by unit; what is closed goes to `closed`. On one day a unit takes part in one event only."""

    running: dict[str, Version] = field(default_factory=dict)
    closed: list[Version] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    born: dict[str, date] = field(default_factory=dict)
    busy: set[str] = field(default_factory=set)
    day: date = START

    def found(self, kind: str, parent: str | None) -> str:
        unit = f"{kind[0]}{len(self.born)}"
        self.running[unit] = Version(unit, kind, parent, self.day)
        self.born[unit] = self.day
        self.busy |= {unit, *([parent] if parent else [])}
        return unit

    def close(self, unit: str) -> Version:
        version = replace(self.running.pop(unit), end=self.day)
        self.closed.append(version)
        self.busy.add(unit)
        return version

    def move(self, unit: str, parent: str) -> None:
        version = self.close(unit)
        self.running[unit] = replace(version, parent=parent, begin=self.day, end=None)
        self.busy.add(parent)

    def link(self, origin: str, heir: str) -> None:
        self.links.append(Link(origin, heir, self.day))
        self.busy |= {origin, heir}

    def children(self, unit: str) -> list[str]:
        return [name for name, version in self.running.items() if version.parent == unit]

    def free(self, kind: str) -> list[str]:
        """Units of the kind that may change today, with all that lies under them."""
        return [
            name
            for name, version in self.running.items()
            if version.kind == kind
            and self.born[name] < self.day
            and version.begin < self.day
            and self.busy.isdisjoint([name, *self.children(name)])
            and all(self.running[child].begin < self.day for child in self.children(name))
        ]

    def homes(self, kind: str) -> list[str]:
        return [name for name, version in self.running.items() if DEPTH[version.kind] < DEPTH[kind]]

    def happen(self, op: str, kind: str, picks: tuple[int, int, int]) -> None:
        free, homes = self.free(kind), [home for home in self.homes(kind) if home not in self.busy or home == "c0"]
        if op == "found" and homes:
            self.found(kind, homes[picks[0] % len(homes)])
        elif free:
            self._change(op, free[picks[0] % len(free)], kind, free, homes, picks)

    def _change(
        self, op: str, unit: str, kind: str, free: list[str], homes: list[str], picks: tuple[int, int, int]
    ) -> None:
        others = [name for name in free if name != unit]
        above = [home for home in homes if home != unit]
        if op == "end" and not self.children(unit):
            self.close(unit)
        elif op == "merge" and others:
            self._hand_over(unit, [others[picks[1] % len(others)]])
        elif op == "merge_new" and others and above:
            heir = self.found(kind, above[picks[2] % len(above)])
            self._hand_over(unit, [heir])
            self._hand_over(others[picks[1] % len(others)], [heir])
        elif op == "split" and above:
            heirs = [self.found(kind, above[pick % len(above)]) for pick in picks[1:]]
            self._hand_over(unit, heirs)
        elif op == "move" and above:
            self.move(unit, above[picks[1] % len(above)])
        elif op == "cede" and others:
            self.link(unit, others[picks[1] % len(others)])

    def _hand_over(self, unit: str, heirs: list[str]) -> None:
        for number, child in enumerate(self.children(unit)):
            self.move(child, heirs[number % len(heirs)])
        self.close(unit)
        for heir in heirs:
            self.link(unit, heir)

    def world(self) -> World:
        return World((*self.closed, *self.running.values()), tuple(self.links))


EVENT = st.tuples(st.integers(0, 2), st.sampled_from(OPS), st.sampled_from(KINDS), st.tuples(*[st.integers(0, 9)] * 3))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A country with a province, two wards and three hamlets to begin with, and up to 25 events."""
    country = Country()
    top = country.found("country", None)
    province = country.found("province", top)
    wards = [country.found("ward", province) for _ in range(2)]
    for ward in (*wards, wards[0]):
        country.found("khom", ward)
    for wait, op, kind, picks in draw(st.lists(EVENT, max_size=25)):
        if wait:
            country.day += timedelta(days=wait)
            country.busy.clear()
        country.happen(op, kind, picks)
    return country.world()


@st.composite
def scopes(draw: st.DrawFn, world: World) -> list[Scope]:
    """The whole country, and one scope of each sort with one or two roots."""
    roots = st.lists(st.sampled_from(world.units()), min_size=1, max_size=2, unique=True).map(tuple)
    return [Scope("all", "tree", ("c0",)), Scope("now", "tree", draw(roots)), Scope("plan", "lineage", draw(roots))]
