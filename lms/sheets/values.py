"""From a stored value to a cell: whole numbers without ".0", dates the Vietnamese way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from lms.sheets.model import EMPTY, Cell, Value, is_blank

_LONGEST_WHOLE = 1e15


def cell_of(value: Value) -> Cell:
    """Blank text counts as an empty cell."""
    if type(value) is str:
        return Cell(value, value) if not is_blank(value) else EMPTY
    if value is None:
        return EMPTY
    if type(value) is float and value.is_integer() and abs(value) < _LONGEST_WHOLE:
        value = int(value)
    return Cell(value, displayed(value))


def displayed(value: Value) -> str:
    """What a person would see, without thousands separators: 912345678, 1,5, 05/06/1973, TRUE."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}".replace(".", ",")
    if isinstance(value, datetime):
        return f"{_day(value)} {value:%H:%M:%S}"
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, time):
        return value.isoformat("seconds")
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def _day(value: date) -> str:
    # strftime("%Y") does not pad years before 1000
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def row_of(values: Iterable[Value]) -> tuple[Cell, ...]:
    cells = [cell_of(value) for value in values]
    while cells and cells[-1] is EMPTY:
        cells.pop()
    return tuple(cells)


def rows_of(
    matrix: Iterable[list[Any]], errors: Mapping[tuple[int, int], str] | None = None
) -> tuple[tuple[Cell, ...], ...]:
    """Rows cut after the last filled one. `errors` puts back texts such as #N/A at (row, column), 0-based."""
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in (errors or {}).items():
        by_row.setdefault(row, []).append((column, text))
    rows: list[tuple[Cell, ...]] = []
    for index, values in enumerate(matrix):
        for column, text in by_row.pop(index, ()):
            values.extend([None] * (column + 1 - len(values)))
            values[column] = text
        rows.append(row_of(values))
    for index in sorted(by_row):
        rows.extend([()] * (index - len(rows)))
        rows.append(_row_of_errors(by_row[index]))
    while rows and not rows[-1]:
        rows.pop()
    return tuple(rows)


def _row_of_errors(errors: list[tuple[int, str]]) -> tuple[Cell, ...]:
    found = dict(errors)
    return row_of(found.get(column) for column in range(max(found) + 1))
