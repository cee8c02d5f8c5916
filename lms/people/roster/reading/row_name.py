"""The name in a row, and what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from lms.people.roster.reading.row_cells import RowCells
from lms.people.roster.readings import Sex
from lms.text.names import clean, display_name, split_note

MOST_LETTERS = 160  # what the register holds
_TITLE = re.compile(r"(ông|bà|đ/c|đồng chí)\s*[:.]?\s+(?=\S+\s+\S)", re.IGNORECASE)
_TITLE_SEX: dict[str, Sex] = {"ông": "nam", "bà": "nu"}
_LOST = re.compile(r"[?\ufffd]")
_MARKS = frozenset("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")
_HALF = re.compile(r".* Thị|\S+ Văn")  # the given name stands in another column, or was cut off
_VOWELS = frozenset("aeiouy")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzđ '.-’")


@dataclass(frozen=True, slots=True)
class NameRead:
    full_name: str
    note: str
    title_sex: Sex | None


def read_name(row: RowCells) -> NameRead:
    """Parts are put together họ → tên; all capitals become a name; a remark in brackets becomes the note."""
    written = _joined(row)
    title = _TITLE.match(written)
    if title:
        row.remarks.tell("name_title_dropped", "full_name", title[1])
        written = written[title.end() :]
    bare, note = split_note(written)
    if note:
        row.remarks.tell("name_note_split", "full_name", note)
    name = display_name(bare)
    if name != bare:
        row.remarks.tell("name_recased", "full_name", bare)
    _doubt(row, name)
    return NameRead(name, note, _TITLE_SEX.get(title[1].casefold()) if title else None)


def _joined(row: RowCells) -> str:
    whole = row.texts("full_name")
    parts = whole or row.texts("family_name", "given_name")
    if len(parts) > 1:
        row.remarks.tell("name_joined", "full_name", " + ".join(parts))
    return clean(" ".join(parts))


def _doubt(row: RowCells, name: str) -> None:
    if not name:
        row.remarks.ask("name_missing", "full_name")
    elif len(name) > MOST_LETTERS:
        row.remarks.ask("name_too_long", "full_name", name[:MOST_LETTERS])
    elif any(map(str.isdecimal, name)) or "•" in name:
        row.remarks.ask("name_unclear", "full_name", name)
    elif _LOST.search(name):
        row.remarks.ask("name_damaged", "full_name", name)
    elif not all(map(_is_letter_of_names, name)):
        row.remarks.ask("name_letters", "full_name", name)
    elif " " not in name or _HALF.fullmatch(name):
        row.remarks.ask("name_incomplete", "full_name", name)


@lru_cache(maxsize=1_024)
def _is_letter_of_names(letter: str) -> bool:
    """Vietnamese letters, Khmer script, and the few marks that stand in names."""
    if "\u1780" <= letter <= "\u17ff":
        return True
    parts = unicodedata.normalize("NFD", letter.casefold())
    base, marks = parts[:1], parts[1:]
    return base in _PLAIN and (not marks or (base in _VOWELS and _MARKS.issuperset(marks)))
