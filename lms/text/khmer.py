"""What only ICU can do for Khmer: order it, and find where its words end (no spaces are written)."""

from __future__ import annotations

import re
from functools import lru_cache

import icu

RUN = re.compile("[\u1780-\u17ff\u19e0-\u19ff]+")
ZERO_WIDTH_SPACE = "\u200b"


def has_khmer(text: str) -> bool:
    return RUN.search(text) is not None


@lru_cache(maxsize=1)
def _collator() -> icu.Collator:
    return icu.Collator.createInstance(icu.Locale("km"))


def collation_hex(text: str) -> str:
    """ICU's Khmer sort key in hexadecimal: ASCII, and it sorts byte by byte like the key itself.

    Stored keys must be computed again when the ICU inside pyicu-wheels changes its major version.
    """
    return str(_collator().getSortKey(text).hex())


def _break_run(run: re.Match[str]) -> str:
    # Line breaks, not word breaks: the same dictionary, but no break before ។ or inside a number.
    # Made anew each time, because ICU break iterators keep a position and threads must not share it.
    breaker = icu.BreakIterator.createLineInstance(icu.Locale("km"))
    breaker.setText(run.group())
    ends = list(breaker)
    return ZERO_WIDTH_SPACE.join(run.group()[a:b] for a, b in zip([0, *ends], ends, strict=False))


def break_words(text: str) -> str:
    """The text with U+200B between the words of each Khmer run; everything else is untouched."""
    return RUN.sub(_break_run, text)
