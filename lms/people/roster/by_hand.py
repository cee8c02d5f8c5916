"""What somebody types about one person, read by the rules that read a row of a list.

A list tells what it could not use; who types is asked at once, so a day that does not exist is a fault here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from lms.people.roster.problems import Note, Problem, Remarks
from lms.people.roster.reading.row_birth import BirthRules, read_sex_and_birth
from lms.people.roster.reading.row_cells import RowCells
from lms.people.roster.reading.row_name import MOST_LETTERS, read_name
from lms.people.roster.words_of_reading import NOTES, PROBLEMS
from lms.sheets.model import Cell
from lms.text.dates import PartialDate
from lms.text.names import display_name, split_note

MOST_TYPED = 400  # a name with a remark in brackets behind it
_FAULTY_NOTES = ("birth_day_dropped", "birth_empty_1900")
_NOT_TOLD = ("name_title_dropped", "sex_empty")  # a typed "Ông" stays: it is a surname too
_DOUBTS = ("name_incomplete", "birth_age_unlikely")
_WORDS = {
    "name_missing": _l("Anh/Chị chưa ghi họ và tên."),
    "name_unclear": _l("“%(raw)s” không phải họ tên của một người."),
    "name_damaged": _l("Họ tên bị mất chữ: %(raw)s. Xin gõ lại."),
    "name_letters": _l("Họ tên có ký tự lạ: %(raw)s. Xin gõ lại, chỉ dùng chữ cái."),
    "name_too_long": _l("Họ tên dài quá %(most)s chữ cái."),
    "one_word": _l("Cần ghi đủ họ và tên, ít nhất hai chữ."),
    "birth_day_dropped": _l("Ngày “%(raw)s” không có trong lịch. Ghi lại ngày đúng, hoặc chỉ ghi năm sinh."),
    "birth_empty_1900": _l("Chưa đọc được ngày, năm sinh. Ví dụ đúng: 1968, hoặc 05/06/1968."),
    "birth_unreadable": _l("Chưa đọc được ngày, năm sinh. Ví dụ đúng: 1968, hoặc 05/06/1968."),
}


@dataclass(frozen=True)
class Typed:
    """`faults` cannot be written, `doubts` only once somebody says so, `notes` are told: sentences by field."""

    full_name: str
    note: str
    birth: PartialDate | None
    faults: dict[str, str]
    doubts: dict[str, str]
    notes: dict[str, str]


def read_typed(name: str, birth: str, today: date) -> Typed:
    """Of a name, no more than MOST_TYPED letters are looked at."""
    name = name[:MOST_TYPED]
    fields = {"full_name": name, "birth": birth}
    cells = {field: [Cell(text, text)] for field, text in fields.items() if text.strip()}
    row = RowCells(0, cells, Remarks.none())
    read_name(row)
    born = read_sex_and_birth(row, BirthRules(today, {}), has_sex_column=False, title=None)
    bare, note = split_note(name)
    remarks: list[Problem | Note] = [*row.remarks.problems, *row.remarks.notes]
    return Typed(
        display_name(bare),
        note,
        born.birth,
        faults=_said(one for one in remarks if _is_fault(one)),
        doubts=_said(one for one in remarks if one.code in _DOUBTS and not _is_fault(one)),
        notes=_said(one for one in row.remarks.notes if one.code not in (*_FAULTY_NOTES, *_NOT_TOLD)),
    )


def _is_fault(one: Problem | Note) -> bool:
    if isinstance(one, Note):
        return one.code in _FAULTY_NOTES
    return one.code not in _DOUBTS or _is_one_word(one)


def _is_one_word(one: Problem | Note) -> bool:
    return one.code == "name_incomplete" and " " not in one.raw


def _said(remarks: Iterable[Problem | Note]) -> dict[str, str]:
    said: dict[str, list[str]] = {}
    for one in remarks:
        said.setdefault(one.field, []).append(_sentence(one))
    return {field: "; ".join(sentences) for field, sentences in said.items()}


def _sentence(one: Problem | Note) -> str:
    code = "one_word" if _is_one_word(one) else one.code
    words = _WORDS.get(code) or PROBLEMS.get(code) or NOTES[code]
    return str(words) % {"raw": one.raw[:60], "most": MOST_LETTERS}
