"""The header of a table: where it is, its one or two levels, and what each column is taken for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lms.people.roster.reading.contents import is_given_name, is_identity_number, sample, told_by_content
from lms.people.roster.reading.folding import clean, fold
from lms.people.roster.reading.grid import Grid
from lms.people.roster.reading.headings import (
    DROPPED,
    FIELDS,
    NAMES,
    Field,
    field_of,
    field_of_levels,
    is_sub_heading,
)
from lms.people.roster.readings import ColumnReading

ROWS_SEARCHED = 20
_MOST_LEVELS = 3


@dataclass(frozen=True, slots=True)
class Header:
    """First and last row (0-based) and, for each column, the text of its upper and lower level."""

    top: int
    bottom: int
    levels: tuple[tuple[str, str], ...]

    def repeats(self, other: Header) -> bool:
        """The same headings in the same columns; merged cells may have been lost on the way to another page."""
        said = [(mine, theirs) for mine, theirs in zip(self.levels, other.levels, strict=True) if any(mine)]
        return len(said) > 1 and all(mine == theirs for mine, theirs in said)

    def headings(self) -> tuple[str, ...]:
        """Joined by " / ", never twice the same, the column's letter where there is none."""
        found: list[str] = []
        for column, (upper, lower) in enumerate(self.levels):
            heading = " / ".join(filter(None, (upper, lower))) or column_letters(column)
            copies = sum(1 for other in found if other == heading or other.startswith(f"{heading} ("))
            found.append(f"{heading} ({copies + 1})" if copies else heading)
        return tuple(found)


