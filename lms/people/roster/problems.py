"""What the reader says about a row, as codes; the sentences are the pages' business.

A problem must be decided by a person before the row may enter the register. A note only informs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lms.people.roster.reading.masking import mask_identity

ProblemCode = Literal[
    "name_missing",  # other facts of a person, but no name
    "name_incomplete",  # one word only
    "name_unclear",  # digits or an error value where the name should stand
    "name_damaged",  # letters lost: Nguy?n
    "name_letters",  # letters that no name here has: an old font, or a wrong encoding
    "name_too_long",
    "only_name",  # a name and nothing else, where the others have more
    "both_sexes",  # Nam and Nữ both filled
    "sex_unclear",
    "birth_conflict",  # two columns or cells say different things
    "birth_unreadable",
    "birth_out_of_range",
    "birth_two_digit_year",
    "birth_age_unlikely",
    "mixed_dates",  # the column mixes orders or kinds of dates: day and month may be exchanged here
    "phone_scientific",
    "phone_looks_like_id",
    "phone_too_short",
    "phone_too_long",
    "phone_not_a_phone",
    "phone_maybe_rounded",
    "role_unknown",
    "role_missing",
    "place_two_sources",  # a blank cell between what the section says and what the row above says
    "ditto_without_source",
    "cell_error",  # #N/A and the like
    "hidden_row",
    "hidden_sheet",
]

NoteCode = Literal[
    "name_recased",
    "name_joined",
    "name_note_split",
    "name_title_dropped",  # Ông, Bà, Đ/c
    "sex_empty",
    "sex_from_title",
    "birth_century_added",
    "birth_doubtful",
    "birth_from_serial",
    "birth_month_first",
    "birth_day_dropped",
    "birth_empty_1900",
    "birth_year_as_date",  # 1968 in a cell formatted as a date
    "phone_added_zero",
    "phone_converted",
    "phone_landline",
    "phone_foreign",
    "phone_unknown_prefix",
    "phone_maybe_id",
    "phone_two_numbers",
    "phone_more_numbers",
    "phone_rest_unreadable",
    "filled_down",  # raw: number of the row it was taken from
    "ditto",  # raw: number of the row it was taken from
    "place_from_section",
    "place_from_sheet",
    "place_from_title",
    "place_from_address",
    "place_number",  # 4 under the heading "Khóm" was read as Khóm 4
    "place_empty",
    "role_from_title",
    "role_from_section",
    "role_from_sheet",
    "role_from_file",
    "role_of_title_left",  # the title names another role than the row itself, which wins
    "role_from_name_note",  # "Nguyễn Văn A (tổ trưởng)" in a list of mediators
    "role_split",  # one cell, several roles
    "role_not_listed",  # a post that is none of the frontline roles stands beside one that is
    "id_number_masked",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """`field` as in `headers.Field`, or "row"; `raw` is the text it is about."""

    code: ProblemCode
    field: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    code: NoteCode
    field: str
    raw: str = ""


@dataclass(slots=True)
class Remarks:
    """Collects what is found while a row is read; an equal remark is kept once, identity numbers masked."""

    problems: dict[Problem, None]
    notes: dict[Note, None]

    @classmethod
    def none(cls) -> Remarks:
        return cls({}, {})

    def ask(self, code: ProblemCode, field: str, raw: str = "") -> None:
        self.problems[Problem(code, field, mask_identity(raw))] = None

    def tell(self, code: NoteCode, field: str, raw: str = "") -> None:
        self.notes[Note(code, field, mask_identity(raw))] = None
