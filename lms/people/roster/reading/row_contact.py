"""The phones in a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from lms.people.roster.problems import NoteCode, ProblemCode
from lms.people.roster.reading.folding import fold, word_set
from lms.people.roster.reading.masking import mask_long_numbers
from lms.people.roster.reading.row_cells import RowCells
from lms.sheets.model import Cell
from lms.text.phones import Phone, read_phone

_NONE = word_set("khong khong_co ko ko_co k chua_co khong_dung")
_NOTE_CODES: dict[str, NoteCode] = {code: code for code in get_args(NoteCode)}
_PROBLEM_CODES: dict[str, ProblemCode] = {code: code for code in get_args(ProblemCode)}


@dataclass(frozen=True, slots=True)
class PhonesRead:
    phone: str | None = None
    spare: str | None = None
    looks_like_id: bool = False


def read_phones(row: RowCells) -> PhonesRead:
    """The first two different numbers of all phone columns; further ones are noted, problems asked."""
    numbers: dict[str, None] = {}
    for cell in row.cells("phone"):
        if fold(cell.text).replace(" ", "_") in _NONE:
            continue
        phone = read_phone(cell.value if isinstance(cell.value, int | float) else cell.text)
        _remark(row, cell, phone)
        numbers.update((number, None) for number in (phone.e164, phone.spare) if number)
    if len(numbers) > 2:
        row.remarks.tell("phone_more_numbers", "phone", row.text("phone"))
    found = [*numbers, None, None]
    looks_like_id = any(problem.code == "phone_looks_like_id" for problem in row.remarks.problems)
    return PhonesRead(found[0], found[1], looks_like_id)


def _remark(row: RowCells, cell: Cell, phone: Phone) -> None:
    shown = mask_long_numbers(cell.text) if phone.problem == "looks_like_id" else cell.text
    if phone.problem:
        row.remarks.ask(_PROBLEM_CODES[f"phone_{phone.problem}"], "phone", shown)
    for note in phone.notes:
        if note == "maybe_rounded":
            row.remarks.ask("phone_maybe_rounded", "phone", shown)
        else:
            row.remarks.tell(_NOTE_CODES[f"phone_{note}"], "phone", shown)
