"""The Vietnamese numbering plan: what one run of digits is, as a phone number.

Lengths and the conversion of 2018 are fixed rules (domain 5.3); which prefixes are in use changes with every
new network, so that is asked of the phonenumbers library and never refuses a number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import phonenumbers

Problem = Literal[
    "scientific",  # 9,12E+08: Excel has lost digits
    "looks_like_id",  # an identity number (CCCD), whole or without its leading zeros
    "too_short",
    "too_long",
    "not_a_phone",
]
Note = Literal[
    "added_zero",  # Excel ate the leading 0
    "converted",  # an 11-digit mobile number of before 2018
    "landline",
    "foreign",
    "unknown_prefix",  # the right length, but of no network known here
    "maybe_id",  # 11 digits 843…: a phone with its country code, or an identity number without its zero
    "maybe_rounded",  # a number cell that ends in six zeros
    "two_numbers",
    "more_numbers",  # three or more: only two are kept
    "rest_unreadable",  # other digits stood beside the number
]

_COUNTRY_CODE = 84
_COUNTRY_PREFIX = re.compile(r"(?:00)?84(?=0?[1-9]\d{8,9}$)")
_FOREIGN_PREFIX = re.compile(r"00(?=[1-9]\d{10,}$)")  # 12 digits or fewer may be an identity number of Hà Nội
_MOBILE = re.compile(r"[35789]\d{8}")
_LANDLINE = re.compile(r"2\d{9}")
_OLD_MOBILE = re.compile(r"(1\d\d)(\d{7})")
_OLD_PREFIXES = {
    **{f"16{i}": f"3{i}" for i in range(2, 10)},
    "120": "70",
    "121": "79",
    "122": "77",
    "123": "83",
    "124": "84",
    "125": "85",
    "126": "76",
    "127": "81",
    "128": "78",
    "129": "82",
    "186": "56",
    "188": "58",
    "199": "59",
}


@dataclass(frozen=True, slots=True)
class Number:
    """One number: either `e164`, or the problem why there is none."""

    e164: str | None = None
    problem: Problem | None = None
    notes: tuple[Note, ...] = ()


def ascii_digits(text: str) -> str:
    """Only the digits, Khmer and full-width ones as 0–9."""
    return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())


def read_number(text: str) -> Number:
    """The one number that all digits of `text` make; other characters are taken for separators."""
    digits = ascii_digits(text)
    if not digits:
        return Number(problem="not_a_phone")
    international = text.lstrip(" ('").startswith("+") and digits[0] != "0"
    if _FOREIGN_PREFIX.match(digits):
        international, digits = True, digits[2:]
    if international and not digits.startswith("84"):
        return _read_foreign(digits)
    return _read_vietnamese(digits, international)


def _read_foreign(digits: str) -> Number:
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return Number(problem="not_a_phone")
    if not phonenumbers.is_valid_number(number):
        return Number(problem="not_a_phone")
    return Number(f"+{digits}", notes=("foreign",))


def _read_vietnamese(digits: str, international: bool) -> Number:
    if _looks_like_id(digits, international):
        return Number(problem="looks_like_id")
    national, trunk_notes = _without_trunk(digits)
    current, old_notes = _converted(national)
    notes = (*_id_notes(digits, international), *trunk_notes, *old_notes)
    if _MOBILE.fullmatch(current):
        return Number(f"+84{current}", notes=(*notes, *_network_notes(current)))
    if _LANDLINE.fullmatch(current):
        return Number(f"+84{current}", notes=(*notes, "landline", *_network_notes(current)))
    return Number(problem=_length_problem(national))


def _looks_like_id(digits: str, international: bool) -> bool:
    """12 digits from 0, or 11 whose first zero Excel ate; 84 and then 3, 5, 7, 8 or 9 is rather +84."""
    if len(digits) == 12:
        return digits[0] == "0"
    plus_84 = digits[:2] == "84" and digits[2:3] in set("35789")
    return len(digits) == 11 and digits[0] != "0" and not international and not plus_84


def _id_notes(digits: str, international: bool) -> tuple[Note, ...]:
    return ("maybe_id",) if len(digits) == 11 and digits.startswith("843") and not international else ()


def _without_trunk(digits: str) -> tuple[str, tuple[Note, ...]]:
    prefix = _COUNTRY_PREFIX.match(digits)
    if prefix:
        return digits[prefix.end() :].removeprefix("0"), ()
    return (digits[1:], ()) if digits[0] == "0" else (digits, ("added_zero",))


def _converted(national: str) -> tuple[str, tuple[Note, ...]]:
    old = _OLD_MOBILE.fullmatch(national)
    if old and old[1] in _OLD_PREFIXES:
        return _OLD_PREFIXES[old[1]] + old[2], ("converted",)
    return national, ()


def _network_notes(national: str) -> tuple[Note, ...]:
    if _mobile_networks().fullmatch(national):  # what most are, and the last that the library would try
        return ()
    number = phonenumbers.PhoneNumber(country_code=_COUNTRY_CODE, national_number=int(national))
    return () if phonenumbers.is_valid_number(number) else ("unknown_prefix",)


@lru_cache(maxsize=1)
def _mobile_networks() -> re.Pattern[str]:
    plan = phonenumbers.PhoneMetadata.metadata_for_region("VN")
    assert plan is not None and plan.mobile is not None and plan.mobile.national_number_pattern
    return re.compile(plan.mobile.national_number_pattern)


def _length_problem(national: str) -> Problem:
    if len(national) < 9:
        return "too_short"
    return "not_a_phone" if len(national) == 9 else "too_long"
