"""Folded text, remembered: a list says the same few words thousands of times."""

from __future__ import annotations

from functools import lru_cache

from lms.text.names import clean as _clean
from lms.text.words import fold_word


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


fold = lru_cache(maxsize=16_384)(fold_word)
clean = lru_cache(maxsize=16_384)(_clean)


@lru_cache(maxsize=4_096)
def has_breve(text: str) -> bool:
    """Whether it is "năm" (year) and not "nam" (male): both fold to one word."""
    return "ă" in clean(text).casefold()
