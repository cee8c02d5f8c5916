"""Invented Vietnamese and Khmer text for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

_ONSETS = ["", "b", "ch", "d", "đ", "h", "kh", "l", "m", "ng", "nh", "ph", "s", "t", "th", "tr", "v", "x"]
_RIMES = [
    "a",
    "ă",
    "â",
    "an",
    "anh",
    "ân",
    "e",
    "ê",
    "ênh",
    "i",
    "inh",
    "o",
    "ô",
    "ơ",
    "oa",
    "ong",
    "u",
    "ư",
    "ương",
]
_TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]


def _with_tone(onset: str, rime: str, tone: str) -> str:
    return f"{onset}{rime[0]}{tone}{rime[1:]}"


# Decomposed on purpose (base, then tone, quality already composed): tests choose the form they need.
syllables = st.builds(_with_tone, *map(st.sampled_from, (_ONSETS, _RIMES, _TONES)))
names = st.lists(syllables.map(str.capitalize), min_size=1, max_size=5).map(" ".join)

_KHMER_WORDS = ["ស្ត្រី", "គ្រួសារ", "ច្បាប់", "បុគ្គលិក", "ហិង្សា", "រៀន", "សុភា", "ថាច់"]
khmer = st.lists(st.sampled_from(_KHMER_WORDS), min_size=1, max_size=8).map("".join)
