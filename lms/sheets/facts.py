"""What the guard learns about one sheet before the parser may build its table."""

from __future__ import annotations

from dataclasses import dataclass, field

from lms.sheets.model import Limits, Refused


@dataclass(slots=True)
class SheetFacts:
    """`errors`: texts of error cells (the parser drops them) by 0-based place; `hidden_rows`: 1-based."""

    rows: int = 0
    columns: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)

    def filled(self, row: int, column: int) -> None:
        """There is a value at (row, column), 0-based."""
        if row >= self.rows:
            self.rows = row + 1
        if column >= self.columns:
            self.columns = column + 1


def check_shape(facts: SheetFacts, limits: Limits, sheet: str) -> None:
    """The parser builds a dense table up to the last filled cell: one far away is as bad as many rows."""
    if facts.rows > limits.rows:
        raise Refused("too_many_rows", sheet=sheet, rows=facts.rows, limit=limits.rows)
    if facts.columns > limits.columns:
        raise Refused("too_many_columns", sheet=sheet, columns=facts.columns, limit=limits.columns)
