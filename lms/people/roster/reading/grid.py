"""A sheet with its merged cells spread out, so that each row can be read by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from lms.people.roster.readings import Decoder
from lms.sheets.model import EMPTY, Cell, Merge, Sheet, is_blank

# Merged ranges of one file may overlap thousands of times over; honest ones never cover a cell twice.
_MOST_SPREAD = 3_000_000
_HEADER_MERGE = 60


@dataclass(frozen=True)
class Grid:
    """Rows and columns are 0-based. `own` is what stands in a cell, `spread` what its merged range says."""

    sheet: Sheet
    decoders: dict[int, Decoder] = field(default_factory=dict)

    @cached_property
    def rows(self) -> list[tuple[Cell, ...]]:
        rows = list(self.sheet.rows)
        if not self.decoders:
            return rows
        return [tuple(self._decoded(column, cell) for column, cell in enumerate(row)) for row in rows]

    def _decoded(self, column: int, cell: Cell) -> Cell:
        decode = self.decoders.get(column)
        if decode is None or not isinstance(cell.value, str):
            return cell
        text = decode(cell.value)
        return Cell(text, text) if not is_blank(text) else EMPTY

    @cached_property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)

    def own(self, row: int, column: int) -> Cell:
        cells = self.rows[row] if 0 <= row < len(self.rows) else ()
        return cells[column] if column < len(cells) else EMPTY

    def filled(self, row: int) -> list[tuple[int, str]]:
        """(column, text) of the cells of a row that hold something."""
        return [(column, cell.text) for column, cell in enumerate(self.rows[row]) if cell.text]

    @cached_property
    def down(self) -> dict[tuple[int, int], int]:
        """Cell → the row above it whose value a merged range gives it. Only the first column of a range."""
        found: dict[tuple[int, int], int] = {}
        left = _MOST_SPREAD
        for merge in self.sheet.merged:
            bottom = min(merge.bottom, len(self.rows) - 1)
            left -= max(0, bottom - merge.top)
            if left < 0:
                break
            if self.own(merge.top, merge.left).text:
                for row in range(merge.top + 1, bottom + 1):
                    found[row, merge.left] = merge.top
        return found

    def spread(self, row: int, column: int) -> tuple[Cell, int | None]:
        """The cell, and the row its value was taken from if a merged range gives it."""
        cell = self.own(row, column)
        if cell.text:
            return cell, None
        source = self.down.get((row, column))
        return (cell, None) if source is None else (self.own(source, column), source)

    def merged_at(self, row: int, column: int) -> Merge | None:
        """The merged range that covers a cell, if it is small enough to be part of a header."""
        return self._covering.get((row, column))

    @cached_property
    def _covering(self) -> dict[tuple[int, int], Merge]:
        found: dict[tuple[int, int], Merge] = {}
        for merge in self.sheet.merged:
            height, width = merge.bottom - merge.top + 1, merge.right - merge.left + 1
            if height > _HEADER_MERGE or width > _HEADER_MERGE:
                continue
            for row in range(merge.top, merge.bottom + 1):
                found.update(((row, column), merge) for column in range(merge.left, merge.right + 1))
            if len(found) > _MOST_SPREAD:
                break
        return found

    def banner(self, row: int, column: int) -> bool:
        """Whether one merged range runs over most of the row: a title or a section, not a value."""
        merge = self._starting.get((row, column))
        return merge is not None and merge.right - merge.left + 1 >= max(3, self.width // 2)

    @cached_property
    def _starting(self) -> dict[tuple[int, int], Merge]:
        return {(merge.top, merge.left): merge for merge in self.sheet.merged}
