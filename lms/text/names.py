"""Names of people as Vietnamese rolls write them: tidied, compared, searched, sorted, shown."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from lms.text import khmer
from lms.text.syllables import order_code, syllables

_ASCII_FROM_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)}
_LOOK_ALIKES = (
    str.maketrans({"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ", "‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"'})
    | _ASCII_FROM_FULL_WIDTH
)
# A joiner after a Khmer letter shapes that letter; anywhere else it is dirt.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb"
    "\U000e0000-\U000e0fff]|(?<![\u1780-\u17ff])[\u200c\u200d]"
)
# Controls, and letters that are drawn as nothing: fillers of Hangul, the empty pattern of braille.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u115f\u1160\u2800\u3164\uffa0\ud800-\udfff]")
# Most of what is cleaned is clean: Latin letters as one character each (without the look-alikes of Đ), single spaces.
_LETTERS = "[!-~\u00c0-\u00cf\u00d1-\u00ef\u00f1-\u0188\u018a-\u024f\u1ea0-\u1ef9]+"
_CLEAN = re.compile(f"(?:{_LETTERS}(?: {_LETTERS})*)?")
_LATIN_MARKS = re.compile("[\u0300-\u036f]")
_NOTE = re.compile(r"([^()\[\]]*[^()\[\]\s])\s*((?:[(\[][^()\[\]]*[)\]]\s*)*[(\[][^()\[\]]*[)\]]?)")
# Where y and i are two spellings of one sound: Lý/Lí, Quý/Quí, Ý/Í; but not Thúy/Thúi, Hay/Hai.
_Y_AS_I = re.compile(r"(?:^|(?<=qu)|(?<=[bcdđghklmnprstvx]))y$")


def clean(text: str) -> str:
    """One line of NFC text: single plain spaces, no invisible characters, Đ for its look-alikes.

    Smart quotes and full-width characters become plain ones. Zero-width characters vanish; all other white
    space and control characters count as a space. Decode TCVN3 or VNI text before: there, ư is a soft hyphen.
    """
    if _CLEAN.fullmatch(text):
        return text
    visible = _INVISIBLE.sub("", text.translate(_LOOK_ALIKES))
    return unicodedata.normalize("NFC", " ".join(_CONTROL.sub(" ", visible).split()))


def display_name(text: str) -> str:
    """The name as shown: NGUYỄN THỊ HOÀ and nguyễn thị hoà → Nguyễn Thị Hoà; of mixed letters it stays as typed."""
    name = clean(text)
    return name.title() if name.isupper() or (name.islower() and " " in name) else name


def split_note(text: str) -> tuple[str, str]:
    """Name and trailing note: "Lê A (Bí thư)" → ("Lê A", "Bí thư"); several notes are joined by ", "."""
    whole = clean(text)
    match = _NOTE.fullmatch(whole)
    if not match:
        return whole, ""
    notes = (clean(note) for note in re.split(r"[()\[\]]", match[2]))
    return match[1], ", ".join(filter(None, notes))


def same_spelling_key(name: str) -> str:
    """Equal for two spellings of one name: Hoà and Hòa, NFC and NFD, capitals and small letters.

    Hoa and Hoà differ, and so do Lý and Lí (see `near_key`).
    """
    return " ".join(syllable.letters + syllable.tone for syllable in syllables(clean(name)))


def near_key(name: str) -> str:
    """`same_spelling_key` with y and i taken for one where they sound alike. A hint to ask, not proof."""
    return " ".join(_Y_AS_I.sub("i", s.letters) + s.tone for s in syllables(clean(name)))


def search_key(text: str) -> str:
    """What is typed without marks finds what is written with them: small letters, no tones, d for đ.

    Only the Latin combining marks U+0300–036F go: Khmer vowels and coeng are combining characters too, and
    without them the word is another one.
    """
    return " ".join(filter(None, map(_searched, clean(text).split())))


@lru_cache(maxsize=16_384)
def _searched(word: str) -> str:
    """Of one word; names are made of a few thousand."""
    small = unicodedata.normalize("NFD", word).casefold()
    bare = _LATIN_MARKS.sub("", unicodedata.normalize("NFD", small)).replace("đ", "d")
    return clean(bare)


def _given_first(name: str, given: str | None) -> tuple[str, str]:
    words = clean(name).split()
    own = clean(given or "").split() or words[-1:]
    tail = words[len(words) - len(own) :]
    rest = words[: -len(own)] if tail and _same(tail, own) else words
    return " ".join(own), " ".join(rest)


def _same(words: list[str], others: list[str]) -> bool:
    return same_spelling_key(" ".join(words)) == same_spelling_key(" ".join(others))


def sort_key(name: str, given: str | None = None) -> str:
    """The stored key that puts people in the order of a Vietnamese roll: given name, surname, middle names.

    Printable ASCII; compare it byte by byte (SQLite BINARY, PostgreSQL COLLATE "C"). `given` overrides the
    last word as the given name (Khmer people often have two: Sa Rươl). Names written in Khmer come last.
    """
    own, rest = _given_first(name, given)
    return _with_khmer(f"{_latin_code(own)} {_latin_code(rest)}".strip(), f"{own} {rest}")


def label_sort_key(text: str) -> str:
    """Like `sort_key`, but from left to right, for names of units and titles: Khóm 2 before Khóm 10."""
    whole = clean(text)
    return _with_khmer(_latin_code(whole), whole)


def _latin_code(text: str) -> str:
    return order_code(khmer.RUN.sub(" ", text))


def _with_khmer(key: str, text: str) -> str:
    # "~" is the last printable character: what has only Khmer letters comes after all else.
    return f"{key}~{khmer.collation_hex(text)}" if khmer.has_khmer(text) else key


def _initial(word: str) -> str:
    return next((letter.upper() for letter in word if letter.isalnum()), "")


def mask_name(name: str) -> str:
    """For the public check of a certificate: "Huỳnh Thị Út" → "Huỳnh T. Ú."; a lone word is masked whole."""
    surname, *others = display_name(name).split() or [""]
    letters = filter(None, map(_initial, others or [surname]))
    masked = [f"{letter}." for letter in letters]
    return " ".join([surname, *masked] if others else masked)


def initials(name: str) -> str:
    """First letters of surname and given name, in capitals, for a small badge: "Huỳnh Thị Út" → "HÚ"."""
    words = clean(name).split()
    return "".join(map(_initial, words[:1] + words[1:][-1:]))
