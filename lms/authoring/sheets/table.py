"""The sheet as a file: written as the readers' programs like it, read as those programs leave it. Pure."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields

from lms.courses.documents import DocumentError, decode
from lms.sheets.writing import neutralise_csv

SEPARATORS = (",", ";", "\t")
BOM = "\ufeff"
RIGHT, CHANGE = "đúng", "sửa"
NEEDED = ("file", "nr", "source", "draft", "verdict", "reader")
PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class Row:
    """The columns of a sheet in their order, all text."""

    file: str
    nr: str
    source: str
    draft: str
    back_translation: str = ""
    note: str = ""
    verdict: str = ""
    reader: str = ""


COLUMNS = tuple(field.name for field in fields(Row))


class SheetFault(ValueError):
    """A sheet that is not taken as a whole; `code` as in `words.py`, `rows` (1 is the heading) say where."""

    def __init__(self, code: str, rows: Iterable[int] = (), what: str = "") -> None:
        super().__init__(code)
        self.code, self.rows, self.what = code, tuple(rows), what


def write_rows(rows: Iterable[Row]) -> bytes:
    return write_table(COLUMNS, map(astuple, rows))


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with its mark: without it Excel takes Vietnamese and Khmer letters for others."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([neutralise_csv(value) for value in row] for row in rows)
    return (BOM + out.getvalue()).encode()


def read_rows(data: bytes) -> dict[int, Row]:
    """number of the row in the file → row; empty rows are no rows."""
    read = read_table(data, NEEDED)
    return {at: Row(**{name: cells.get(name, "") for name in COLUMNS}) for at, cells in read.items()}


def read_table(data: bytes, needed: Iterable[str]) -> dict[int, dict[str, str]]:
    """number of the row → heading → cell, whatever the order of the columns and the sign between them.

    SheetFault: "packed" (an Excel file), "not-utf8", "bad-text", "no-table", "no-rows", "columns" (some are missing).
    """
    lines = _records(_text(data), needed)
    head = next((at for at, cells in enumerate(lines) if any(cells)), None)
    if head is None:
        raise SheetFault("no-rows")
    names = [name.casefold() for name in lines[head]]
    missing = [name for name in needed if name not in names]
    if missing:
        raise SheetFault("columns", what=", ".join(missing))
    below = enumerate(lines[head + 1 :], head + 2)
    return {at: dict(zip(names, cells, strict=False)) for at, cells in below if any(cells)}


def check_verdicts(rows: Mapping[int, Row]) -> None:
    """SheetFault: "verdicts" that are none, "readers" missing, "lost-letters" (a program wrote ??? for Khmer)."""
    _refuse("verdicts", [at for at, row in rows.items() if row.verdict and verdict_of(row) == ""])
    _refuse("readers", [at for at, row in rows.items() if verdict_of(row) and not folded(row.reader)])
    _refuse("lost-letters", [at for at, row in rows.items() if "???" in row.draft and "???" not in row.source])


def verdict_of(row: Row) -> str:
    """RIGHT, CHANGE, or "": no verdict, or none that we know."""
    said = folded(row.verdict).replace("ð", "đ")  # the Icelandic letter that looks the same
    return said if said in (RIGHT, CHANGE) else ""


def folded(name: str) -> str:
    """A reader's name as it is compared: "T. Hoa" and "t hoa" are one person, and one person never counts twice."""
    return "".join(sign for sign in name.casefold() if unicodedata.category(sign)[0] not in "PSZC")


def _refuse(code: str, rows: list[int]) -> None:
    if rows:
        raise SheetFault(code, rows)


def _text(data: bytes) -> str:
    if data.startswith(PACKED):
        raise SheetFault("packed")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # what Excel calls "Unicode Text"
        data = data.decode("utf-16", errors="replace").encode()
    try:
        return decode(data)
    except DocumentError as error:
        raise SheetFault(error.code) from error


def _records(text: str, needed: Iterable[str]) -> list[list[str]]:
    """Cut at the sign that gives the headings we need."""
    wanted, best = set(needed), (-1, [[""]])
    for separator in SEPARATORS:
        try:
            cut = [[_cell(cell) for cell in record] for record in csv.reader(io.StringIO(text), delimiter=separator)]
        except csv.Error:
            continue
        head = next((record for record in cut if any(record)), [])
        best = max(best, (len(wanted & {name.casefold() for name in head}), cut), key=lambda found: found[0])
    if best[0] < 0:
        raise SheetFault("no-table")
    return best[1]


def tidy(text: str) -> str:
    """Words as they are compared, wherever they come from: no blanks around a line, no marks that nobody sees."""
    return "\n".join(line.strip() for line in text.replace(BOM, "").strip().splitlines())


def _cell(text: str) -> str:
    plain = tidy(text)
    return plain[1:] if plain.startswith("'") and neutralise_csv(plain[1:]) == plain else plain
