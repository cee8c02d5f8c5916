"""CSV in the encodings and with the separators that Vietnamese offices and web forms produce."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import islice

from lms.sheets.model import Cell, Limits, Refused, Sheet
from lms.sheets.values import row_of

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS = (";", "\t", ",")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_EXCEL_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_EXCEL_TEXT = re.compile(r'="(.*)"')
_SAMPLE = 200


def sheet_of_text(data: bytes, limits: Limits) -> Sheet:
    """The one sheet of a CSV file; all values are text."""
    text = decode(data)
    separator, text = _separator(text)
    rows: list[tuple[Cell, ...]] = []
    number = 0
    try:
        for number, record in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 1):
            if number <= limits.rows:
                rows.append(row_of(map(_plain, record)))
                _check_columns(rows[-1], limits)
    except csv.Error as error:
        raise Refused("broken", part="csv") from error
    if number > limits.rows:
        raise Refused("too_many_rows", rows=number, limit=limits.rows)
    while rows and not rows[-1]:
        rows.pop()
    return Sheet("", tuple(rows))


def _check_columns(row: tuple[Cell, ...], limits: Limits) -> None:
    if len(row) > limits.columns:
        raise Refused("too_many_columns", columns=len(row), limit=limits.columns)


def _plain(value: str) -> str:
    """Programs write ="0912345678" to keep the zero; that is a text, not a formula to us."""
    kept = _EXCEL_TEXT.fullmatch(value)
    return kept[1] if kept else value


def decode(data: bytes) -> str:
    """UTF-8, UTF-16 (with or without its mark), else the Vietnamese Windows code page 1258."""
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), None) or _silent_utf16(data)
    for name in (encoding,) if encoding else ("utf-8", "cp1258"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
    raise Refused("not_spreadsheet", found="binary")


def _silent_utf16(data: bytes) -> str | None:
    """Every second byte of Latin text in UTF-16 is zero (Vietnamese letters with marks excepted)."""
    sample = data[:2000]
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(data) % 2 == 0 and 3 * sample[first::2].count(0) > len(sample[first::2]):
            return name
    return None


def _separator(text: str) -> tuple[str, str]:
    hint = _EXCEL_HINT.match(text)
    if hint and hint[1] in _SEPARATORS:
        return hint[1], text[hint.end() :]
    return max(_SEPARATORS, key=lambda separator: _regularity(text, separator)), text


def _regularity(text: str, separator: str) -> int:
    """How many cells lie in rows of the commonest width: the true separator cuts rows alike."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        widths = Counter(len(record) for record in islice(reader, _SAMPLE) if len(record) > 1)
    except csv.Error:
        return 0
    return max((width * count for width, count in widths.items()), default=0)
