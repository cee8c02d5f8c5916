"""What was counted, as plain values and back: cells become objects when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from lms.coverage.counted import Beside, Counted
from lms.coverage.facts import Question
from lms.coverage.figures import Cell
from lms.coverage.standing import Confirmed
from lms.coverage.summing import By, Cells
from lms.coverage.trend import Point

Plain = dict[str, Any]


def as_plain(found: Counted) -> Plain:
    """For JSON; the question itself is kept beside it."""
    return {
        "known_on": found.question.known_on.isoformat(),
        "total": _figures(found.total),
        "divisions": {",".join(by): _rows(cells) for by, cells in found.divisions.items()},
        "beside": None if found.beside is None else _plain_beside(found.beside),
        "wards_of": None if found.wards_of is None else [[at, list(wards)] for at, wards in found.wards_of.items()],
    }


def from_plain(question: Question, kept: Plain) -> Counted:
    """`question`: with the instant that `kept` names as its `known_on`."""
    target, apart = question.requirement.target, kept["wards_of"]
    return Counted(
        question,
        _cell(kept["total"], target),
        KeptDivisions(kept["divisions"], target),
        None if kept["beside"] is None else _beside(kept["beside"], target),
        None if apart is None else {province: tuple(wards) for province, wards in apart},
    )


class KeptDivisions(Mapping[By, Cells]):
    """A country has a hundred thousand cells, a page shows a few hundred of them."""

    def __init__(self, kept: Mapping[str, list[list[Any]]], target: int) -> None:
        self._kept, self._target = kept, target

    def __getitem__(self, by: By) -> Cells:
        many = len(by)
        rows = self._kept[",".join(by)]
        return {tuple(row[:many]): _cell(row[many:], self._target) for row in rows}

    def __iter__(self) -> Iterator[By]:
        return (tuple(filter(None, words.split(","))) for words in self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def _rows(cells: Cells) -> list[list[Any]]:
    return [[*at, *_figures(cell)] for at, cell in cells.items()]


def _figures(cell: Cell) -> list[int]:
    return [cell.counted, cell.valid, cell.ever]


def _cell(figures: list[int], target: int) -> Cell:
    counted, valid, ever = figures
    return Cell(counted, valid, ever, target)


def _plain_beside(beside: Beside) -> Plain:
    return {
        "new_missing": beside.new_missing,
        "untested": beside.untested,
        "expiring": beside.expiring,
        "departures": beside.departures,
        "trend": {basis: [[at.on.isoformat(), *at[1:]] for at in points] for basis, points in beside.trend.items()},
        "oldest": _day_text(beside.confirmed.oldest),
        "stale": [[ward, _day_text(day)] for ward, day in beside.confirmed.stale],
        "lowest": {
            basis: [[ward, hamlet, *_figures(cell)] for ward, hamlet, cell in places]
            for basis, places in beside.lowest.items()
        },
    }


def _beside(kept: Plain, target: int) -> Beside:
    stale = tuple((ward, _day(text)) for ward, text in kept["stale"])
    return Beside(
        new_missing=kept["new_missing"],
        untested=kept["untested"],
        expiring=kept["expiring"],
        departures=kept["departures"],
        trend={
            basis: tuple(Point(date.fromisoformat(on), *figures) for on, *figures in points)
            for basis, points in kept["trend"].items()
        },
        confirmed=Confirmed(_day(kept["oldest"]), stale),
        lowest={
            basis: tuple((ward, hamlet, _cell(figures, target)) for ward, hamlet, *figures in places)
            for basis, places in kept["lowest"].items()
        },
    )


def known_on(kept: Plain) -> datetime:
    return datetime.fromisoformat(kept["known_on"])


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
