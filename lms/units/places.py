"""Names of places as people write them on staff lists: "Khóm 4 P8", "P.8", "khóm 04", "Ấp Vĩnh Yên", "TP TV". Pure.

A text is read into parts, the smallest place first. A part may know its kind (khóm, phường …), a number ("4", "4a")
and words ("Nguyệt Hoá"). The kind may be left unsaid: "4" in the column of khóm, "Nguyệt Hóa".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal

from lms.text.names import clean, near_key, same_spelling_key, search_key
from lms.text.words import fold_word
from lms.units.lives import DEPTH, LEVEL_OF_KIND

Likeness = Literal["same", "unmarked", "near", "kind"]
LIKENESSES: tuple[Likeness, ...] = ("same", "unmarked", "near", "kind")

# What is written → our kinds; several where the word says only the level.
_HAMLET = ("khom", "ap")
_SPELLED: dict[str, tuple[str, ...]] = {
    "khóm": ("khom",),
    "ấp": ("ap",),
    "khu phố": _HAMLET,
    "tổ dân phố": _HAMLET,
    "thôn": _HAMLET,
    "phường": ("ward",),
    "xã": ("commune",),
    "thành phố": ("city",),
    "thị xã": ("district",),
    "huyện": ("district",),
    "tỉnh": ("province",),
}
_SHORT: dict[str, tuple[str, ...]] = {
    "k": ("khom",),
    "kh": ("khom",),
    "kp": _HAMLET,
    "tdp": _HAMLET,
    "p": ("ward",),
    "ph": ("ward",),
    "x": ("commune",),
    "tp": ("city",),
    "tx": ("district",),
    "h": ("district",),
    "t": ("province",),
}
# "UBND Phường 8" is a post at Phường 8.
_OFFICES = {"ubnd", "uy ban nhan dan", "hdnd", "cong an", "tram y te", "van phong", "tru so"}

_FOLDED = {search_key(word): (word, kinds) for word, kinds in _SPELLED.items()}
_LONGEST = max(len(word.split()) for word in _SPELLED)

_PIECE = re.compile(r"[^\W\d_]+|\d+[A-Za-z]?(?![^\W_])|\d+|[^\w\s]|_")
_DOTTED = re.compile(r"\b(t\.\s?[px]|k\.\s?p)\b\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """`kinds` is empty where the text does not say; `words` are as written, without the kind and the number."""

    kinds: tuple[str, ...] = ()
    number: str = ""
    words: str = ""

    @property
    def level(self) -> str | None:
        return LEVEL_OF_KIND[self.kinds[0]] if self.kinds else None


@lru_cache(maxsize=16_384)
def read_place(text: str) -> tuple[Part, ...]:
    """The parts of `text`, smallest place first; empty for a text without words or numbers."""
    parts = [part for part in _parts(_pieces(text)) if part.number or (part.words and not _is_office(part))]
    if all(part.kinds for part in parts):
        parts.sort(key=lambda part: -DEPTH[LEVEL_OF_KIND[part.kinds[0]]])
    return tuple(parts)


def fold_place(text: str) -> str:
    """The key of an alias: "P.8", "P8" and "p 8" are one; marks and punctuation do not count."""
    return " ".join(re.findall(r"[^\W\d_]+|\d+", fold_word(text)))


def name_keys(part: Part) -> set[str]:
    """The `search_key` of every official name that the part may stand for."""
    number = _plain(part.number)
    numbers = {number, number.zfill(2)} if number.isdigit() else {number}
    words = {" ".join(each) for each in product(*(_y_or_i(word) for word in search_key(part.words).split()))}
    bodies = {*_orders(numbers, words)}
    level = part.level
    kinds = [word for word, (_, kinds) in _FOLDED.items() if level is None or LEVEL_OF_KIND[kinds[0]] == level]
    return {" ".join(filter(None, (kind, body))) for kind in [*kinds, ""] for body in bodies} - {""}


@lru_cache(maxsize=65_536)
def likeness(part: Part, name: str, kind: str) -> Likeness | None:
    """How the part says `name`, the official name of a unit of `kind`; None if it says another one.

    "same": letter for letter but for the place of the tone mark · "unmarked": typed without marks · "near": other
    marks, or y for i · "kind": of the same level, but khóm for ấp or phường for xã.
    """
    official = read_place(name)
    own = official[0] if len(official) == 1 else Part(words=name)
    if _plain(part.number) != _plain(own.number):
        return None
    alike = _words_alike(part.words, own.words)
    if alike is None or not part.kinds or kind in part.kinds:
        return alike
    return "kind" if part.level == LEVEL_OF_KIND[kind] else None


def _is_office(part: Part) -> bool:
    return not part.kinds and search_key(part.words) in _OFFICES


def _plain(number: str) -> str:
    return number.casefold().lstrip("0") or number


def _orders(numbers: set[str], words: set[str]) -> Iterator[str]:
    """ "Vĩnh Yên 2" or "2 Vĩnh Yên": a part does not keep which stood first."""
    for number, name in product(numbers, words):
        yield " ".join(filter(None, (name, number)))
        yield " ".join(filter(None, (number, name)))


def _y_or_i(word: str) -> set[str]:
    return {word[:-1] + letter for letter in "yi"} if word[-1] in "yi" else {word}


def _words_alike(written: str, official: str) -> Likeness | None:
    if same_spelling_key(written) == same_spelling_key(official):
        return "same"
    folded = search_key(written) == search_key(official)
    if folded and _unmarked(written):
        return "unmarked"
    return "near" if folded or near_key(written) == near_key(official) else None


def _unmarked(text: str) -> bool:
    return search_key(text) == clean(text).casefold()


def _pieces(text: str) -> list[str]:
    """Words, numbers ("4", "4A") and marks, in order; "T.P" is one word."""
    whole = _DOTTED.sub(lambda found: re.sub(r"[.\s]", "", found.group()) + " ", clean(text))
    return _PIECE.findall(whole)


def _parts(pieces: Sequence[str]) -> Iterator[Part]:
    """A kind or a mark begins a new part; so does a word after "Khóm 4", and a second number."""
    all_unmarked = all(map(_unmarked, pieces))
    kinds: tuple[str, ...] = ()
    number, words, at = "", list[str](), 0
    while at < len(pieces):
        piece = pieces[at]
        name_to_come = bool(kinds) and not number and not words
        named, length = _kind_at(pieces[at:], free=not name_to_come and (all_unmarked or not words))
        is_number, is_mark = piece[0].isdigit(), not piece[0].isalnum()
        closed = bool(number) and (is_number or (bool(kinds) and not words))
        if piece != "." and (length or is_mark or closed):
            yield Part(kinds, number, " ".join(words))
            kinds, number, words = named, "", []
        if not length and is_number:
            number = piece
        elif not length and not is_mark:
            words.append(piece)
        at += length or 1
    yield Part(kinds, number, " ".join(words))


def _kind_at(pieces: Sequence[str], *, free: bool) -> tuple[tuple[str, ...], int]:
    """The kinds that the next pieces name, and how many pieces that takes (0: they name none).

    `free`: at the beginning of a part, or in a text typed without marks, "xa" is taken for "xã"; inside a name written
    with marks it is a word of the name.
    """
    for length in range(_LONGEST, 0, -1):
        phrase = " ".join(pieces[:length])
        spelled, kinds = _FOLDED.get(search_key(phrase), ("", ()))
        if kinds and (same_spelling_key(phrase) == same_spelling_key(spelled) or (free and _unmarked(phrase))):
            return kinds, length
    short = _SHORT.get(pieces[0].casefold(), ())
    following = pieces[1] if len(pieces) > 1 else ""
    says_kind = following[:1].isdigit() or (following == "." and len(pieces) > 2) or (free and following[:1].isalpha())
    return (short, 1) if short and says_kind else ((), 0)
