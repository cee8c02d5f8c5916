"""The cells of one person's row by field: merged values spread, ditto marks followed, errors set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lms.people.roster.problems import Remarks
from lms.people.roster.reading.cells import is_ditto, is_error, is_nothing
from lms.people.roster.reading.folding import clean
from lms.people.roster.reading.grid import Grid
from lms.people.roster.reading.headings import DROPPED
from lms.people.roster.reading.masking import mask_identity, mask_long_numbers
from lms.people.roster.readings import ColumnReading
from lms.sheets.model import EMPTY, Cell

_NEVER_REPEATED = frozenset(("stt", "row_key", "other"))


@dataclass(slots=True)
class Above:
    """What ditto marks refer to: column → the last person's cell there, and its row number."""

    cells: dict[int, tuple[Cell, int]] = field(default_factory=dict)

    def forget(self, columns: Sequence[int]) -> None:
        for column in columns:
            self.cells.pop(column, None)


@dataclass(frozen=True, slots=True)
class RowCells:
    """`by_field`: field → its cells in the order of columns, only those that say something."""

    row_no: int
    by_field: dict[str, list[Cell]]
    remarks: Remarks

    def cells(self, field: str) -> list[Cell]:
        return self.by_field.get(field, [])

    def texts(self, *fields: str) -> list[str]:
        return [clean(cell.text) for name in fields for cell in self.cells(name)]

    def text(self, field: str) -> str:
        return "; ".join(dict.fromkeys(self.texts(field)))


def row_cells(grid: Grid, columns: Sequence[ColumnReading], row: int, above: Above, filled: dict[int, int]) -> RowCells:
    """`filled`: place column → row it is filled down from. Sensitive columns are not even looked at."""
    remarks = Remarks.none()
    by_field: dict[str, list[Cell]] = {}
    for column in columns:
        if column.taken_as in DROPPED:
            continue
        cell = _resolved(grid, column, row, above, filled, remarks)
        if cell.text:
            above.cells[column.index] = (cell, row + 1)
            by_field.setdefault(column.taken_as, []).append(cell)
        else:
            above.cells.pop(column.index, None)
    return RowCells(row + 1, by_field, remarks)


def _resolved(
    grid: Grid, column: ColumnReading, row: int, above: Above, filled: dict[int, int], remarks: Remarks
) -> Cell:
    source: int | None
    cell, source = grid.spread(row, column.index)
    if not cell.text and column.index in filled and (known := above.cells.get(column.index)):
        remarks.tell("filled_down", column.taken_as, str(filled[column.index] + 1))
        return known[0]
    if source is not None:
        remarks.tell("filled_down", column.taken_as, str(source + 1))
    if not cell.text or column.taken_as in _NEVER_REPEATED:
        return cell
    if is_ditto(cell.text):
        return _as_above(column, cell, above, remarks)
    if is_error(cell.text):
        remarks.ask("cell_error", column.taken_as, cell.text)
        return EMPTY
    if column.taken_as not in ("nam", "nu") and is_nothing(cell.text):
        return EMPTY
    return _masked(cell, column, remarks)


def _as_above(column: ColumnReading, cell: Cell, above: Above, remarks: Remarks) -> Cell:
    known = above.cells.get(column.index)
    if known is None:
        remarks.ask("ditto_without_source", column.taken_as, cell.text)
        return EMPTY
    remarks.tell("ditto", column.taken_as, str(known[1]))
    return known[0]


def _masked(cell: Cell, column: ColumnReading, remarks: Remarks) -> Cell:
    """An identity number in the phone's cell stays for the moment, to be told apart and reported there."""
    if column.taken_as == "phone" or not isinstance(cell.value, str | int):
        return cell
    text = mask_identity(cell.text)
    if text == cell.text:
        return cell
    remarks.tell("id_number_masked", column.taken_as)
    return Cell(text, text)


def shown_cells(grid: Grid, columns: Sequence[ColumnReading], row: int, *, hide_phones: bool) -> dict[str, str]:
    """Heading → text as it stands in the file, for a person to compare; sensitive columns left out.

    `hide_phones`: a phone's cell holds an identity number.
    """
    shown: dict[str, str] = {}
    for column in columns:
        text = grid.own(row, column.index).text
        if text and column.taken_as not in DROPPED:
            hide = hide_phones and column.taken_as == "phone"
            shown[column.heading] = mask_long_numbers(text) if hide else mask_identity(text)
    return shown
