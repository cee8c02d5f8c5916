"""The geometry of the line chart: numbers in, coordinates out; `charts.html` draws them as SVG attributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms.text.numbers import cut_percent

WIDTH, HEIGHT = 560, 260
LEFT, RIGHT, TOP, BOTTOM = 44, 548, 14, 218
INSET = 12
LETTER = 13  # a letter of a label at its largest, on a phone
LINE = 24  # the height of a line of such letters

Point = tuple[str, int, int]
"""What a value is called, and the n of d it stands for."""


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    text: str
    anchor: str


@dataclass(frozen=True)
class LineChart:
    """All that is drawn, in the chart's own units."""

    path: str
    aim: float
    aim_label: Label
    rules: tuple[tuple[float, str], ...]
    dots: tuple[tuple[float, float], ...]
    ends: tuple[Label, ...]
    marks: tuple[Label, ...]


def line_chart(points: Sequence[Point], target: int) -> LineChart:
    """Shares over time, oldest first, against `target` percent. Points with d = 0 say nothing and are left out.

    The scale runs from the ten below the lowest value (or target) to 100. Raises ValueError if no point is left.
    """
    known = [(at, n, d) for at, (_, n, d) in enumerate(points) if d]
    if not known:
        raise ValueError("a line needs at least one share")
    floor = min([target, 90, *(n * 100 // d for _, n, d in known)]) // 10 * 10
    places = [(_x(at, len(points)), _y(Fraction(n * 100, d), floor)) for at, n, d in known]
    aim = _y(Fraction(target), floor)
    ends = _ends(places, [cut_percent(n, d) for _, n, d in known], aim)
    return LineChart(
        path=" ".join(f"{x},{y}" for x, y in places),
        aim=aim,
        aim_label=_aim_label(aim, ends),
        rules=tuple((_y(Fraction(at), floor), str(at)) for at in _grid(floor) if at != target),
        dots=tuple(dict.fromkeys((places[0], places[-1]))),
        ends=ends,
        marks=_marks(points),
    )


def _x(at: int, count: int) -> float:
    return round(LEFT + INSET + at * (RIGHT - LEFT - 2 * INSET) / max(count - 1, 1), 1)


def _y(percent: Fraction, floor: int) -> float:
    return round(float(BOTTOM - (BOTTOM - TOP) * (percent - floor) / (100 - floor)), 1)


def _grid(floor: int) -> range:
    """Every ten, or every twenty where that would be crowded; 100 always among them."""
    step = 10 if floor >= 50 else 20
    return range(floor if (100 - floor) % step == 0 else floor + 10, 101, step)


def _ends(places: list[tuple[float, float]], values: list[str], aim: float) -> tuple[Label, ...]:
    """The first and the last value, over or under their dots, where neither the line nor the target runs."""
    if len(places) == 1:
        x, y = places[0]
        return (Label(x, _beside(y, rising_from_it=False, aim=aim), values[0], "middle"),)
    (x1, y1), (x2, y2) = places[0], places[-1]
    first = Label(x1 - 4, _beside(y1, rising_from_it=places[1][1] < y1, aim=aim), values[0], "start")
    last = Label(x2 + INSET, _beside(y2, rising_from_it=places[-2][1] < y2, aim=aim), values[-1], "end")
    return (first, last)


def _beside(y: float, *, rising_from_it: bool, aim: float) -> float:
    """The baseline of a label at a dot: on the side the line leaves free, unless the target or the edge is there."""
    over, under = round(y - 12, 1), round(y + LINE + 4, 1)
    order = (under, over) if rising_from_it else (over, under)
    free = [at for at in order if at - LINE > 0 and at < BOTTOM + 4 and not at - LINE < aim < at + 4]
    return free[0] if free else order[0]


def _aim_label(aim: float, ends: tuple[Label, ...]) -> Label:
    """Where the name of the target goes: over its line at the left, or wherever the values are not."""
    corners = [(LEFT, "start"), (RIGHT, "end")]
    spots = [(x, y, anchor) for y in (round(aim - 8, 1), round(aim + LINE, 1)) for x, anchor in corners if y > LINE]
    taken = {(end.anchor, spot[1]) for end in ends for spot in spots if abs(end.y - spot[1]) < LINE}
    free = [spot for spot in spots if (spot[2], spot[1]) not in taken]
    x, y, anchor = (free or spots)[0]
    return Label(x, y, "", anchor)


def _marks(points: Sequence[Point]) -> tuple[Label, ...]:
    """Names below, as many as fit beside each other, the first always among them."""
    widest = max(len(name) for name, _, _ in points) * LETTER
    every = -(-len(points) // max((RIGHT - LEFT) // max(widest, 1), 1))
    return tuple(
        Label(_x(at, len(points)), HEIGHT - 8, name, "middle")
        for at, (name, _, _) in enumerate(points)
        if at % every == 0
    )
