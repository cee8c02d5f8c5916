"""Where a person works and as what: the row's own cells first, then the section, the sheet, the title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lms.people.roster.problems import NoteCode
from lms.people.roster.reading.context import ListContext
from lms.people.roster.reading.folding import clean, fold
from lms.people.roster.reading.places_text import places_in
from lms.people.roster.reading.roles_table import SPECIALISES
from lms.people.roster.reading.roles_text import RolesRead, read_roles, without_general
from lms.people.roster.reading.row_cells import RowCells
from lms.people.roster.readings import DefaultRoles
from lms.units import places as units_places

_NUMBERED = {"khom": "Khóm", "ap": "Ấp"}
_ROLE_SOURCES: dict[str, NoteCode] = {
    "title": "role_from_title",
    "section": "role_from_section",
    "sheet": "role_from_sheet",
    "file": "role_from_file",
}
_BESIDES = re.compile(r"\b(?:khac|kiem)\b")
_PLACE_SOURCES: dict[str, NoteCode] = {"sheet": "place_from_sheet", "title": "place_from_title"}


@dataclass(frozen=True, slots=True)
class Section:
    """What the section rows above say: each part stands until another section row says otherwise."""

    hamlet: str | None = None
    ward: str | None = None
    roles: DefaultRoles | None = None


def read_place(
    row: RowCells, section: Section, context: ListContext, place_heading: str, place_above: str
) -> str | None:
    """The hamlet as written, with the ward where another column or a section names it.

    `place_above`: the last one written in a cell of the same section. Where it and the section name two places, a
    blank cell may mean either.
    """
    ward = _numbered(row, "ward", row.text("ward"), "Phường") or section.ward
    own = _numbered(row, "place", row.text("place"), _NUMBERED.get(fold(place_heading), ""))
    place = own or _place_from_around(row, section, context, place_above)
    if place is None:
        if ward is None or not row.texts("ward"):
            row.remarks.tell("place_empty", "place")
        return ward
    has_ward = ward is None or places_in(place).ward or fold(ward) in fold(place)
    return place if has_ward else f"{place}, {ward}"


def _numbered(row: RowCells, field: str, text: str, word: str) -> str | None:
    """A bare number under the heading "Khóm" or "Phường" is that khóm, that ward."""
    if word and clean(text).isdecimal():
        row.remarks.tell("place_number", field, text)
        return f"{word} {int(clean(text))}"
    return text or None


def _place_from_around(row: RowCells, section: Section, context: ListContext, place_above: str) -> str | None:
    for field in ("unit", "address"):
        text = row.text(field)
        if text and (field == "unit" or places_in(text).hamlet):
            row.remarks.tell("place_from_address", "place", text)
            return text
    if section.hamlet:
        if place_above and _smallest(place_above) != _smallest(section.hamlet):
            row.remarks.ask("place_two_sources", "place", f"{section.hamlet}; {place_above}")
        row.remarks.tell("place_from_section", "place", section.hamlet)
        return section.hamlet
    if context.hamlet:
        row.remarks.tell(_PLACE_SOURCES[context.hamlet_source], "place", context.hamlet)
    return context.hamlet


def _smallest(text: str) -> tuple[str, str] | None:
    """The place itself in the form to compare: "K.04", "4" under the heading Khóm and "KHÓM 4" are one."""
    parts = units_places.read_place(text)
    return (parts[0].number.lstrip("0").casefold(), fold(parts[0].words)) if parts else None


@dataclass(frozen=True, slots=True)
class RowRoles:
    codes: tuple[str, ...]
    text: str


def read_row_roles(
    row: RowCells, section: Section, context: ListContext, name_note: str, role_heading: str
) -> RowRoles:
    """What the row itself states; only where it states none, the role of the section or title.

    Under "Chức vụ khác" the other posts stand beside the one of the title. A title that names several roles says
    nothing of one person: then a row without a role is asked about.
    """
    around = section.roles or context.roles
    text = row.text("role")
    known = read_roles(text, around.codes if around else ())
    if known.codes and not _BESIDES.search(fold(role_heading)):
        _tell_of_other(row, around, known.codes)
        codes = [*known.codes]
    else:
        known = known if text else _from_name_note(row, name_note, around)
        codes = [*_given(row, around, known.codes), *known.codes]
    _remark(row, known, codes)
    return RowRoles(without_general(list(dict.fromkeys(codes))), text)


def _from_name_note(row: RowCells, note: str, around: DefaultRoles | None) -> RolesRead:
    found = read_roles(note, around.codes if around else ()) if note else RolesRead()
    if not found.codes or found.unknown:
        return RolesRead()
    row.remarks.tell("role_from_name_note", "role", note)
    return found


def _given(row: RowCells, around: DefaultRoles | None, own: Sequence[str]) -> tuple[str, ...]:
    if around is None or len(around.codes) != 1:
        return ()
    if not _said_too(around, own):
        row.remarks.tell(_ROLE_SOURCES[around.source], "role", around.words)
    return around.codes


def _tell_of_other(row: RowCells, around: DefaultRoles | None, own: Sequence[str]) -> None:
    if around and len(around.codes) == 1 and not _said_too(around, own):
        row.remarks.tell("role_of_title_left", "role", around.words)


def _said_too(around: DefaultRoles, own: Sequence[str]) -> bool:
    return any(around.codes[0] in (code, SPECIALISES.get(code)) for code in own)


def _remark(row: RowCells, known: RolesRead, codes: Sequence[str]) -> None:
    for part in known.unknown:
        row.remarks.ask("role_unknown", "role", part)
    for part in known.other_posts:
        if codes:
            row.remarks.tell("role_not_listed", "role", part)
        else:
            row.remarks.ask("role_unknown", "role", part)
    if len(known.codes) > 1:
        row.remarks.tell("role_split", "role", row.text("role"))
    if not codes and not known.unknown and not known.other_posts:
        row.remarks.ask("role_missing", "role")
