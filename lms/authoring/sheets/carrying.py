"""What readers wrote into an older sheet, carried into a new one where the words are the same. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple

from lms.authoring.sheets.lines import Line
from lms.authoring.sheets.table import Row

Words = tuple[str, str, str]


def filled(lines: Iterable[Line], old: Iterable[Row]) -> tuple[list[Row], int]:
    """The rows of the new sheet, and how many rows of the old one held something that found no place in it."""
    waiting: dict[Words, list[Row]] = defaultdict(list)
    for row in old:
        waiting[row.file, row.source, row.draft].append(row)
    rows = [_row(line, waiting[line.file, line.source, line.draft]) for line in lines]
    return rows, sum(_says_more(row) for left in waiting.values() for row in left)


def _row(line: Line, waiting: list[Row]) -> Row:
    """Words that stand twice in a file are taken by their number, else in the order of the old sheet."""
    same = next((row for row in waiting if row.nr == line.nr), waiting[0] if waiting else None)
    if same is None:
        return Row(line.file, line.nr, line.source, line.draft)
    waiting.remove(same)
    return Row(line.file, line.nr, line.source, line.draft, *astuple(same)[4:])


def _says_more(row: Row) -> bool:
    """Something that was not in the folder: a reader's words. A draft may be one too."""
    return any((row.draft, row.back_translation, row.note, row.verdict, row.reader))
