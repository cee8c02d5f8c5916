"""A staff list in any shape → people as its rows say. Nothing is matched or stored here.

The cases are those of domain.md §8.2; numbers in the tests' names are theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from lms.people.roster.reading.columns import date_orders, filled_down, persons
from lms.people.roster.reading.context import ListContext, read_context
from lms.people.roster.reading.folding import clean
from lms.people.roster.reading.grid import Grid
from lms.people.roster.reading.headers import nearest_header
from lms.people.roster.reading.headings import DROPPED
from lms.people.roster.reading.masking import mask_identity
from lms.people.roster.reading.row_birth import BirthRules, read_sex_and_birth
from lms.people.roster.reading.row_cells import Above, RowCells, row_cells, shown_cells
from lms.people.roster.reading.row_contact import read_phones
from lms.people.roster.reading.row_name import read_name
from lms.people.roster.reading.row_place_role import read_place, read_row_roles
from lms.people.roster.reading.shapes import total_of
from lms.people.roster.reading.tables import BodyRow, Table, tables_of
from lms.people.roster.reading.totals import stated_total, title_total
from lms.people.roster.readings import (
    ColumnReading,
    RosterReading,
    RowReading,
    SheetChoice,
    SheetReading,
    SkippedRow,
    StatedTotal,
)
from lms.sheets.model import Sheet, Workbook

_WHO = ("stt", "birth", "birth_year", "nam", "nu", "sex", "phone")
_TELLING = (*_WHO, "role", "place", "ward", "unit", "address")


def read_roster(
    workbook: Workbook,
    *,
    today: date,
    year_hint: int | None = None,
    choices: Mapping[str, SheetChoice] | None = None,
) -> RosterReading:
    """Every sheet that holds text, in order. `today` judges ages; `year_hint` completes "tính đến 30/6".

    `choices`: sheet name → what a person said about its header, columns and encodings. Never raises for what
    a file holds; ValueError only for a choice that names an unknown field.
    """
    reader = _Reader(workbook.filename, today, year_hint)
    found: list[SheetReading] = []
    for sheet in workbook.sheets:
        if sheet.rows:
            found.extend(reader.read(sheet, (choices or {}).get(sheet.name, SheetChoice())))
    return RosterReading(tuple(found))


class _Reader:
    def __init__(self, filename: str, today: date, year_hint: int | None) -> None:
        self._filename = filename
        self._today = today
        self._year_hint = year_hint

    def read(self, sheet: Sheet, choice: SheetChoice) -> list[SheetReading]:
        grid = Grid(sheet, dict(choice.decoders))
        tables = tables_of(grid, choice)
        if not tables:
            return [self._without_header(grid)]
        context = self._context(grid, range(tables[0].header.top))
        return [self._table(grid, table, context) for table in tables]

    def _context(self, grid: Grid, titles: range) -> ListContext:
        texts = [mask_identity(text) for row in titles for _, text in grid.filled(row)]
        return read_context(texts, grid.sheet.name, self._filename, self._year_hint)

    def _without_header(self, grid: Grid) -> SheetReading:
        rows = [row for row in range(len(grid.rows)) if grid.rows[row]]
        skipped = tuple(SkippedRow(row + 1, _row_text(grid, row, ()), "no_header") for row in rows)
        context = self._context(grid, range(_first_full_row(grid)))
        return replace(_sheet_reading(grid, None, (), (), skipped, None, context), nearest=nearest_header(grid))

    def _table(self, grid: Grid, table: Table, context: ListContext) -> SheetReading:
        rows = self._rows(grid, table, context)
        skipped = tuple(
            SkippedRow(body.row + 1, _row_text(grid, body.row, table.columns), body.kind)
            for body in table.rows
            if body.kind != "person"
        )
        total = stated_total(_totals(grid, table), len(rows))
        return _sheet_reading(grid, table.header.bottom + 1, table.columns, rows, skipped, total, context)

    def _rows(self, grid: Grid, table: Table, context: ListContext) -> tuple[RowReading, ...]:
        rules = BirthRules(self._today, date_orders(grid, table))
        fills = filled_down(grid, table)
        above = Above()
        places = [column for field in ("place", "ward") for column in table.layout.columns.get(field, ())]
        section, place_above = None, ""
        found = []
        for body in persons(table):
            if section is not None and section is not body.section:
                above.forget(places)
                place_above = ""
            section = body.section
            row = row_cells(grid, table.columns, body.row, above, fills.get(body.row, {}))
            found.append(_person(grid, table, body, row, rules, context, place_above))
            place_above = row.text("place") or place_above
        return tuple(found)


def _person(
    grid: Grid, table: Table, body: BodyRow, row: RowCells, rules: BirthRules, context: ListContext, place_above: str
) -> RowReading:
    remarks = row.remarks
    _ask_about_hidden(grid, body.row, row)
    name = read_name(row)
    has_sex_column = any(field in table.layout.columns for field in ("nam", "nu", "sex"))
    born = read_sex_and_birth(row, rules, has_sex_column=has_sex_column, title=name.title_sex)
    phones = read_phones(row)
    roles = read_row_roles(row, body.section, context, name.note, _heading(table, "role"))
    place = read_place(row, body.section, context, _heading(table, "place"), place_above)
    if name.full_name and _says_only_name(grid, table, body):
        remarks.ask("only_name", "full_name", name.full_name)
    return RowReading(
        sheet=grid.sheet.name,
        row_no=body.row + 1,
        cells=shown_cells(grid, table.columns, body.row, hide_phones=phones.looks_like_id),
        full_name=name.full_name,
        note="; ".join(filter(None, (name.note, row.text("note")))),
        sex=born.sex,
        birth=born.birth,
        phone=phones.phone,
        phone_spare=phones.spare,
        role_codes=roles.codes,
        role_text=roles.text,
        place_text=place,
        row_key=row.text("row_key") or None,
        problems=tuple(remarks.problems),
        notes=tuple(remarks.notes),
    )


def _first_full_row(grid: Grid) -> int:
    """Where titles end in a sheet without a header: a row of more than two cells is none."""
    return next((row for row in range(len(grid.rows)) if len(grid.filled(row)) > 2), 0)


def _ask_about_hidden(grid: Grid, row: int, cells: RowCells) -> None:
    if grid.sheet.hidden:
        cells.remarks.ask("hidden_sheet", "row", grid.sheet.name)
    elif row + 1 in grid.sheet.hidden_rows:
        cells.remarks.ask("hidden_row", "row")


def _heading(table: Table, field: str) -> str:
    columns = table.layout.columns.get(field, ())
    upper, lower = table.header.levels[columns[0]] if columns else ("", "")
    return lower or upper


def _says_only_name(grid: Grid, table: Table, body: BodyRow) -> bool:
    """Nothing of their own beside the name, in a list that has more to say."""
    columns = [column for field in _TELLING for column in table.layout.columns.get(field, ())]
    told = any(grid.spread(body.row, column)[0].text for column in columns)
    return bool(columns) and not told


def _totals(grid: Grid, table: Table) -> list[StatedTotal]:
    found: list[StatedTotal] = []
    for body in table.rows:
        total = None
        if body.kind == "total":
            total = total_of(grid.filled(body.row), body.row + 1, table.layout)
        elif body.kind == "title":
            total = title_total(_row_text(grid, body.row, ()), body.row + 1)
        if total:
            found.append(total)
    return found


def _row_text(grid: Grid, row: int, columns: Sequence[ColumnReading]) -> str:
    dropped = {column.index for column in columns if column.taken_as in DROPPED}
    texts = (clean(text) for column, text in grid.filled(row) if column not in dropped)
    return mask_identity(" · ".join(texts))


def _sheet_reading(
    grid: Grid,
    header_row: int | None,
    columns: tuple[ColumnReading, ...],
    rows: tuple[RowReading, ...],
    skipped: tuple[SkippedRow, ...],
    total: StatedTotal | None,
    context: ListContext,
) -> SheetReading:
    return SheetReading(
        name=grid.sheet.name,
        hidden=grid.sheet.hidden,
        header_row=header_row,
        columns=columns,
        rows=rows,
        skipped=skipped,
        stated_total=total,
        default_roles=context.roles,
        list_date_hint=context.day,
        list_date_words=context.day_words,
        unit_hint=context.unit,
    )
