"""Any spreadsheet file → a `Workbook` of plain values, or one clear refusal.

Formulas are never executed: the values that were stored with them are taken.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TypeVar

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from lms.sheets.facts import SheetFacts
from lms.sheets.kinds import container_of
from lms.sheets.model import Limits, Merge, Refused, Sheet, Workbook
from lms.sheets.ods_facts import facts_of_ods
from lms.sheets.packages import unpack
from lms.sheets.text_tables import sheet_of_text
from lms.sheets.values import rows_of
from lms.sheets.xls_facts import book_stream, facts_of_xls
from lms.sheets.xlsx_facts import facts_of_xlsx

Result = TypeVar("Result")

_DEFAULT = Limits()


def read_workbook(
    data: bytes,
    filename: str,
    *,
    max_rows: int = _DEFAULT.rows,
    max_columns: int = _DEFAULT.columns,
    max_unpacked: int = _DEFAULT.unpacked,
) -> Workbook:
    """Read .xlsx, .xls, .ods or .csv, told apart by content. Raises `Refused` and nothing else.

    Rows and columns are limits of one sheet; `max_unpacked` is in bytes. A stranger's file belongs in
    `lms.sheets.apart.read_workbook_apart`, which runs this in a child process that may be killed.
    """
    limits = Limits(max_rows, max_columns, max_unpacked)
    if len(data) > limits.unpacked:
        raise Refused("too_large", size=len(data), limit=limits.unpacked)
    kind, sheets = _READERS[container_of(data)](data, limits)
    if not any(sheet.rows for sheet in sheets):
        raise Refused("empty")
    return Workbook(filename, kind, tuple(sheets))


def _read_zip(data: bytes, limits: Limits) -> tuple[str, list[Sheet]]:
    kind, parts = unpack(data, limits)
    if kind == "ods":
        return kind, _read_sheets(data, facts_of_ods(parts, limits))
    facts = facts_of_xlsx(parts, limits)
    sheets = _read_sheets(data, list(facts.values()))
    if not {sheet.name for sheet in sheets} <= set(facts):
        raise Refused("broken", part="sheets")
    return kind, sheets


def _read_ole(data: bytes, limits: Limits) -> tuple[str, list[Sheet]]:
    return "xls", _read_sheets(data, facts_of_xls(book_stream(data), limits))


def _read_text(data: bytes, limits: Limits) -> tuple[str, list[Sheet]]:
    return "csv", [sheet_of_text(data, limits)]


_READERS: dict[str, Callable[[bytes, Limits], tuple[str, list[Sheet]]]] = {
    "zip": _read_zip,
    "ole": _read_ole,
    "text": _read_text,
}


def _read_sheets(data: bytes, facts: Sequence[SheetFacts]) -> list[Sheet]:
    """`facts` stand in the order of the workbook's sheets."""
    book = _parsed(lambda: CalamineWorkbook.from_filelike(io.BytesIO(data)))
    metadata = book.sheets_metadata
    if len(metadata) != len(facts) or len({each.name for each in metadata}) != len(metadata):
        raise Refused("broken", part="sheets")
    sheets = []
    for index, (known, found) in enumerate(zip(metadata, facts, strict=True)):
        if known.typ == SheetTypeEnum.WorkSheet:
            hidden = known.visible != SheetVisibleEnum.Visible
            sheets.append(_read_sheet(book, index, found, hidden=hidden))
    return sheets


def _read_sheet(book: CalamineWorkbook, index: int, facts: SheetFacts, *, hidden: bool) -> Sheet:
    sheet = _parsed(lambda: book.get_sheet_by_index(index))
    rows = rows_of(_parsed(lambda: sheet.to_python(skip_empty_area=False)), facts.errors)
    merged = tuple(Merge(*start, *end) for start, end in sheet.merged_cell_ranges or ())
    return Sheet(sheet.name, rows, merged, hidden, frozenset(facts.hidden_rows))


def _parsed(parse: Callable[[], Result]) -> Result:
    """What the parser raises on a damaged file, panics of its Rust code included, is a damaged file to us."""
    try:
        return parse()
    except PasswordError as error:
        raise Refused("password") from error
    except Exception as error:
        raise Refused("broken", part="content") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise Refused("broken", part="content") from error
        raise
