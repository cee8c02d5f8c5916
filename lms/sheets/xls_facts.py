"""The BIFF records of an .xls: password, last filled cell, hidden rows, error cells.

Record layouts: [MS-XLS] 2.4 (BoundSheet8, FilePass, SST, Dimensions, Row, the cell records).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import olefile

from lms.sheets.facts import SheetFacts, check_shape
from lms.sheets.model import Limits, Refused

_EOF, _FORMULA, _FILEPASS, _BOUNDSHEET, _SST = 0x000A, 0x0006, 0x002F, 0x0085, 0x00FC
_DIMENSIONS, _BOOLERR, _ROW = 0x0200, 0x0205, 0x0208
_CELLS = frozenset((_FORMULA, 0x00BD, 0x00FD, 0x0203, 0x0204, _BOOLERR, 0x027E))
_MULRK = 0x00BD
_MOST_ROWS = 65_536
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}

Record = tuple[int, bytes]


def book_stream(data: bytes) -> bytes:
    """The workbook inside an OLE file; refuses what else Office keeps in one."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            names = {"/".join(path).casefold() for path in ole.listdir()}
            _refuse_other_documents(names)
            return bytes(ole.openstream("Workbook" if "workbook" in names else "Book").read())
    except Refused:
        raise
    except Exception as error:  # a damaged OLE file makes olefile raise almost anything
        raise Refused("broken", part="ole") from error


def _refuse_other_documents(names: set[str]) -> None:
    if "encryptedpackage" in names or "encryptioninfo" in names:
        raise Refused("password")
    if "workbook" in names or "book" in names:
        return
    if "worddocument" in names:
        raise Refused("word_document")
    raise Refused("not_spreadsheet", found="ole")


def facts_of_xls(stream: bytes, limits: Limits) -> list[SheetFacts]:
    """One entry a sheet, in the order of the workbook."""
    positions = _sheet_positions(stream)
    if len(positions) > limits.sheets or len(set(positions)) != len(positions):
        raise Refused("too_large", sheets=len(positions), limit=limits.sheets)
    return [_facts_of_sheet(stream, position, limits) for position in positions]


def _sheet_positions(stream: bytes) -> list[int]:
    positions = []
    for kind, body in _records(stream, 0):
        if kind == _FILEPASS:
            raise Refused("password")
        if kind == _BOUNDSHEET:
            positions.append(_numbers("<I", body)[0])
        elif kind == _SST and _numbers("<4xI", body)[0] > len(stream):
            # The parser reserves room for as many texts as the file claims.
            raise Refused("broken", part="sst")
    return positions


def _records(stream: bytes, position: int) -> Iterator[Record]:
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        yield kind, stream[position + 4 : position + 4 + length]
        if kind == _EOF:
            return
        position += 4 + length


def _facts_of_sheet(stream: bytes, position: int, limits: Limits) -> SheetFacts:
    facts = SheetFacts()
    for kind, body in _records(stream, position):
        if kind in _CELLS:
            row, column = _numbers("<HH", body)
            facts.filled(row, _last_column(body) if kind == _MULRK else column)
            _keep_error(facts, kind, body, (row, column))
        elif kind == _ROW and _numbers("<12xH", body)[0] & 0x20:
            facts.hidden_rows.add(_numbers("<H", body)[0] + 1)
        elif kind == _DIMENSIONS:
            _check_dimensions(body)
    check_shape(facts, limits, "")
    return facts


def _last_column(body: bytes) -> int:
    return int(_numbers("<H", body[-2:])[0])


def _keep_error(facts: SheetFacts, kind: int, body: bytes, place: tuple[int, int]) -> None:
    if kind == _BOOLERR and len(body) >= 8 and body[7] == 1:
        facts.errors[place] = _ERRORS.get(body[6], "#N/A")
    elif kind == _FORMULA and len(body) >= 14 and body[6] == 2 and body[12:14] == b"\xff\xff":
        facts.errors[place] = _ERRORS.get(body[8], "#N/A")


def _check_dimensions(body: bytes) -> None:
    if len(body) != 14:
        return
    first, last = _numbers("<II", body)
    if last > _MOST_ROWS or first > last and last:
        raise Refused("broken", part="dimensions")


def _numbers(layout: str, body: bytes) -> tuple[int, ...]:
    if struct.calcsize(layout) > len(body):
        raise Refused("broken", part="record")
    return struct.unpack_from(layout, body)
