"""Until when a certificate counts, and how its figures are written (in Vietnamese only, as printed)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Literal

from lms.text.dates import PartialDate, add_months, show_birth

State = Literal["valid", "expired", "revoked", "replaced"]

_HONORIFIC = {"nam": "Ông", "nu": "Bà"}
_SERIAL = re.compile(r"\s*(\d{1,9})\s*/\s*(\d{4})\s*", re.ASCII)
_BORN = {"year": "sinh năm", "month": "sinh tháng", "day": "sinh ngày"}


def valid_until(completed_on: date, months: int) -> date:
    """The first day on which the record no longer counts: 29/02/2024 + 12 months → 28/02/2025."""
    return add_months(completed_on, months)


def is_valid_on(completed_on: date, months: int, on: date) -> bool:
    """Whether the record still counts on that day (domain §4.1); exactly `months` later it has expired.

    Whether it was completed by then is another question, which the caller asks.
    """
    return on < valid_until(completed_on, months)


def state_on(until: date, on: date, *, revoked_on: date | None = None, replaced: bool = False) -> State:
    """The state on day `on` of a certificate whose `valid_until` is `until`; what was done to it outranks time."""
    if revoked_on is not None and revoked_on <= on:
        return "revoked"
    if replaced:
        return "replaced"
    return "valid" if on < until else "expired"


def serial_text(no: int, year: int) -> str:
    """Number in the book of a year: "0147/2026"; wider numbers keep all their digits. ValueError below 1."""
    if no < 1:
        raise ValueError(f"the book starts at 1, not at {no}")
    return f"{no:04}/{year}"


def read_serial(text: str) -> tuple[int, int] | None:
    """(number, year) of a serial as somebody types it: "147/2026", " 0147 / 2026"; None for anything else."""
    found = _SERIAL.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


def edition_number(edition: str | None) -> str:
    """The number out of "k1 · 2 · content hash"; empty where the record names no edition of ours."""
    parts = (edition or "").split(" · ")
    return parts[1] if len(parts) == 3 else ""


def hours_text(tiet: Decimal) -> str:
    """Teaching periods as papers write them: "08 tiết", "1,5 tiết", "24 tiết". ValueError if negative."""
    if tiet < 0:
        raise ValueError("nobody has studied fewer than 0 periods")
    plain = format(tiet.normalize(), "f")
    # One-digit whole numbers get a zero in front, so that nothing can be written before them.
    padded = f"0{plain}" if len(plain) == 1 and plain != "0" else plain
    return f"{padded.replace('.', ',')} tiết"


def study_text(online: Decimal, in_person: Decimal) -> str:
    """Such as "08 tiết trực tuyến và 16 tiết tập trung"; empty if there were none of either."""
    parts = [(online, "trực tuyến"), (in_person, "tập trung")]
    return " và ".join(f"{hours_text(tiet)} {form}" for tiet, form in parts if tiet)


def honorific(sex: str | None) -> str:
    """How the paper addresses the holder; both forms while the sex ("nam", "nu") is not known."""
    return _HONORIFIC.get(sex or "", "Ông/Bà")


def birth_phrase(birth: PartialDate | None) -> str:
    """One of "sinh năm 1971", "sinh tháng 06/1973" or "sinh ngày 05/06/1973"; empty if nothing is known."""
    return f"{_BORN[birth.precision]} {show_birth(birth)}" if birth else ""


def plain_birth(phrase: str) -> str:
    """The figures of a `birth_phrase`, as lists show them: "sinh năm 1971" → "1971"."""
    return phrase.rpartition(" ")[2]
