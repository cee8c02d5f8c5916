"""Spreadsheets that we write: people's text stays text, dates and numbers are real ones (safety.md S12)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lms.text.dates import read_date

Written = str | int | float | date | None

_FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_WIDEST = 60
_TEXT_LIMIT = 32_767
_HELPED_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Column:
    """`width` is in characters; without it the heading decides.

    `tenths` shows numbers with one decimal; `as_text` keeps what a person types there as typed (a phone's first
    zero); `hint` and `choices` are shown when one of the cells below is entered.
    """

    heading: str
    width: int = 0
    hidden: bool = False
    as_text: bool = False
    tenths: bool = False
    hint: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. `rows` may be a generator: they are written as they come, memory stays flat."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Written]]
    title: str = ""
    remarks: Sequence[str] = ()


def write_table(stream: IO[bytes], sheets: Iterable[Table]) -> None:
    """Write an .xlsx: an optional title and remarks, a bold heading row that stays in view, the rows."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        formats = _Formats(
            title=book.add_format({"bold": True, "font_size": 13}),
            heading=book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            day=book.add_format({"num_format": "dd/mm/yyyy", "align": "left"}),
            text=book.add_format({"num_format": "@"}),
            tenths=book.add_format({"num_format": "0.0"}),
        )
        taken: set[str] = set()
        for table in sheets:
            _write_sheet(book.add_worksheet(_free_name(sheet_name(table.name), taken)), table, formats)


@dataclass(frozen=True, slots=True)
class _Formats:
    title: Format
    heading: Format
    day: Format
    text: Format
    tenths: Format


def _write_sheet(sheet: Worksheet, table: Table, formats: _Formats) -> None:
    _set_columns(sheet, table.columns, formats)
    row = _write_titles(sheet, table, formats)
    for index, column in enumerate(table.columns):
        sheet.write_string(row, index, column.heading, formats.heading)
        _help_typing(sheet, row + 1, index, column)
    sheet.freeze_panes(row + 1, 0)
    for below, values in enumerate(table.rows, row + 1):
        for index, value in enumerate(values):
            _write_cell(sheet, below, index, value, formats.day)


def _set_columns(sheet: Worksheet, columns: Sequence[Column], formats: _Formats) -> None:
    for index, column in enumerate(columns):
        width = column.width or min(_WIDEST, max(8, len(column.heading) + 2))
        kept = formats.text if column.as_text else formats.tenths if column.tenths else None
        sheet.set_column(index, index, width, kept, {"hidden": column.hidden})


def _write_titles(sheet: Worksheet, table: Table, formats: _Formats) -> int:
    """The row after them."""
    row = 0
    if table.title:
        sheet.write_string(row, 0, table.title, formats.title)
        row += 1
    for remark in table.remarks:
        sheet.write_string(row, 0, remark)
        row += 1
    return row


def _help_typing(sheet: Worksheet, first: int, index: int, column: Column) -> None:
    if not column.hint and not column.choices:
        return
    rule: dict[str, Any] = {"validate": "any"}
    if column.choices:
        rule = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
    # Excel shows at most 32 and 255 characters
    rule |= {"input_title": column.heading[:32], "input_message": column.hint[:255]}
    sheet.data_validation(first, index, first + _HELPED_ROWS, index, rule)


def _write_cell(sheet: Worksheet, row: int, column: int, value: Written, day: Format) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(row, column, value[:_TEXT_LIMIT])
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, date):
        _write_day(sheet, row, column, value, day)
    else:
        sheet.write_number(row, column, value)


def _write_day(sheet: Worksheet, row: int, column: int, value: date, day: Format) -> None:
    """Excel has no days before 1900."""
    if value.year < 1900:
        sheet.write_string(row, column, f"{value.day:02}/{value.month:02}/{value.year}")
        return
    moment = value.replace(tzinfo=None) if isinstance(value, datetime) else value
    sheet.write_datetime(row, column, moment, day)


def birth_cell(text: str) -> Written:
    """What is known of a birth, as lists show it: "1971" becomes a number, "05/06/1973" a day, "06/1973" stays."""
    if text.isdecimal():
        return int(text)
    return read_date(text) or text


def sheet_name(name: str) -> str:
    """A name Excel accepts: at most 31 characters, none of []:*?/\\, no quote at the ends."""
    plain = "".join(" " if letter in "[]:*?/\\" or ord(letter) < 32 else letter for letter in name)
    return " ".join(plain.split())[:31].strip(" '") or "Danh sách"


def _free_name(name: str, taken: set[str]) -> str:
    """Excel takes two sheets for the same if only capitals differ."""
    free, copy = name, 2
    while free.casefold() in taken:
        free, copy = f"{name[:26]} ({copy})", copy + 1
    taken.add(free.casefold())
    return free


def neutralise_csv(value: Any) -> str:
    """A CSV field that no spreadsheet program takes for a formula: an apostrophe stands before = + - @."""
    text = "" if value is None else str(value)
    starts = text.lstrip(" \u00a0").startswith(_FORMULA_STARTS) or text.startswith(_FORMULA_STARTS)
    return f"'{text}" if starts and not _is_number(value) else text


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)
