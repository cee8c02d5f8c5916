"""The worksheets of an xlsx package: last filled cell, hidden rows, error cells.

Every part that is a worksheet is looked at, whether or not it seems to be used: which ones the parser
opens is for the parser to say.
"""

from __future__ import annotations

import posixpath

from lms.sheets.facts import SheetFacts, check_shape
from lms.sheets.model import Limits, Refused
from lms.sheets.xml_scan import Attributes, elements, local, root_of, scan

_ROOT_RELATIONS = "_rels/.rels"
_USUAL_WORKBOOK = "xl/workbook.xml"


def facts_of_xlsx(parts: dict[str, bytes], limits: Limits) -> dict[str, SheetFacts]:
    """Sheet name → facts, in order. Refuses too many rows, columns, sheets, and text that would grow huge."""
    by_name = {name.casefold(): content for name, content in parts.items()}
    targets = _sheet_targets(by_name)
    if len(targets) > limits.sheets:
        raise Refused("too_large", sheets=len(targets), limit=limits.sheets)
    roots = {name: root_of(content) for name, content in by_name.items() if not name.endswith(".rels")}
    lengths = _longest([_lengths(by_name[name]) for name, root in roots.items() if root == "sst"])
    sheet_names = {target: sheet for sheet, target in targets.items()}
    found: dict[str, SheetFacts] = {}
    shared = 0
    for part in (name for name, root in roots.items() if root == "worksheet"):
        scanner = _SheetScanner(lengths)
        scan(by_name[part], scanner)
        check_shape(scanner.facts, limits, sheet_names.get(part, ""))
        shared += scanner.shared
        found[part] = scanner.facts
    if shared > 10 * limits.unpacked:
        # One long text used by thousands of cells: small on disk, huge once each cell has its copy.
        raise Refused("too_large", size=shared, limit=limits.unpacked)
    return {sheet: _known(by_name, found, target) for sheet, target in targets.items()}


def _known(parts: dict[str, bytes], found: dict[str, SheetFacts], target: str) -> SheetFacts:
    """A chart sheet is a sheet of the workbook too, with no cells."""
    if target not in parts:
        raise Refused("broken", part="sheet")
    return found.get(target, SheetFacts())


def _sheet_targets(parts: dict[str, bytes]) -> dict[str, str]:
    """Sheet name → part, in the order of the workbook."""
    workbook = _workbook_part(parts)
    relations = _relations(parts, posixpath.join(posixpath.dirname(workbook), "_rels", f"{_base(workbook)}.rels"))
    sheets: dict[str, str] = {}

    def sheet(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            key = next((value for key, value in attributes.items() if local(key) == "id"), "")
            if attributes.get("name", "") in sheets:
                raise Refused("broken", part="sheets")
            sheets[attributes.get("name", "")] = _part_name(workbook, relations.get(key, ("", ""))[1])

    elements(parts[workbook], sheet)
    return sheets


def _workbook_part(parts: dict[str, bytes]) -> str:
    for kind, target in _relations(parts, _ROOT_RELATIONS).values():
        if kind.endswith("/officeDocument"):
            name = target.lstrip("/").casefold()
            if name in parts:
                return name
    if _USUAL_WORKBOOK not in parts:
        raise Refused("broken", part="workbook")
    return _USUAL_WORKBOOK


def _relations(parts: dict[str, bytes], name: str) -> dict[str, tuple[str, str]]:
    """Id → (type, target)."""
    found: dict[str, tuple[str, str]] = {}

    def relation(element: str, attributes: Attributes) -> None:
        if element == "Relationship":
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), attributes.get("Target", ""))

    elements(parts.get(name, b"<none/>"), relation)
    return found


def _part_name(workbook: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/").casefold()
    folder = posixpath.dirname(workbook)
    below = target.casefold().startswith(f"{folder}/")
    return posixpath.normpath(target if below else posixpath.join(folder, target)).casefold()


def _base(name: str) -> str:
    return posixpath.basename(name)


def _longest(tables: list[list[int]]) -> list[int]:
    longest = max(tables, key=len, default=[])
    return [max(table[index] for table in tables if index < len(table)) for index in range(len(longest))]


def _lengths(content: bytes) -> list[int]:
    scanner = _StringScanner()
    scan(content, scanner)
    return scanner.lengths


class _StringScanner:
    def __init__(self) -> None:
        self.lengths: list[int] = []

    def start(self, name: str, attributes: Attributes) -> None:
        if local(name) == "si":
            self.lengths.append(0)

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)


class _SheetScanner:
    """Positions as the parser counts them: `r` when it is given, else the next cell."""

    def __init__(self, lengths: list[int]) -> None:
        self.facts = SheetFacts()
        self.shared = 0
        self._lengths = lengths
        self._row = -1
        self._column = -1
        self._type = ""
        self._collected: list[str] | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        # The prefix is rare, so the plain names are tried first: this runs for every cell.
        if name not in _SHEET_NAMES:
            name = local(name)
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "is"):
            self.facts.filled(self._row, self._column)
            self._collected = [] if self._type in ("s", "e") else None
        elif name == "row":
            self._start_row(attributes)

    def _start_row(self, attributes: Attributes) -> None:
        self._row = _whole(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        self._column = -1
        if attributes.get("hidden") in ("1", "true"):
            self.facts.hidden_rows.add(self._row + 1)

    def _start_cell(self, attributes: Attributes) -> None:
        self._type = attributes.get("t", "")
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            self._row, self._column = _position(reference)

    def end(self, name: str) -> None:
        if self._collected is None or name not in ("v", "is") and local(name) not in ("v", "is"):
            return
        text = "".join(self._collected)
        self._collected = None
        if self._type == "e":
            self.facts.errors[self._row, self._column] = text or "#N/A"
        elif text.strip().isdecimal():
            index = int(text)
            self.shared += self._lengths[index] if index < len(self._lengths) else 0

    def text(self, text: str) -> None:
        if self._collected is not None:
            self._collected.append(text)


_SHEET_NAMES = frozenset(("c", "v", "is", "row", "t", "r"))


def _position(reference: str) -> tuple[int, int]:
    """ "B7" → (6, 1)."""
    column = 0
    for index, letter in enumerate(reference):
        number = ord(letter.upper()) - 64
        if not 1 <= number <= 26:
            return _whole(reference[index:]) - 1, column - 1
        column = column * 26 + number
    raise Refused("broken", part="sheet")


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise Refused("broken", part="sheet")
    return int(text)