def column_letters(index: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def find_header(grid: Grid) -> Header | None:
    """The first header within the first 20 rows that hold anything."""
    seen = 0
    for row in range(len(grid.rows)):
        if not grid.rows[row]:
            continue
        if is_header_row(grid, row):
            return header_at(grid, row)
        seen += 1
        if seen == ROWS_SEARCHED:
            return None
    return None


def nearest_header(grid: Grid) -> tuple[int, tuple[str, ...]] | None:
    """Where there is no header: the row (1-based) of the first twenty that knows most headings, and these."""
    best: tuple[int, tuple[str, ...]] | None = None
    for row in [row for row in range(len(grid.rows)) if grid.rows[row]][:ROWS_SEARCHED]:
        known = tuple(clean(text) for _, text in grid.filled(row) if field_of(text) not in (None, "other"))
        if len(known) > max(1, len(best[1]) if best else 0):
            best = (row + 1, known)
    return best


def is_header_row(grid: Grid, row: int) -> bool:
    """A heading for the name and one more known heading; or the name's alone in a list of one column.

    "Họ" alone, merged over two columns, needs two more beside it.
    """
    filled = grid.filled(row)
    fields = [field_of(text) for _, text in filled]
    named = NAMES.intersection(field for field in fields if field)
    known = {field for field in fields if field}
    if not named or (named == {"family_name"} and len(known) < 3):
        return False
    return len(known) > 1 or (len(filled) == 1 and fold(filled[0][1]) in ("ho va ten", "ho ten"))


def header_at(grid: Grid, row: int) -> Header:
    """The whole header around the row that holds the name's heading."""
    top = row - 1 if _is_upper_row(grid, row - 1, row) else row
    lower = row + 1 if _is_lower_row(grid, row + 1, row) else row
    bottom = max(lower, _merged_down_to(grid, row))
    return Header(top, bottom, _levels(grid, top, bottom))


def _merged_down_to(grid: Grid, row: int) -> int:
    """The last row of the name's heading, which is merged down beside the second level."""
    named = [column for column, text in grid.filled(row) if field_of(text) in NAMES]
    merge = grid.merged_at(row, named[0]) if named else None
    return min(merge.bottom, row + _MOST_LEVELS - 1, len(grid.rows) - 1) if merge else row


def _is_lower_row(grid: Grid, row: int, base: int) -> bool:
    """Words of a second level, and nothing but "Họ" or "Tên" below the name's heading.

    A known heading counts too, but not alone: "Khóm Chùa" in one cell opens a section.
    """
    if row >= len(grid.rows) or not grid.rows[row]:
        return False
    filled = grid.filled(row)
    if any(field_of(text) == "full_name" for _, text in filled):
        return False
    if not all(is_sub_heading(text) or (len(filled) > 1 and _is_heading(text)) for _, text in filled):
        return False
    named = [column for column, text in grid.filled(base) if field_of(text) == "full_name"]
    return not any(column in named and fold(text) not in ("ho", "ten") for column, text in filled)


def _is_heading(text: str) -> bool:
    return field_of(text) is not None and not any(map(str.isdecimal, text))


def _is_upper_row(grid: Grid, row: int, base: int) -> bool:
    """Headings of groups, or headings merged down beside them: where the row below is empty or grouped."""
    if row < 0 or len(grid.filled(row)) < 2:
        return False
    filled = grid.filled(row)
    if any(grid.banner(row, column) and len(filled) < 3 for column, _ in filled):
        return False
    return any(field_of(text) and not grid.own(base, column).text for column, text in filled)


def _levels(grid: Grid, top: int, bottom: int) -> tuple[tuple[str, str], ...]:
    if top == bottom:
        return tuple((_heading(grid, top, column), "") for column in range(grid.width))
    levels = []
    carried = ""
    for column in range(grid.width):
        upper, lower = _heading(grid, top, column), _lowest(grid, range(top + 1, bottom + 1), column)
        carried = upper or (carried if lower else "")
        # Without merged cells (CSV) the group's heading stands over its first column only.
        upper = upper or carried
        levels.append((upper, "" if fold(lower) == fold(upper) else lower))
    return tuple(levels)


def _lowest(grid: Grid, rows: range, column: int) -> str:
    return next((text for row in reversed(rows) if (text := _heading(grid, row, column))), "")


def _heading(grid: Grid, row: int, column: int) -> str:
    text = grid.own(row, column).text
    merge = None if text else grid.merged_at(row, column)
    return clean(grid.own(merge.top, merge.left).text if merge else text)


def columns_of(grid: Grid, header: Header, chosen: Mapping[int, str]) -> tuple[ColumnReading, ...]:
    """What each column is taken for, and why. `chosen` (by a person) wins over everything."""
    headings = header.headings()
    readings: list[ColumnReading] = []
    for column, (upper, lower) in enumerate(header.levels):
        if column in chosen:
            readings.append(ColumnReading(column, headings[column], _known(chosen[column]), "chosen"))
            continue
        field = field_of_levels(upper, lower)
        why = "unknown" if field is None else "joined_heading" if lower else "heading"
        if field is None or field == "other":
            field, why = _from_content(grid, header, readings, column) or (field or "other", why)
        why = "sensitive" if field in DROPPED else why
        readings.append(ColumnReading(column, headings[column], field, why))
    return told_by_content(grid, header.bottom + 1, tuple(_with_whole_names(readings)))


def _known(field: str) -> Field:
    known = next((each for each in FIELDS if each == field), None)
    if known is None:
        raise ValueError(f"{field} is no field of a staff list")
    return known


def _with_whole_names(readings: list[ColumnReading]) -> Iterable[ColumnReading]:
    """A lone "Tên" is the whole name."""
    split = any(reading.taken_as == "family_name" for reading in readings)
    for reading in readings:
        if reading.taken_as == "given_name" and not split:
            yield ColumnReading(reading.index, reading.heading, "full_name", reading.why)
        else:
            yield reading


def _from_content(grid: Grid, header: Header, before: list[ColumnReading], column: int) -> tuple[Field, str] | None:
    """A column without a known heading that holds identity numbers, or the second half of the name."""
    texts = sample(grid, header.bottom + 1, column)
    if not texts:
        return None
    if 2 * sum(map(is_identity_number, texts)) > len(texts):
        return "id_number", "content"
    unnamed = header.levels[column] == ("", "")
    rest: dict[str, Field] = {"full_name": "full_name", "family_name": "given_name"}
    after = rest.get(before[-1].taken_as) if before and unnamed else None
    if after and 4 * sum(map(is_given_name, texts)) > 3 * len(texts):
        return after, "content"
    return None
