"""Words: headings folded for matching, numbers in words, Khmer made to wrap on paper."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from lms.text import khmer
from lms.text.names import same_spelling_key, search_key

_DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
_GROUPS = ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn"))
_VARIANTS = {"tư": "bốn", "lẻ": "linh", "nhăm": "lăm", "ngàn": "nghìn"}


def fold_word(text: str) -> str:
    """A heading or label for matching: `search_key` without punctuation ("Họ và tên:" → "ho va ten").

    Năm (year) and Nam (male) fold to the same word: look at the marks, or at the neighbours, to tell them.
    """
    marks = (" " if unicodedata.category(c)[0] in "PS" else c for c in search_key(text))
    return " ".join("".join(marks).split())


def _below_hundred(n: int) -> str:
    tens, unit = divmod(n, 10)
    if tens == 0:
        return _DIGITS[unit]
    head = "mười" if tens == 1 else f"{_DIGITS[tens]} mươi"
    if unit == 0:
        return head
    if unit == 1 and tens > 1:
        return f"{head} mốt"
    return f"{head} lăm" if unit == 5 else f"{head} {_DIGITS[unit]}"


def _below_thousand(n: int, *, leading: bool) -> str:
    hundreds, rest = divmod(n, 100)
    if leading and not hundreds:
        return _below_hundred(rest)
    head = f"{_DIGITS[hundreds]} trăm"
    if rest == 0:
        return head
    return f"{head} linh {_DIGITS[rest]}" if rest < 10 else f"{head} {_below_hundred(rest)}"


def number_words(n: int) -> str:
    """24 → "hai mươi bốn", 1005 → "một nghìn không trăm linh năm"; ValueError outside 0 … 10¹² − 1."""
    if not 0 <= n < 10**12:
        raise ValueError(f"{n} has no words here")
    said: list[str] = []
    rest = n
    for size, name in _GROUPS:
        group, rest = divmod(rest, size)
        if group:
            said.append(f"{_below_thousand(group, leading=not said)} {name}")
    if rest or not said:
        said.append(_below_thousand(rest, leading=not said))
    return " ".join(said)


@lru_cache(maxsize=1)
def _numbers_by_words() -> dict[str, int]:
    return {same_spelling_key(number_words(n)): n for n in range(1000)}


def read_number_words(text: str) -> int | None:
    """The number from 0 to 999 written out ("Hai mươi tư" → 24), or None. Tones count: nam is not năm."""
    words = (_VARIANTS.get(word, word) for word in unicodedata.normalize("NFC", text).casefold().split())
    return _numbers_by_words().get(same_spelling_key(" ".join(words)))


def km_wrap(text: str) -> str:
    """Khmer with U+200B between words, for PDF only: Pango has no Khmer dictionary and would not wrap it.

    Browsers know the words themselves, and text meant for search or copying must not carry these marks.
    """
    return khmer.break_words(text)
