"""A sheet cut into tables, and every row of a table told apart before anything is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lms.people.roster.reading.context import roles_named
from lms.people.roster.reading.grid import Grid
from lms.people.roster.reading.headers import Header, columns_of, find_header, header_at, is_header_row
from lms.people.roster.reading.places_text import places_in
from lms.people.roster.reading.row_place_role import Section
from lms.people.roster.reading.shapes import (
    Filled,
    Layout,
    has_facts,
    is_column_numbers,
    is_number_only,
    is_person,
    is_remark,
    is_total,
    name_texts,
    section_text,
    starts_signature,
)
from lms.people.roster.readings import ColumnReading, SheetChoice

Kind = Literal[
    "person", "title", "header", "repeated_header", "column_numbers", "section", "total", "signature",
    "number_only", "remark",
]  # fmt: skip

_MAYBE_HEADER = re.compile(r"\s*(?:stt|tt|h[oọ]|t[eê]n)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A row with text; `row` is 0-based. `section` is what stood above it; `new_section` starts one."""

    row: int
    kind: Kind
    section: Section
    new_section: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    header: Header
    columns: tuple[ColumnReading, ...]
    layout: Layout
    rows: tuple[BodyRow, ...]


def tables_of(grid: Grid, choice: SheetChoice) -> list[Table]:
    """None if there is no header. A second table begins where a header with other headings stands."""
    if choice.header_row is not None:
        first: Header | None = header_at(grid, choice.header_row - 1)
    else:
        first = find_header(grid)
    if first is None:
        return []
    tables: list[Table] = []
    section = Section()
    for header, repeats, end in _spans(grid, first):
        columns = columns_of(grid, header, choice.fields)
        start = 0 if not tables else header.top
        table = _table(grid, header, columns, range(start, end), repeats, section)
        section = table.rows[-1].section if table.rows else section
        tables.append(table)
    return tables


def _spans(grid: Grid, first: Header) -> Iterator[tuple[Header, list[Header], int]]:
    """Header, its repetitions further down (a header on each printed page), and the row after the table."""
    header, repeats = first, list[Header]()
    for other in _later_headers(grid, first.bottom + 1):
        if other.repeats(header):
            repeats.append(other)
        else:
            yield header, repeats, other.top
            header, repeats = other, []
    yield header, repeats, len(grid.rows)


def _later_headers(grid: Grid, start: int) -> Iterator[Header]:
    for row in range(start, len(grid.rows)):
        likely = any(_MAYBE_HEADER.match(cell.text) for cell in grid.rows[row])
        if likely and is_header_row(grid, row):
            found = header_at(grid, row)
            yield found if found.top >= start else Header(row, found.bottom, found.levels)


def _table(
    grid: Grid,
    header: Header,
    columns: tuple[ColumnReading, ...],
    span: range,
    repeats: Sequence[Header],
    section: Section,
) -> Table:
    layout = Layout(_by_field(columns))
    heads: dict[int, Kind] = dict.fromkeys(range(header.top, header.bottom + 1), "header")
    for repeat in repeats:
        heads |= dict.fromkeys(range(repeat.top, repeat.bottom + 1), "repeated_header")
    return Table(header, columns, layout, tuple(_body(grid, layout, heads, span, section)))


def _by_field(columns: Sequence[ColumnReading]) -> Mapping[str, Sequence[int]]:
    found: dict[str, list[int]] = {}
    for column in columns:
        found.setdefault(column.taken_as, []).append(column.index)
    return found


def _body(grid: Grid, layout: Layout, heads: Mapping[int, Kind], span: range, section: Section) -> Iterator[BodyRow]:
    signed = False
    top = min(heads)
    for row in span:
        filled = grid.filled(row)
        if not filled:
            continue
        kind: Kind = "title"
        if row >= top:
            kind = heads.get(row) or _kind(grid, layout, row, signed=signed, first=row - 1 in heads)
        if kind == "section":
            section = _opened(grid, layout, row, section)
        signed = kind == "signature" or (signed and kind in ("remark", "number_only", "total"))
        yield BodyRow(row, kind, section, kind == "section")


def _kind(grid: Grid, layout: Layout, row: int, *, signed: bool, first: bool) -> Kind:
    """In this order: what is certain, what ends a list, what opens a part, and only then a lone name."""
    filled = grid.filled(row)
    if first and is_column_numbers(filled):
        return "column_numbers"
    if is_person(filled, layout, strictly=signed) or _name_from_above(grid, layout, row):
        return "person"
    if is_total(filled, layout):
        return "total"
    if signed or starts_signature(filled, layout):
        return "signature"
    return "section" if section_of(grid, layout, row) is not None else _rest(filled, layout)


def _rest(filled: Filled, layout: Layout) -> Kind:
    if name_texts(filled, layout):
        return "remark" if is_remark(filled) else "person"
    if has_facts(filled, layout):
        return "person"
    return "number_only" if is_number_only(filled, layout) else "remark"


def _name_from_above(grid: Grid, layout: Layout, row: int) -> bool:
    """One person merged over two rows, one role in each."""
    return any((row, column) in grid.down for column in layout.columns.get("full_name", ()))


def section_of(grid: Grid, layout: Layout, row: int) -> str | None:
    filled = grid.filled(row)
    banner = len(filled) == 1 and grid.banner(row, filled[0][0])
    return section_text(filled, layout, banner=banner)


def _opened(grid: Grid, layout: Layout, row: int, before: Section) -> Section:
    """A section row changes what it names: a ward ends the hamlet, a hamlet keeps ward and roles."""
    text = section_of(grid, layout, row) or ""
    places = places_in(text)
    roles = roles_named(text, "section")
    section = replace(before, roles=roles or before.roles)
    if places.ward:
        section = replace(section, ward=places.ward, hamlet=places.hamlet)
    return replace(section, hamlet=places.hamlet or section.hamlet)
