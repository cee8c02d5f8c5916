"""The result of reading a staff list, before anything is matched or stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from lms.people.roster.problems import Note, Problem
from lms.text.dates import PartialDate

Sex = Literal["nu", "nam"]
RoleSource = Literal["title", "section", "sheet", "file"]
Decoder = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """What a person said about one sheet: which row is the header (1-based), what columns are, old encodings.

    Columns are 0-based. `decoders` turn the text of a column in an old encoding into Unicode.
    """

    header_row: int | None = None
    fields: Mapping[int, str] = field(default_factory=dict)
    decoders: Mapping[int, Decoder] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ColumnReading:
    """`index` is 0-based. `why` is one of heading, joined_heading, content, chosen, unknown, sensitive."""

    index: int
    heading: str
    taken_as: str
    why: str


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that holds text but no person. `why`: see `shapes.SkipReason`."""

    row_no: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class StatedTotal:
    """How many people the list itself says it has, and where it says so."""

    count: int
    row_no: int
    text: str


@dataclass(frozen=True, slots=True)
class DefaultRoles:
    """Roles of everybody below, the `words` they come from, and where those stand (see `source`)."""

    codes: tuple[str, ...]
    words: str
    source: RoleSource


@dataclass(frozen=True, slots=True)
class RowReading:
    """One person as one row says. `row_no` is 1-based in the file.

    `cells`: heading → text as in the file, without sensitive columns and with identity numbers masked.
    `place_text`: the hamlet as written, filled down, perhaps with its ward; None when the row says nothing.
    """

    sheet: str
    row_no: int
    cells: Mapping[str, str]
    full_name: str
    note: str
    sex: Sex | None
    birth: PartialDate | None
    phone: str | None
    phone_spare: str | None
    role_codes: tuple[str, ...]
    role_text: str
    place_text: str | None
    row_key: str | None
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class SheetReading:
    """One table. A sheet whose header changes half-way gives two.

    Every row with text is in `rows` or in `skipped`, of one of them.
    `header_row` is 1-based, None if no header was found: then all rows are skipped and a person may say where
    it is (`SheetChoice`), and `nearest` is the row most like one, with the headings it knows.
    `list_date_words` is the text that `list_date_hint` was read from.
    """

    name: str
    hidden: bool
    header_row: int | None
    columns: tuple[ColumnReading, ...]
    rows: tuple[RowReading, ...]
    skipped: tuple[SkippedRow, ...]
    stated_total: StatedTotal | None
    default_roles: DefaultRoles | None
    list_date_hint: date | None
    list_date_words: str
    unit_hint: str | None
    nearest: tuple[int, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class RosterReading:
    sheets: tuple[SheetReading, ...]
