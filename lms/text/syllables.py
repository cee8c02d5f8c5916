"""A Vietnamese word as (letters, tone): what makes Hoà equal Hòa, and Đạt come before Út.

In Unicode the tone is one more mark on a vowel, and on which vowel is a matter of spelling habit (Hoà, Hòa).
Taken out of the syllable it has one place only, so comparing and sorting need no list of spellings.
"""

from __future__ import annotations

import re
import string
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# ngang < huyền < hỏi < ngã < sắc < nặng
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}

# The order of codes is the order of bytes, so that SQLite's BINARY and PostgreSQL's "C" sort alike:
# separator < tones < digits < letters < foreign letters. A shorter word then comes before a longer one.
_LETTER_CODES = dict(zip(ALPHABET, string.ascii_uppercase + string.ascii_lowercase, strict=False))
_TONE_CODES = "*+,-./"
_FOREIGN = "z"
_DIGITS = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class Syllable:
    """`letters` in small NFC letters without tone; `tone` "" for ngang, else "1" huyền … "5" nặng."""

    letters: str
    tone: str


@lru_cache(maxsize=16_384)
def _syllable(word: str) -> Syllable:
    marks = unicodedata.normalize("NFD", word)
    letters = "".join(mark for mark in marks if mark not in _TONES)
    tone = "".join(str(_TONES[mark]) for mark in marks if mark in _TONES)
    return Syllable(unicodedata.normalize("NFC", letters), tone)


def syllables(text: str) -> list[Syllable]:
    """The words between spaces, in reading order."""
    return [_syllable(word) for word in text.casefold().split()]


def _code(letter: str) -> str:
    if letter in _LETTER_CODES:
        return _LETTER_CODES[letter]
    if letter in string.digits:
        return letter
    return f"{_FOREIGN}{ord(letter):06x}" if letter.isalpha() else ""


def _number_by_value(digits: re.Match[str]) -> str:
    value = digits.group().lstrip("0")
    return f"{min(len(value), 9)}{value}"


@lru_cache(maxsize=16_384)
def _syllable_code(syllable: Syllable) -> str:
    letters = "".join(map(_code, _DIGITS.sub(_number_by_value, syllable.letters)))
    tones = "".join(_TONE_CODES[int(tone)] for tone in syllable.tone or "0")
    return letters + tones if letters else ""


def order_code(text: str) -> str:
    """A code in printable ASCII that sorts the text word by word, letters first, then tone.

    Numbers sort by value (Khóm 2 < Khóm 10). Punctuation does not count.
    """
    return "".join(map(_syllable_code, syllables(text)))
