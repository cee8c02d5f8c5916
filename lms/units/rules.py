"""Where a post stands on the tree of any day: the closure of the dated tree with its lineage. Pure.

Units, days and links are plain values; units go by their key. Periods are half-open: ``[begin, end)``.

*The place of a unit on day t.*

1. Valid on t, a unit stands as itself, below the parents it has on t.
2. Ended on or before t, it is carried forward to its heirs: the units that its lineage names on the day it ended, and
   on to theirs. One heir (a merger, a new number, a new name): the post stands there. Several (a split): nobody knows
   which, so it stands at the lowest unit above all of them on t's tree and waits there to be placed ("chờ phân bổ").
3. t before it began, it is carried back in the same way to its origins: the units that lineage names on the day it
   began. One origin: there. Several: at the lowest unit above all of them on t's tree.
4. Ended without a named heir, or begun without a named origin, its territory did not vanish or appear from nowhere:
   it belongs to its last (first) parent, and stands where that unit stands on t.

A link dated while its origin lives on hands over a part of the land; it moves no post.

*Scopes.* One that follows the **tree** holds what stands under (or is) one of its roots on day t. On a day on which a
root did not stand, one looks at the nearest day on which it did: a post counts for the wards of today before they
were founded, if its territory is theirs on the day they began.

One that follows **lineage** holds territory, whatever the day. A unit belongs to it if it ever stood under (or was) a
root, or took over land, whole or in part, from a unit that belongs. So a ward belongs as soon as one of its origins
does, and posts at ward level count with it. A hamlet follows its own tree and lineage only: one that came from
outside stays outside, though its ward belongs. A hamlet without a named origin belongs only if all of the land of the
unit it was founded in does; where only a part does, nobody knows, and `undecided()` names it.

*Rows.* For each scope that holds a unit on t: a row of level "scope" (no node), and one for each level of the unit
where it stands on t and of all units above. For a scope, level and unit the rows never overlap, and are maximal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lms.units.lives import (
    BEGINNING,
    LEVEL_OF_KIND,
    OPEN,
    Life,
    Link,
    Span,
    Version,
    cut,
    lives,
    stands,
    stands_as_itself,
)
from lms.units.territory import territory

__all__ = ["LEVEL_OF_KIND", "Link", "PathRow", "Scope", "Version", "closure", "undecided"]

Window = tuple[date, date]
Period = tuple[date, date, str | None]


@dataclass(frozen=True, slots=True)
class Scope:
    """`follows` is "tree" or "lineage"."""

    code: str
    follows: str
    roots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PathRow:
    scope: str
    level: str
    node: str | None
    unit: str
    begin: date
    end: date | None


def closure(versions: Iterable[Version], links: Iterable[Link], scopes: Iterable[Scope]) -> list[PathRow]:
    """Every `PathRow` of a register in which `lms.units.checks` finds no fault."""
    links = list(links)
    register = lives(versions, links)
    own = stands_as_itself(register)
    standing = stands(register, own)
    rows: list[PathRow] = []
    for scope in scopes:
        belongs = territory(scope.roots, register, links, own).inside if scope.follows == "lineage" else {}
        for unit, spans in standing.items():
            if scope.follows == "tree":
                spans = _within(spans, _windows(spans, scope.roots, register))
            elif unit not in belongs:
                continue
            rows += _rows(scope.code, unit, spans, register)
    return rows


def undecided(versions: Iterable[Version], links: Iterable[Link], scopes: Iterable[Scope]) -> list[tuple[str, str]]:
    """(scope, unit) where the unit has no named origin and was founded in a unit that belongs only in part."""
    links = list(links)
    register = lives(versions, links)
    own = stands_as_itself(register)
    return [
        (scope.code, unit)
        for scope in scopes
        if scope.follows == "lineage"
        for unit in territory(scope.roots, register, links, own).undecided
    ]


def _windows(spans: list[Span], roots: Iterable[str], register: Mapping[str, Life]) -> list[Window]:
    """The days on which a scope that follows the tree holds what stands in `spans`."""
    windows: list[Window] = []
    for begin, end, chain in spans:
        for root in set(roots).intersection(chain):
            life = register[root]
            windows.append((BEGINNING if begin == life.begin else begin, OPEN if end == life.end else end))
    return _merged(windows)


def _merged(windows: list[Window]) -> list[Window]:
    merged: list[Window] = []
    for begin, end in sorted(windows):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _within(spans: list[Span], windows: list[Window]) -> list[Span]:
    return [span for begin, end in windows for span in cut(spans, begin, end)]


def _rows(scope: str, unit: str, spans: list[Span], register: Mapping[str, Life]) -> Iterator[PathRow]:
    periods: dict[str, list[Period]] = defaultdict(list)
    for begin, end, chain in spans:
        _extend(periods["scope"], begin, end, None)
        for node in chain:
            if register[node].level != "scope":
                _extend(periods[register[node].level], begin, end, node)
    for level, found in periods.items():
        for begin, end, at in found:
            yield PathRow(scope, level, at, unit, begin, None if end == OPEN else end)


def _extend(periods: list[Period], begin: date, end: date, node: str | None) -> None:
    if periods and periods[-1][1] == begin and periods[-1][2] == node:
        periods[-1] = (periods[-1][0], end, node)
    else:
        periods.append((begin, end, node))
