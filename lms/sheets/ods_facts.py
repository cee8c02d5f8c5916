"""The tables of an OpenDocument spreadsheet: size with its repeated rows and columns, hidden rows."""

from __future__ import annotations

from lms.sheets.facts import SheetFacts, check_shape
from lms.sheets.model import Limits, Refused
from lms.sheets.xml_scan import Attributes, local, scan

_MOST_REPEATS = 1_048_576


def facts_of_ods(parts: dict[str, bytes], limits: Limits) -> list[SheetFacts]:
    """One entry a table, in order. Repeats that hold a value count in full: they unpack to so many cells."""
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise Refused("password")
    scanner = _TableScanner()
    if "content.xml" not in parts:
        raise Refused("broken", part="content")
    scan(parts["content.xml"], scanner)
    if len(scanner.tables) > limits.sheets:
        raise Refused("too_large", sheets=len(scanner.tables), limit=limits.sheets)
    for facts in scanner.tables:
        check_shape(facts, limits, "")
    if scanner.length > 10 * limits.unpacked:
        raise Refused("too_large", size=scanner.length, limit=limits.unpacked)
    return scanner.tables


class _TableScanner:
    def __init__(self) -> None:
        self.tables: list[SheetFacts] = []
        self.length = 0
        self._row = 0
        self._row_repeats = 1
        self._column = 0
        self._cell_repeats = 1
        self._in_cell = False

    def start(self, name: str, attributes: Attributes) -> None:
        name = local(name)
        if name == "table":
            self.tables.append(SheetFacts())
            self._row = 0
        elif name == "table-row" and self.tables:
            self._start_row(attributes)
        elif name in ("table-cell", "covered-table-cell") and self.tables:
            self._cell_repeats = _repeats(attributes, "number-columns-repeated")
            self._in_cell = True
            if any(local(key) == "value-type" for key in attributes):
                self._fill()

    def _start_row(self, attributes: Attributes) -> None:
        self._row_repeats = _repeats(attributes, "number-rows-repeated")
        self._column = 0
        hidden = any(local(key) == "visibility" and value != "visible" for key, value in attributes.items())
        if hidden and self._row_repeats <= _MOST_REPEATS // 16:
            first = self._row + 1
            self.tables[-1].hidden_rows.update(range(first, first + self._row_repeats))

    def _fill(self) -> None:
        self.tables[-1].filled(self._row + self._row_repeats - 1, self._column + self._cell_repeats - 1)

    def text(self, text: str) -> None:
        if self._in_cell and self.tables and text.strip():
            self._fill()
            self.length += len(text) * self._row_repeats * self._cell_repeats

    def end(self, name: str) -> None:
        name = local(name)
        if name in ("table-cell", "covered-table-cell"):
            self._column += self._cell_repeats
            self._in_cell = False
        elif name == "table-row":
            self._row += self._row_repeats


def _repeats(attributes: Attributes, name: str) -> int:
    text = next((value for key, value in attributes.items() if local(key) == name), "1")
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:9]) <= _MOST_REPEATS:
        raise Refused("broken", part="repeats")
    return int(text[:9])
