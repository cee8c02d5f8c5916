"""All that the manager's page says of a question, by both bases: of a small scope at once, of a large one by a job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest

from lms.access import Viewer
from lms.coverage.answers import Answer, Row
from lms.coverage.compact import Marks
from lms.coverage.facts import READERS, Question, merges
from lms.coverage.figures import EVER, VALID, Cell
from lms.coverage.finished import finished_not_tried
from lms.coverage.parts import Part, by_province, shared_nodes, whole
from lms.coverage.rules import month_ends
from lms.coverage.standing import Confirmed, confirmed, departures
from lms.coverage.summing import LATER, SETTLED, By, Cells, Sums, read_part, share
from lms.coverage.trend import BASES, Masks, Point, masks_at, points
from lms.people.scope import own_roots
from lms.units.queries import tree_on

MONTHS, LOWEST = 12, 3
PAGE: tuple[By, ...] = (("unit",), ("role",), ("unit", "role"), ("hamlet",), ("unit", "hamlet"))
LARGE_PAGE: tuple[By, ...] = (*PAGE, ("province",), ("province", "role"))
TRAINED = {"valid": VALID, "ever": EVER}
Step = Callable[[int, int], None]
"""Told how many parts are done, and of how many."""


@dataclass(frozen=True)
class Beside:
    """What a page says beside the cells. By basis: people missing who are new, and who have only the quiz to do."""

    new_missing: dict[str, int]
    untested: dict[str, int]
    expiring: int
    departures: int
    trend: dict[str, tuple[Point, ...]]
    confirmed: Confirmed
    lowest: dict[str, tuple[tuple[int | None, int, Cell], ...]]
    """The (ward, hamlet)s that miss the target by most."""


@dataclass(frozen=True)
class Counted:
    """`wards_of`: the wards of each province, where it was counted by provinces."""

    question: Question
    total: Cell
    divisions: Mapping[By, Cells]
    beside: Beside | None = None
    wards_of: dict[int, tuple[int, ...]] | None = None


def answer_of(found: Counted, by: By, basis: str) -> Answer:
    """One division, as programs and files get it. Raises KeyError for one that was not counted."""
    rows = () if not by else tuple(Row(at, cell) for at, cell in found.divisions[by].items())
    return Answer(found.question, basis, by, rows or _only_row(found, by), found.total)


def _only_row(found: Counted, by: By) -> tuple[Row, ...]:
    """Asked by nothing, everybody is one row, if there is anybody."""
    return (Row((), found.total),) if not by and found.total.counted else ()


def nothing_to_tell(done: int, total: int) -> None:
    """For who does not wait."""


def count_at_once(viewer: Viewer, question: Question) -> Counted:
    """The page's figures, now."""
    return _page(viewer, question, [whole(viewer, question)], PAGE, nothing_to_tell)


def count_by_province(viewer: Viewer, question: Question, step: Step) -> Counted:
    """The same, and by province."""
    return _page(viewer, question, by_province(viewer, question), LARGE_PAGE, step)


def count_divisions(viewer: Viewer, question: Question, divisions: Iterable[By], step: Step) -> Counted:
    """The cells of some divisions alone, province by province."""
    merged, parts = merges(question.known_on), by_province(viewer, question)
    sums = Sums(question, divisions, shared_nodes(parts))
    for number, part in enumerate(parts):
        step(number, len(parts))
        sums.add(read_part(viewer, question, part, merged), part.province)
    return Counted(question, sums.total, sums.cells)


def _page(viewer: Viewer, question: Question, parts: list[Part], divisions: tuple[By, ...], step: Step) -> Counted:
    merged, dates = merges(question.known_on), month_ends(question.on, MONTHS)
    sums, masks = Sums(question, divisions, shared_nodes(parts)), Marks("Q")
    for number, part in enumerate(parts):
        step(number, len(parts))
        sums.add(read_part(viewer, question, part, merged), part.province)
        for places in part.portions():
            masks.add(_packed(masks_at(viewer, question, dates, places, merged)))
    apart = {part.province: _wards(part) for part in parts if part.province is not None}
    beside = _beside(viewer, question, sums, merged, _trends(question, masks))
    return Counted(question, sums.total, sums.cells, beside, apart or None)


def _wards(part: Part) -> tuple[int, ...]:
    return tuple(sorted({ward for ward, _ in part.places.values() if ward is not None}))


def _packed(masks: Masks) -> Iterable[tuple[int, int]]:
    """Three masks of a person side by side in one number."""
    return ((person, a | b << MONTHS | c << 2 * MONTHS) for person, (a, b, c) in masks.items())


def _unpacked(packed: Counter[int]) -> Counter[tuple[int, int, int]]:
    low = (1 << MONTHS) - 1
    return Counter({(bits & low, bits >> MONTHS & low, bits >> 2 * MONTHS): many for bits, many in packed.items()})


def _beside(
    viewer: Viewer, question: Question, sums: Sums, merged: dict[int, int], trends: dict[str, tuple[Point, ...]]
) -> Beside:
    people = sums.people
    finished = [people.of(person) for person in finished_not_tried(question, people, merged)]
    cells = sums.cells
    listed = _listed_wards(viewer, question, {ward for (ward,) in cells[("unit",)]})
    return Beside(
        new_missing={basis: sums.count(0, without=SETTLED | bit) for basis, bit in TRAINED.items()},
        untested={basis: sum(not bits & bit for bits in finished) for basis, bit in TRAINED.items()},
        expiring=sums.count(VALID, without=LATER),
        departures=departures(viewer, question, people, merged),
        trend=trends,
        confirmed=confirmed(listed, question),
        lowest={basis: _lowest(cells, basis) for basis in BASES},
    )


def _trends(question: Question, masks: Marks) -> dict[str, tuple[Point, ...]]:
    dates, counts = month_ends(question.on, MONTHS), _unpacked(masks.counts())
    return {basis: tuple(points(dates, counts, basis)) for basis in BASES}


def _lowest(cells: dict[By, Cells], basis: str) -> tuple[tuple[int | None, int, Cell], ...]:
    wards = {hamlet: ward for ward, hamlet in cells[("unit", "hamlet")]}
    short = [
        (wards[hamlet], hamlet, cell)
        for (hamlet,), cell in cells[("hamlet",)].items()
        if hamlet is not None and not cell.reached(basis)
    ]
    return tuple(nsmallest(LOWEST, short, key=lambda one: (*share(one[2], basis), one[1])))


def _listed_wards(viewer: Viewer, question: Question, counted: Collection[int | None]) -> list[int]:
    """The wards whose lists the figure rests on: those with people, and those of the scope where nobody is entered."""
    roots = own_roots(viewer, *READERS)
    listed = None if roots is None else roots | {ward for ward in counted if ward is not None}
    nodes = tree_on(question.tree_on, question.scope, under=listed, down_to="ward")
    wards = [node.unit_id for node in nodes if node.level == "ward"]
    return [ward for ward in wards if listed is None or ward in listed]
