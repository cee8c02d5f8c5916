"""What must hold in a register of units before anything is computed from it. Pure; returns what it finds.

That a parent is always of an upper level also means that the tree has no circle; that a link's origin began before
the link and its heir lasts beyond it means that lineage has none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from lms.text.names import same_spelling_key
from lms.units.documents import AliasEntry, LinkEntry, ScopeEntry, UnitEntry, VersionEntry
from lms.units.faults import Fault, fault
from lms.units.lives import DEPTH, LEVEL_OF_KIND, OPEN
from lms.units.rules import Link, Scope, Version, undecided


@dataclass(frozen=True)
class Register:
    """All units with their history, by key, and what is said about them."""

    units: Mapping[str, UnitEntry]
    lineage: tuple[LinkEntry, ...] = ()
    aliases: tuple[AliasEntry, ...] = ()
    scopes: tuple[ScopeEntry, ...] = ()


def check(register: Register) -> list[Fault]:
    """Every fault of the register, unit by unit."""
    return [
        *(found for unit in register.units.values() for found in _unit(unit, register.units)),
        *(found for link in register.lineage for found in _link(link, register.units)),
        *_unknown_names(register),
    ]


def doubts(register: Register) -> list[Fault]:
    """What may well be right, but is worth a question."""
    return [
        *_same_names(register.units.values()),
        *(
            fault("undecided", unit=unit, parent=str(register.units[unit].versions[0].parent), scope=scope)
            for scope, unit in undecided(*facts(register))
        ),
    ]


def facts(register: Register) -> tuple[list[Version], list[Link], list[Scope]]:
    """The register in the words of `lms.units.rules`."""
    return (
        [Version(u.key, v.kind, v.parent, v.begin, v.end) for u in register.units.values() for v in u.versions],
        [Link(*link.identity) for link in register.lineage],
        [Scope(scope.code, scope.follows, scope.roots) for scope in register.scopes],
    )


def _unit(unit: UnitEntry, units: Mapping[str, UnitEntry]) -> Iterator[Fault]:
    for version in unit.versions:
        if version.end is not None and version.end <= version.begin:
            yield fault("backward", unit=unit.key, begin=version.begin, end=version.end)
        yield from _parent(unit, version, units)
    if len({LEVEL_OF_KIND[version.kind] for version in unit.versions}) > 1:
        yield fault("level_changes", unit=unit.key)
    for earlier, later in pairwise(unit.versions):
        if (earlier.end or OPEN) > later.begin:
            yield fault("overlap", unit=unit.key, begin=later.begin)
        elif (earlier.end or OPEN) < later.begin:
            yield fault("gap", unit=unit.key, begin=earlier.end or OPEN, end=later.begin)


def _parent(unit: UnitEntry, version: VersionEntry, units: Mapping[str, UnitEntry]) -> Iterator[Fault]:
    if version.parent is None:
        if version.kind != "country":
            yield fault("no_parent", unit=unit.key, begin=version.begin)
        return
    parent = units.get(version.parent)
    if parent is None:
        yield fault("unknown_parent", unit=unit.key, parent=version.parent)
        return
    if _depth(parent.versions[0]) >= _depth(version):
        yield fault("parent_not_above", unit=unit.key, parent=parent.key)
    first, last = _life(parent)
    if version.begin < first:
        yield fault("before_parent", unit=unit.key, parent=parent.key, begin=version.begin, first=first)
    if (version.end or OPEN) > last:
        yield fault("after_parent", unit=unit.key, parent=parent.key, end=last)


def _depth(version: VersionEntry) -> int:
    return DEPTH[LEVEL_OF_KIND[version.kind]]


def _link(link: LinkEntry, units: Mapping[str, UnitEntry]) -> Iterator[Fault]:
    missing = [key for key in (link.origin, link.heir) if key not in units]
    yield from (fault("unknown_in_lineage", unit=key, origin=link.origin, heir=link.heir) for key in missing)
    if link.origin == link.heir:
        yield fault("heir_of_itself", unit=link.origin)
    elif not missing:
        origin, heir = _life(units[link.origin]), _life(units[link.heir])
        if not origin[0] < link.on <= origin[1]:
            yield fault("origin_not_there", unit=link.origin, heir=link.heir, on=link.on)
        if not heir[0] <= link.on < heir[1]:
            yield fault("heir_not_there", unit=link.heir, origin=link.origin, on=link.on)


def _life(unit: UnitEntry) -> tuple[date, date]:
    return unit.versions[0].begin, unit.versions[-1].end or OPEN


def _same_names(units: Iterable[UnitEntry]) -> Iterator[Fault]:
    """Two units of one name under one parent at one time cannot be told apart on a list."""
    seen: dict[tuple[str | None, str], list[tuple[VersionEntry, str]]] = defaultdict(list)
    for unit in units:
        for version in unit.versions:
            seen[version.parent, same_spelling_key(version.name)].append((version, unit.key))
    for versions in seen.values():
        versions.sort(key=lambda found: found[0].begin)
        for (earlier, one), (later, other) in pairwise(versions):
            if one != other and (earlier.end or OPEN) > later.begin:
                yield fault("same_name", unit=one, other=other, name=later.name)


def _unknown_names(register: Register) -> Iterator[Fault]:
    for alias in register.aliases:
        for key in (alias.unit, alias.parent):
            if key is not None and key not in register.units:
                yield fault("unknown_in_alias", unit=key, text=alias.text)
    for scope in register.scopes:
        for root in scope.roots:
            if root not in register.units:
                yield fault("unknown_root", unit=root, scope=scope.code)
