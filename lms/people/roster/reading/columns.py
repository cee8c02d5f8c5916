"""What a whole column tells: the order of day and month, and whether blanks mean "as above"."""

from __future__ import annotations

from collections.abc import Sequence

from lms.people.roster.reading.cells import is_ditto
from lms.people.roster.reading.folding import fold
from lms.people.roster.reading.grid import Grid
from lms.people.roster.reading.mixed_dates import DateOrder, order_of
from lms.people.roster.reading.tables import BodyRow, Table

_BIRTH_FIELDS = ("birth", "nam", "nu")
_PLACE_FIELDS = ("place", "ward", "unit")


def date_orders(grid: Grid, table: Table) -> dict[str, DateOrder]:
    rows = persons(table)
    orders = {}
    for field in _BIRTH_FIELDS:
        columns = table.layout.columns.get(field, ())
        orders[field] = order_of(grid.own(body.row, column) for column in columns for body in rows)
    return orders


def persons(table: Table) -> list[BodyRow]:
    return [body for body in table.rows if body.kind == "person"]


def filled_down(grid: Grid, table: Table) -> dict[int, dict[int, int]]:
    """Row → {column → row it is filled down from}, for columns of places written once per group.

    That is how a list looks whose merged cells were lost (CSV). Where merged cells exist they alone decide.
    """
    found: dict[int, dict[int, int]] = {}
    rows = persons(table)
    for field in _PLACE_FIELDS:
        for column in table.layout.columns.get(field, ()):
            for row, source in _leaders(grid, rows, column).items():
                found.setdefault(row, {})[column] = source
    return found


def _leaders(grid: Grid, rows: Sequence[BodyRow], column: int) -> dict[int, int]:
    """Only if two fifths or more are blank, no text stands twice in a row, and the first is not blank."""
    texts = [grid.own(body.row, column).text for body in rows]
    if not texts or not texts[0] or any((body.row, column) in grid.down for body in rows):
        return {}
    said = [fold(text) for text in texts if text]
    repeated = any(first == second for first, second in zip(said, said[1:], strict=False))
    if 5 * (len(texts) - len(said)) < 2 * len(texts) or repeated or any(map(is_ditto, said)):
        return {}
    return _sources(rows, texts)


def _sources(rows: Sequence[BodyRow], texts: Sequence[str]) -> dict[int, int]:
    found: dict[int, int] = {}
    source, section = rows[0].row, rows[0].section
    for body, text in zip(rows, texts, strict=True):
        if text:
            source, section = body.row, body.section
        elif body.section == section:
            found[body.row] = source
    return found
