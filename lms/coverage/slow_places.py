"""Where a post stands on a day, one unit and one step at a time: the rules of `lms.units.rules`, read word by word."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from lms.db import db
from lms.units.lives import LEVEL_OF_KIND
from lms.units.models import UnitLineage, UnitScope, UnitScopeRoot, UnitVersion

DAY = timedelta(days=1)
FOREVER = date.max


class Places:
    """The tables of units, read whole; answers are remembered, since people share their units."""

    def __init__(self) -> None:
        self.versions: dict[int, list[UnitVersion]] = {}
        for version in db.session.scalars(select(UnitVersion).order_by(UnitVersion.valid_from)):
            self.versions.setdefault(version.unit_id, []).append(version)
        self.links = list(db.session.scalars(select(UnitLineage)))
        self.scopes = {scope.code: scope for scope in db.session.scalars(select(UnitScope))}
        self.roots = list(db.session.scalars(select(UnitScopeRoot)))
        self._chains: dict[tuple[int, date], list[int]] = {}
        self._inside: dict[tuple[str, int, date], bool] = {}

    def levels(self, unit: int, day: date) -> dict[str, int]:
        """level → the unit of that level where it stands."""
        return {self._level(node): node for node in self.chain(unit, day)}

    def holds(self, scope: str, unit: int, day: date) -> bool:
        """What stands nowhere on the day is in no scope."""
        if not self.chain(unit, day):
            return False
        roots = [root.unit_id for root in self.roots if root.scope_id == self.scopes[scope].id]
        if self.scopes[scope].follows == "lineage":
            return self._belongs(scope, roots, unit, FOREVER - DAY)
        return any(root in self.chain(unit, self._nearest(root, day)) for root in roots)

    def chain(self, unit: int, day: date) -> list[int]:
        """From the country down to where the unit stands; empty where it stands nowhere."""
        if (unit, day) not in self._chains:
            self._chains[unit, day] = self._walk(unit, day)
        return self._chains[unit, day]

    def _walk(self, unit: int, day: date) -> list[int]:
        for version in self.versions[unit]:
            if version.valid_from <= day and (version.valid_to is None or day < version.valid_to):
                above = [] if version.parent_id is None else self.chain(version.parent_id, day)
                return [*above, unit]
        ended = self._end(unit) <= day
        others = self._heirs(unit) if ended else self._origins(unit)
        if others:
            return _shared([self.chain(other, day) for other in others])
        parent = self.versions[unit][-1 if ended else 0].parent_id
        return [] if parent is None else self.chain(parent, day)

    def _belongs(self, scope: str, roots: list[int], unit: int, day: date) -> bool:
        """By the end of `day` the unit held land of the scope."""
        key = (scope, unit, day)
        if key not in self._inside:
            self._inside[key] = self._held(scope, roots, unit, day)
        return self._inside[key]

    def _held(self, scope: str, roots: list[int], unit: int, day: date) -> bool:
        if self._stood(roots, unit, day):
            return True
        for link in self.links:
            took = link.to_unit_id == unit and link.on_date <= day
            if took and self._belongs(scope, roots, link.from_unit_id, link.on_date - DAY):
                return True
        parent, born = self.versions[unit][0].parent_id, self._begin(unit)
        if parent is None or self._origins(unit) or born > day:
            return False
        return self._belongs(scope, roots, parent, born) and not self._foreign(roots, parent, born)

    def _foreign(self, roots: list[int], unit: int, day: date) -> bool:
        """By the end of `day` the unit held land that never stood under a root."""
        if self._stood(roots, unit, day):
            return False
        for link in self.links:
            took = link.to_unit_id == unit and link.on_date <= day
            if took and self._foreign(roots, link.from_unit_id, link.on_date - DAY):
                return True
        parent, born = self.versions[unit][0].parent_id, self._begin(unit)
        if self._origins(unit) or born > day:
            return False
        return parent is None or self._foreign(roots, parent, born)

    def _stood(self, roots: list[int], unit: int, day: date) -> bool:
        """On some day of its life up to `day` it lay under a root; chains change only where some version begins."""
        for at in self._days_of_change():
            alive = self._begin(unit) <= at <= day and at < self._end(unit)
            if alive and any(root in self.chain(unit, at) for root in roots):
                return True
        return False

    def _days_of_change(self) -> list[date]:
        return sorted({version.valid_from for versions in self.versions.values() for version in versions})

    def _nearest(self, root: int, day: date) -> date:
        """The day itself, or the nearest one on which the root stood."""
        if day < self._begin(root):
            return self._begin(root)
        return day if day < self._end(root) else self._end(root) - DAY

    def _begin(self, unit: int) -> date:
        return self.versions[unit][0].valid_from

    def _end(self, unit: int) -> date:
        return self.versions[unit][-1].valid_to or FOREVER

    def _heirs(self, unit: int) -> list[int]:
        end = self._end(unit)
        return [link.to_unit_id for link in self.links if link.from_unit_id == unit and link.on_date == end]

    def _origins(self, unit: int) -> list[int]:
        begin = self._begin(unit)
        return [link.from_unit_id for link in self.links if link.to_unit_id == unit and link.on_date == begin]

    def _level(self, unit: int) -> str:
        return LEVEL_OF_KIND[self.versions[unit][0].kind]


def _shared(chains: list[list[int]]) -> list[int]:
    """Down from the country as long as all of them agree."""
    shared: list[int] = []
    for nodes in zip(*chains, strict=False):
        if any(node != nodes[0] for node in nodes):
            break
        shared.append(nodes[0])
    return shared
