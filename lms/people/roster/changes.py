"""Which facts about a known person a row would change. Pure; an empty cell never erases anything."""

from __future__ import annotations

from datetime import date
from typing import Any

from lms.people.roster.proposals import Known, Listed
from lms.text.dates import PartialDate

Changes = dict[str, tuple[Any, Any]]
_FINENESS = {"year": 0, "month": 1, "day": 2}


def changes_of(known: Known, row: Listed, list_date: date, *, exact: bool) -> Changes:
    """Field → (before, after), in values that JSON holds (see `pack_birth`).

    `exact`: the row carries the key of our own export, so what differs in it was changed on purpose. A list older
    than what the register knows fills in what is missing and overwrites nothing.
    """
    newer = known.facts_on is None or known.facts_on <= list_date
    overwrite = exact and newer
    found: Changes = {}
    if overwrite and row.names.spelling != known.names.spelling:
        found["full_name"] = (known.names.full, row.names.full)
    if row.birth and _births_better(known.birth, row.birth, overwrite=overwrite):
        found["birth"] = (pack_birth(known.birth), pack_birth(row.birth))
    if row.sex and row.sex != known.sex and (overwrite or known.sex is None):
        found["sex"] = (known.sex, row.sex)
    return found | _phones(known, row, newer=newer)


def pack_birth(birth: PartialDate | None) -> list[str] | None:
    return None if birth is None else [birth.value.isoformat(), birth.precision]


def unpack_birth(packed: list[str] | None) -> PartialDate | None:
    return None if packed is None else PartialDate(date.fromisoformat(packed[0]), packed[1])  # type: ignore[arg-type]


def _births_better(known: PartialDate | None, listed: PartialDate, *, overwrite: bool) -> bool:
    if known is None:
        return True
    finer = _FINENESS[listed.precision] > _FINENESS[known.precision]
    if _agree(known, listed):
        return finer
    return overwrite


def _agree(one: PartialDate, other: PartialDate) -> bool:
    """Whether the coarser of the two says the same as the finer one."""
    level = min(_FINENESS[one.precision], _FINENESS[other.precision])
    return one.value.timetuple()[: level + 1] == other.value.timetuple()[: level + 1]


def _phones(known: Known, row: Listed, *, newer: bool) -> Changes:
    """A new number becomes the first one, and the old one is kept as the spare; an older list only adds a spare."""
    phone, spare = known.phone, known.phone_spare
    if row.phone and row.phone not in known.phones:
        if phone is None:
            phone = row.phone
        elif newer:
            phone, spare = row.phone, phone
        else:
            spare = spare or row.phone
    if row.phone_spare and row.phone_spare not in known.phones | {phone}:
        spare = spare or row.phone_spare
    after = {"phone": (known.phone, phone), "phone_spare": (known.phone_spare, spare)}
    return {field: values for field, values in after.items() if values[0] != values[1]}
