"""All that the manager's page shows, from what was counted now or by a job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lms.coverage.counted import Beside, Counted
from lms.coverage.facts import Question
from lms.coverage.figures import Cell
from lms.coverage.grid import Grid, Line, grid_of
from lms.coverage.standing import Confirmed
from lms.coverage.summing import SOON_DAYS, share
from lms.coverage.trend import Point
from lms.text.names import label_sort_key
from lms.units.queries import names_on


@dataclass(frozen=True)
class Place:
    """A hamlet, or the posts of the ward itself (`unit_id` None)."""

    unit_id: int | None
    ward_id: int | None
    name: str
    cell: Cell


@dataclass(frozen=True)
class Overview:
    question: Question
    basis: str
    total: Cell
    new_missing: int
    untested: int
    expiring: int
    expiring_before: date
    grid: Grid
    ward: Line | None
    hamlets: tuple[Place, ...]
    lowest: tuple[Place, ...]
    trend: tuple[Point, ...]
    confirmed: Confirmed
    names: dict[int, str]
    departures: int

    @property
    def first_point(self) -> Point | None:
        return next((point for point in self.trend if point.counted), None)


def overview(found: Counted, basis: str, ward: int | None = None, province: int | None = None) -> Overview:
    """`ward`: the one whose hamlets are shown; of the wards in the table, the one farthest from the target where none
    is asked for. `province`: the one whose wards are in the table, where there are many provinces.
    """
    question, beside, grid = found.question, told(found), grid_of(found, province)
    shown = _shown(grid, basis, ward)
    names = _names(found, beside, basis)
    return Overview(
        question=question,
        basis=basis,
        total=found.total,
        new_missing=beside.new_missing[basis],
        untested=beside.untested[basis],
        expiring=beside.expiring,
        expiring_before=question.on + timedelta(days=SOON_DAYS),
        grid=grid,
        ward=shown,
        hamlets=_hamlets(found, shown),
        lowest=tuple(_place(*one, names) for one in beside.lowest[basis]),
        trend=beside.trend[basis],
        confirmed=beside.confirmed,
        names=names,
        departures=beside.departures,
    )


def told(found: Counted) -> Beside:
    """What a page says beside the cells; only a page's question has it."""
    if found.beside is None:
        raise ValueError("these cells were not counted for a page")
    return found.beside


def _names(found: Counted, beside: Beside, basis: str) -> dict[int, str]:
    """Of the places that are named outside the table."""
    lowest = {unit for ward, hamlet, _ in beside.lowest[basis] for unit in (ward, hamlet) if unit is not None}
    return names_on({*lowest, *(ward for ward, _ in beside.confirmed.stale)}, found.question.tree_on)


def _shown(grid: Grid, basis: str, ward: int | None) -> Line | None:
    if grid.level != "ward":
        return None
    real = [line for line in grid.places if line.value is not None]
    asked = next((line for line in real if line.value == ward), None)
    return asked or min(real, key=lambda line: share(grid.by_place[line.value], basis), default=None)


def _hamlets(found: Counted, ward: Line | None) -> tuple[Place, ...]:
    if ward is None:
        return ()
    inside = {hamlet: cell for (at, hamlet), cell in found.divisions[("unit", "hamlet")].items() if at == ward.value}
    names = names_on(set(filter(None, inside)), found.question.tree_on)
    places = [_place(ward.value, hamlet, cell, names) for hamlet, cell in inside.items()]
    return tuple(sorted(places, key=lambda place: (place.unit_id is None, label_sort_key(place.name))))


def _place(ward: int | None, hamlet: int | None, cell: Cell, names: dict[int, str]) -> Place:
    return Place(hamlet, ward, names[hamlet] if hamlet is not None else "", cell)
