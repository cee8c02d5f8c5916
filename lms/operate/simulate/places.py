"""Invented provinces, wards and hamlets; most were merged or renumbered on 01/07/2025, as the real ones were."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from lms.operate.simulate import names
from lms.operate.simulate.wanted import Wanted, shares, wards_for
from lms.units.documents import Document, LinkEntry, ScopeEntry, UnitEntry, VersionEntry

FLOOR, MERGED_ON = date(2003, 1, 1), date(2025, 7, 1)
HAMLETS = (8, 16)
MERGED_FROM = (1, 2, 3, 3, 4, 5)
RENUMBERED = 0.2
COUNTRY = "vn"


@dataclass(frozen=True)
class Place:
    """Where a post stands: in `before` if it began before the merger, since then in `key`."""

    key: str
    before: str

    def on(self, day: date) -> str:
        return self.before if day < MERGED_ON else self.key


@dataclass(frozen=True)
class Ward:
    """`weight`: its part of the province's posts, relative to the others."""

    place: Place
    name: str
    urban: bool
    hamlets: tuple[Place, ...]
    old: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class Province:
    number: int
    key: str
    posts: int
    wards: tuple[Ward, ...]


def country(wanted: Wanted) -> list[Province]:
    return [_province(wanted, number, posts) for number, posts in enumerate(shares(wanted.posts, wanted.provinces), 1)]


def document(wanted: Wanted, provinces: list[Province]) -> Document:
    """The country as a document of units, with a scope for the whole and one for each province."""
    units = [unit for province in provinces for unit in _units(province)]
    links = [link for province in provinces for link in _links(province)]
    whole = partial(ScopeEntry, follows="tree")
    every = tuple(province.key for province in provinces)
    scopes = [whole(code=wanted.root, name=f"Mô phỏng {wanted.country}", position=100, roots=every)]
    scopes += [
        whole(code=scope_of(province), name=_name(province), position=100 + province.number, roots=(province.key,))
        for province in provinces
    ]
    return Document(source="lms simulate", units=tuple(units), lineage=tuple(links), scopes=tuple(scopes))


def scope_of(province: Province) -> str:
    """ "mo-phong-1/07" → "mo-phong-1-07": scopes have no slash in an address."""
    return province.key.replace("/", "-")


def _province(wanted: Wanted, number: int, posts: int) -> Province:
    rng, key = wanted.rng(number, "places"), f"{wanted.root}/{number:02}"
    called = names.places(wards_for(posts), rng)
    return Province(number, key, posts, tuple(_ward(f"{key}/{at}", name, rng) for at, name in enumerate(called, 1)))


def _ward(key: str, name: str, rng: random.Random) -> Ward:
    old = tuple(f"{key}/cu-{at}" for at in range(1, rng.choice(MERGED_FROM) + 1))
    hamlets = tuple(_hamlet(f"{key}/{at}", rng) for at in range(1, rng.randint(*HAMLETS) + 1))
    return Ward(Place(key, old[0]), name, rng.random() < 0.25, hamlets, old, rng.uniform(0.5, 1.5))


def _hamlet(key: str, rng: random.Random) -> Place:
    return Place(key, f"{key}-cu" if rng.random() < RENUMBERED else key)


def _name(province: Province) -> str:
    return f"Tỉnh Mô Phỏng {province.number:02}"


def _units(province: Province) -> Iterator[UnitEntry]:
    yield _unit(province.key, _version(_name(province), "province", COUNTRY))
    for ward in province.wards:
        kind, word = ("ward", "Phường") if ward.urban else ("commune", "Xã")
        yield _unit(ward.place.key, _version(f"{word} {ward.name}", kind, province.key, begin=MERGED_ON))
        for at, old in enumerate(ward.old, 1):
            yield _unit(old, _version(f"{word} {ward.name} cũ {at}", kind, province.key, end=MERGED_ON))
        for at, hamlet in enumerate(ward.hamlets):
            yield from _hamlet_units(ward, at, hamlet)


def _hamlet_units(ward: Ward, at: int, hamlet: Place) -> Iterator[UnitEntry]:
    """Under one of the old wards and then under the new one: the same unit, or with a new number a new one."""
    kind, word = ("khom", "Khóm") if ward.urban else ("ap", "Ấp")
    under = ward.old[at % len(ward.old)]
    now = _version(f"{word} {at + 1}", kind, ward.place.key, begin=MERGED_ON)
    if hamlet.before == hamlet.key:
        yield _unit(hamlet.key, _version(f"{word} {at + 1}", kind, under, end=MERGED_ON), now)
        return
    yield _unit(hamlet.before, _version(f"{word} {at + 101}", kind, under, end=MERGED_ON))
    yield _unit(hamlet.key, now)


def _links(province: Province) -> Iterator[LinkEntry]:
    for ward in province.wards:
        for old in ward.old:
            yield _link(old, ward.place.key, "merge")
        for hamlet in ward.hamlets:
            if hamlet.before != hamlet.key:
                yield _link(hamlet.before, hamlet.key, "renumber")


def _unit(key: str, *versions: VersionEntry) -> UnitEntry:
    return UnitEntry(key=key, invented=True, versions=versions)


def _version(name: str, kind: Any, parent: str, begin: date = FLOOR, end: date | None = None) -> VersionEntry:
    return VersionEntry(name=name, kind=kind, parent=parent, begin=begin, end=end)


def _link(origin: str, heir: str, kind: Any) -> LinkEntry:
    return LinkEntry(origin=origin, heir=heir, on=MERGED_ON, kind=kind, note="mô phỏng")
