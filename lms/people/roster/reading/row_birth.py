"""Sex and birth in a row: under one heading, under Nam / Nữ, or in columns for day, month and year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lms.people.roster.problems import NoteCode, ProblemCode
from lms.people.roster.reading.cells import birth_source, is_nothing, is_tick, sex_of, year_in_date_format
from lms.people.roster.reading.mixed_dates import DateOrder, day_first_text, is_ambiguous
from lms.people.roster.reading.row_cells import RowCells
from lms.people.roster.readings import Sex
from lms.sheets.model import Cell
from lms.text.dates import BirthCode, PartialDate, read_birth

_NOTES: dict[BirthCode, NoteCode] = {
    "century_added": "birth_century_added",
    "doubtful": "birth_doubtful",
    "from_serial": "birth_from_serial",
    "month_first": "birth_month_first",
    "day_dropped": "birth_day_dropped",
    "empty_1900": "birth_empty_1900",
}
_PROBLEMS: dict[BirthCode, ProblemCode] = {
    "age_unlikely": "birth_age_unlikely",
    "two_digit_year": "birth_two_digit_year",
    "out_of_range": "birth_out_of_range",
    "unreadable": "birth_unreadable",
}
_SEX_FIELDS: dict[str, Sex] = {"nam": "nam", "nu": "nu"}


@dataclass(frozen=True, slots=True)
class BirthRules:
    """`orders`: field → what its whole column tells about the order of day and month."""

    today: date
    orders: Mapping[str, DateOrder]


@dataclass(frozen=True, slots=True)
class SexAndBirth:
    sex: Sex | None
    birth: PartialDate | None


def read_sex_and_birth(row: RowCells, rules: BirthRules, *, has_sex_column: bool, title: Sex | None) -> SexAndBirth:
    """`title`: the sex that "Ông" or "Bà" before the name tells, used where no column does."""
    filled = {name: cell for name in _SEX_FIELDS if (cell := _first_said(row, name))}
    births = []
    sex: Sex | None = None
    if len(filled) == 2:
        row.remarks.ask("both_sexes", "sex", " | ".join(cell.text for cell in filled.values()))
    for name, cell in filled.items():
        if len(filled) == 1:
            sex, birth = _under_sex(row, name, cell, rules)
            births.append(birth)
    if not filled:
        sex = _from_column(row)
    births += [_read(row, "birth", cell, rules) for cell in row.cells("birth")]
    births.append(_from_parts(row, rules))
    unclear = any(problem.field == "sex" for problem in row.remarks.problems)
    if not unclear:
        sex = _with_title(row, sex, title, has_sex_column)
    return SexAndBirth(sex, _agreed(row, [birth for birth in births if birth]))


def _first_said(row: RowCells, field: str) -> Cell | None:
    said = (cell for cell in row.cells(field) if not is_nothing(cell.text))
    return next((cell for cell in said if is_tick(cell.text) is not False), None)


def _under_sex(row: RowCells, field: str, cell: Cell, rules: BirthRules) -> tuple[Sex | None, PartialDate | None]:
    """The column gives the sex; the cell is a tick, the word itself, or the birth."""
    sex = _SEX_FIELDS[field]
    if is_tick(cell.text) or sex_of(cell.text) == sex:
        return sex, None
    if any(map(str.isdecimal, cell.text)):
        return sex, _read(row, field, cell, rules)
    row.remarks.ask("sex_unclear", "sex", cell.text)
    return None, None


def _from_column(row: RowCells) -> Sex | None:
    texts = row.texts("sex")
    found = {sex_of(text) for text in texts}
    if len(found) == 1:
        sex = found.pop()
        if sex:
            return sex
    if texts:
        row.remarks.ask("sex_unclear", "sex", "; ".join(texts))
    return None


def _with_title(row: RowCells, sex: Sex | None, title: Sex | None, has_sex_column: bool) -> Sex | None:
    if sex and title and sex != title:
        row.remarks.ask("sex_unclear", "sex", "Ông" if title == "nam" else "Bà")
        return None
    if sex is None and title:
        row.remarks.tell("sex_from_title", "sex")
    elif sex is None and has_sex_column:
        row.remarks.tell("sex_empty", "sex")
    return sex or title


def _read(row: RowCells, field: str, cell: Cell, rules: BirthRules) -> PartialDate | None:
    year = year_in_date_format(cell.value)
    if year:
        row.remarks.tell("birth_year_as_date", "birth", cell.text)
        return _judged(row, cell.text, str(year), rules)
    order = rules.orders.get(field, DateOrder())
    source = birth_source(cell)
    if order.mixed and is_ambiguous(cell):
        row.remarks.ask("mixed_dates", "birth", cell.text)
    elif order.month_first and isinstance(source, str) and is_ambiguous(cell):
        row.remarks.tell("birth_month_first", "birth", cell.text)
        source = day_first_text(source)
    return _judged(row, cell.text, source, rules)


def _judged(row: RowCells, shown: str, source: object, rules: BirthRules) -> PartialDate | None:
    birth, codes = read_birth(source, today=rules.today)
    for code in codes:
        if code in _NOTES:
            row.remarks.tell(_NOTES[code], "birth", shown)
        else:
            row.remarks.ask(_PROBLEMS[code], "birth", shown)
    return birth


def _from_parts(row: RowCells, rules: BirthRules) -> PartialDate | None:
    """Columns of their own say which is which: a month 13 is a slip, not a day."""
    years, months = row.texts("birth_year"), row.texts("birth_month")
    if not years:
        return None
    parts = [*row.texts("birth_day")[:1], *months[:1], years[0]]
    text = "/".join(parts) if months else years[0]
    if months and months[0].isdecimal() and int(months[0]) > 12:
        row.remarks.tell("birth_day_dropped", "birth", text)
        text = years[0]
    return _judged(row, text, text, rules)


def _agreed(row: RowCells, births: list[PartialDate]) -> PartialDate | None:
    """The most precise one, if all could be true of one person."""
    finest = {"year": 0, "month": 1, "day": 2}
    births = sorted(births, key=lambda birth: finest[birth.precision], reverse=True)
    if any(not _could_be(births[0], other) for other in births[1:]):
        row.remarks.ask("birth_conflict", "birth", " | ".join(str(birth.value) for birth in births))
        return None
    return births[0] if births else None


def _could_be(exact: PartialDate, other: PartialDate) -> bool:
    if other.precision == "year":
        return exact.value.year == other.value.year
    if other.precision == "month":
        return exact.value.replace(day=1) == other.value.replace(day=1)
    return exact.value == other.value
