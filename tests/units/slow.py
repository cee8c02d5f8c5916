"""The closure answered one unit and one day at a time, straight from the words of `lms.units.rules`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lms.units.rules import LEVEL_OF_KIND, Link, Scope, Version

DAY = timedelta(days=1)
Chain = tuple[str, ...]


@dataclass(frozen=True)
class World:
    versions: tuple[Version, ...]
    links: tuple[Link, ...]

    def units(self) -> list[str]:
        return sorted({version.unit for version in self.versions})

    def life(self, unit: str) -> list[Version]:
        return sorted((v for v in self.versions if v.unit == unit), key=lambda v: v.begin)

    def begin(self, unit: str) -> date:
        return self.life(unit)[0].begin

    def end(self, unit: str) -> date:
        return self.life(unit)[-1].end or date.max

    def level(self, unit: str) -> str:
        return LEVEL_OF_KIND[self.life(unit)[0].kind]

    def on(self, unit: str, day: date) -> Version | None:
        return next((v for v in self.life(unit) if v.begin <= day and (v.end is None or day < v.end)), None)

    def chain(self, unit: str, day: date) -> Chain:
        version = self.on(unit, day)
        assert version is not None
        return (*(self.chain(version.parent, day) if version.parent else ()), unit)

    def origins(self, unit: str) -> list[str]:
        return [link.origin for link in self.links if link.heir == unit and link.on == self.begin(unit)]

    def heirs(self, unit: str) -> list[str]:
        return [link.heir for link in self.links if link.origin == unit and link.on == self.end(unit)]


def stands(world: World, unit: str, day: date) -> Chain:
    """The chain of the unit where `unit` stands on `day`; empty where it stands nowhere."""
    if world.on(unit, day):
        return world.chain(unit, day)
    ended = day >= world.end(unit)
    others = world.heirs(unit) if ended else world.origins(unit)
    parent = world.life(unit)[-1 if ended else 0].parent
    if not others:
        return stands(world, parent, day) if parent else ()
    chains = [stands(world, other, day) for other in others]
    shared: Chain = ()
    while all(len(chain) > len(shared) for chain in chains):
        step = {chain[len(shared)] for chain in chains}
        if len(step) > 1:
            break
        shared = (*shared, *step)
    return shared


def holds(world: World, scope: Scope, unit: str, day: date) -> bool:
    if scope.follows == "tree":
        return any(root in stands(world, unit, _nearest(world, root, day)) for root in scope.roots)
    return inside(world, scope, unit, date.max - DAY)


def _nearest(world: World, root: str, day: date) -> date:
    return min(max(day, world.begin(root)), world.end(root) - DAY)


def stood(world: World, scope: Scope, unit: str, day: date) -> bool:
    """Some day up to `day`, the unit lay under a root."""
    at, last = world.begin(unit), min(day, world.end(unit) - DAY, date(2020, 3, 1))
    while at <= last:
        if set(scope.roots) & set(world.chain(unit, at)):
            return True
        at += DAY
    return False


def inside(world: World, scope: Scope, unit: str, day: date) -> bool:
    """By the end of `day`, the unit held land of the scope."""
    if stood(world, scope, unit, day):
        return True
    if any(inside(world, scope, link.origin, link.on - DAY) for link in _taken(world, unit, day)):
        return True
    born, parent = world.begin(unit), world.life(unit)[0].parent
    founded = born <= day and parent is not None and not world.origins(unit)
    return founded and inside(world, scope, str(parent), born) and not outside(world, scope, str(parent), born)


def outside(world: World, scope: Scope, unit: str, day: date) -> bool:
    """By the end of `day`, the unit held land that never stood under a root."""
    if stood(world, scope, unit, day):
        return False
    if any(outside(world, scope, link.origin, link.on - DAY) for link in _taken(world, unit, day)):
        return True
    born, parent = world.begin(unit), world.life(unit)[0].parent
    if born > day or world.origins(unit):
        return False
    return parent is None or outside(world, scope, parent, born)


def _taken(world: World, unit: str, day: date) -> list[Link]:
    return [link for link in world.links if link.heir == unit and link.on <= day]


def rows_on(world: World, scope: Scope, unit: str, day: date) -> dict[str, str | None]:
    """Level → node, as `unit_path` must say it for that day."""
    chain = stands(world, unit, day)
    if not chain or not holds(world, scope, unit, day):
        return {}
    named: dict[str, str | None] = {world.level(node): node for node in chain if world.level(node) != "scope"}
    return {"scope": None} | named
