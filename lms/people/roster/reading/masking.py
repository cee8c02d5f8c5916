"""Identity numbers are never kept, wherever in a list they stand (domain.md §6)."""

from __future__ import annotations

import re

# 12 digits from 0, the fourth 0–3 (domain.md §5.3): in one run, or in groups not part of a longer number.
_IN_ONE = r"(?<!\d)0\d{2}[0-3]\d{8}(?!\d)"
_IN_GROUPS = r"(?<!\d)(?<!\d[ .\-])0(?:[ .\-]?\d){2}[ .\-]?[0-3](?:[ .\-]?\d){8}(?![ .\-]?\d)"
_CCCD = re.compile(f"{_IN_ONE}|{_IN_GROUPS}")
_LONG_NUMBER = re.compile(r"\d(?:[ .\-]?\d){10,}")


def mask_identity(text: str) -> str:
    """Identity numbers (12 digits) down to their last three: "•••••••••234" (domain.md §6)."""
    if len(text) < 12:
        return text
    return _CCCD.sub(lambda match: _masked(match[0]), text)


def mask_long_numbers(text: str) -> str:
    """For a cell that holds an identity number where a phone should be, damaged by Excel or not."""
    return _LONG_NUMBER.sub(lambda match: _masked(match[0]), text)


def _masked(number: str) -> str:
    digits = [letter for letter in number if letter.isdecimal()]
    return "•" * (len(digits) - 3) + "".join(digits[-3:])
