"""A file as it was sent → a reading of it, or one clear refusal. Nothing is stored, no transaction is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app

from lms.collecting import uncollected
from lms.people.rights import today
from lms.people.roster.readers import read_roster
from lms.people.roster.readings import RosterReading, RowReading, SheetReading
from lms.people.roster.words import refused_file
from lms.sheets.apart import read_workbook_apart
from lms.sheets.model import Limits, Refused
from lms.web.refusals import Refusal

BYTES_OF_A_ROW = 800  # of the unpacked XML


@dataclass(frozen=True)
class OpenedList:
    """The bytes with what they say. `kind`: xlsx, xls, ods or csv."""

    data: bytes
    filename: str
    kind: str
    reading: RosterReading

    @property
    def rows(self) -> list[tuple[SheetReading, RowReading]]:
        return [(sheet, row) for sheet in self.reading.sheets for row in sheet.rows]


@uncollected()
def open_list(data: bytes, filename: str, list_date: date) -> OpenedList:
    """Read a list in a child process. Raises Refusal: not a spreadsheet, password, too large, nobody in it."""
    most = current_app.extensions["settings"].roster_max_rows
    try:
        workbook = read_workbook_apart(data, filename, _limits(most))
        reading = read_roster(workbook, today=today(), year_hint=list_date.year)
        opened = OpenedList(data, filename, workbook.kind, reading)
        _refuse_without_people(opened, most)
    except Refused as refused:
        raise Refusal(refused_file(refused.code, {"rows": most, **refused.details}), 422) from refused
    return opened


def _limits(rows: int) -> Limits:
    """A site that takes longer lists takes larger files too."""
    return Limits(rows=rows, unpacked=max(Limits().unpacked, BYTES_OF_A_ROW * rows))


def _refuse_without_people(opened: OpenedList, most: int) -> None:
    count = len(opened.rows)
    if count > most:
        raise Refused("too_many_rows", rows=count, limit=most)
    if not count:
        raise _without_people(opened.reading.sheets)


def _without_people(sheets: Sequence[SheetReading]) -> Refused:
    """Says what was understood, so that somebody knows what to write into which row."""
    if any(sheet.header_row is not None for sheet in sheets):
        return Refused("no_people")
    for sheet in sheets:
        if sheet.nearest:
            row, known = sheet.nearest
            columns = ", ".join(f"“{heading}”" for heading in known)
            return Refused("no_name_column", row=row, sheet=sheet.name, columns=columns)
    return Refused("no_header")


def describe(opened: OpenedList) -> dict[str, Any]:
    """What roster_import keeps about the reading, beside the rows."""
    return {"kind": opened.kind, "sheets": [_sheet(sheet) for sheet in opened.reading.sheets]}


def _sheet(sheet: SheetReading) -> dict[str, Any]:
    total, roles = sheet.stated_total, sheet.default_roles
    return {
        "name": sheet.name,
        "hidden": sheet.hidden,
        "header_row": sheet.header_row,
        "read": len(sheet.rows),
        "columns": [[column.heading, column.taken_as, column.why] for column in sheet.columns],
        "skipped": [[row.row_no, row.text, row.why] for row in sheet.skipped],
        "stated": None if total is None else {"count": total.count, "row_no": total.row_no, "text": total.text},
        "roles": None if roles is None else {"codes": list(roles.codes), "words": roles.words},
        "date_hint": sheet.list_date_hint.isoformat() if sheet.list_date_hint else None,
        "date_words": sheet.list_date_words,
        "unit_hint": sheet.unit_hint,
    }


def stated_total(opened: OpenedList) -> int | None:
    """How many people the list says it has, over all of its tables that say so."""
    stated = [sheet.stated_total.count for sheet in opened.reading.sheets if sheet.stated_total]
    return sum(stated) if stated else None
