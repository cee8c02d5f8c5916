"""Which units belong to a scope that follows lineage: the land of its roots, wherever it went. Pure.

The words of `lms.units.rules` apply. Land is followed in the order of days: what a unit handed over before it took
over land of the scope took nothing of the scope along. Land that ever stood under a root belongs, all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from lms.units.lives import DEPTH, OPEN, Life, Link, Span

LINKED, FOUNDED = 0, 1


@dataclass(frozen=True, slots=True)
class Event:
    """On `on`, `unit` took over land from `source` (a link), or was founded in it without a named origin."""

    on: date
    what: int
    depth: int
    source: str
    unit: str


@dataclass(slots=True)
class Land:
    """The first day on which each unit stood under a root, held land of the scope, held land from outside."""

    stood: dict[str, date]
    inside: dict[str, date]
    outside: dict[str, date]
    undecided: list[str] = field(default_factory=list)


def territory(
    roots: Iterable[str], register: Mapping[str, Life], links: Iterable[Link], own: Mapping[str, list[Span]]
) -> Land:
    """`inside` names the units that belong; `undecided` those of which nobody knows."""
    stood = _stood(set(roots), own)
    outside = {
        unit: life.begin
        for unit, life in register.items()
        if life.first_parent is None and not life.origins and unit not in stood
    }
    land = Land(stood, dict(stood), outside)
    for event in _events(register, links):
        (_take_over if event.what == LINKED else _found)(land, event)
    return land


def _stood(roots: set[str], own: Mapping[str, list[Span]]) -> dict[str, date]:
    days: dict[str, date] = {}
    for unit, spans in own.items():
        under = [begin for begin, _, chain in spans if roots.intersection(chain)]
        if under:
            days[unit] = min(under)
    return days


def _events(register: Mapping[str, Life], links: Iterable[Link]) -> list[Event]:
    events = [Event(link.on, LINKED, 0, link.origin, link.heir) for link in links]
    for unit, life in register.items():
        if life.first_parent is not None and not life.origins:
            events.append(Event(life.begin, FOUNDED, DEPTH[life.level], life.first_parent, unit))
    return sorted(events, key=lambda event: (event.on, event.what, event.depth))


def _take_over(land: Land, event: Event) -> None:
    before = event.on
    if land.inside.get(event.source, OPEN) < before:
        land.inside[event.unit] = min(event.on, land.inside.get(event.unit, OPEN))
    all_belongs = land.stood.get(event.source, OPEN) < before
    if land.outside.get(event.source, OPEN) < before and not all_belongs:
        land.outside[event.unit] = min(event.on, land.outside.get(event.unit, OPEN))


def _found(land: Land, event: Event) -> None:
    if land.stood.get(event.unit, OPEN) <= event.on:
        return
    in_part = land.inside.get(event.source, OPEN) <= event.on
    if land.outside.get(event.source, OPEN) <= event.on and not land.stood.get(event.source, OPEN) <= event.on:
        land.outside[event.unit] = event.on
        if in_part:
            land.undecided.append(event.unit)
    elif in_part:
        land.inside[event.unit] = event.on
