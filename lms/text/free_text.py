"""A look at free text before it is stored: does it hold numbers that point at a person?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lms.text.names import clean
from lms.text.numbering import ascii_digits, read_number

_RUN = re.compile(r"\+?\d+(?:[ .\-]\d+)*")
_SEPARATOR = re.compile(r"([ .\-])")
_MOST_GROUPS = 6
_DIALLED = ("0", "84", "+84")
# Old place codes 001–096, then century and sex 0–3, year, six digits (domain 5.3).
_CCCD = re.compile(r"0(?:0[1-9]|[1-8]\d|9[0-6])[0-3]\d{8}")


def _candidates(text: str) -> Iterator[str]:
    """Neighbouring groups of digits with one separator throughout: 0912 345 678, but not 09.12.1973 08."""
    for run in _RUN.finditer(text):
        pieces = _SEPARATOR.split(run.group())
        groups, separators = pieces[::2], pieces[1::2]
        for start in range(len(groups)):
            for end in range(start + 1, min(start + _MOST_GROUPS, len(groups)) + 1):
                if len(set(separators[start : end - 1])) <= 1:
                    yield "".join(groups[start:end])


def _is_phone(candidate: str) -> bool:
    number = read_number(candidate)
    return candidate.startswith(_DIALLED) and number.e164 is not None and "unknown_prefix" not in number.notes


def finds_personal_numbers(text: str) -> list[str]:
    """Kinds of personal numbers in the text, sorted: "cccd" (identity number), "phone". For a warning only.

    Short public numbers (111, 1900…) and dates are not taken for phones.
    """
    kinds: set[str] = set()
    for candidate in _candidates(clean(text)):
        if _CCCD.fullmatch(ascii_digits(candidate)):
            kinds.add("cccd")
        elif _is_phone(candidate):
            kinds.add("phone")
    return sorted(kinds)
