"""Names of places inside titles, section rows and sheet names. Which unit they are is for `units` to say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from lms.people.roster.reading.folding import clean, fold, word_set
from lms.text.names import display_name

_HAMLET_WORDS = ("khom", "ap", "thon", "to dan pho", "khu pho")
_WARD_WORDS = ("phuong", "xa")
# Words that end a name, and words that cannot even begin one ("văn hóa – xã hội", "ấp trưởng").
_NO_NAME = word_set(
    "nam thang ngay co gom to ban danh va thuoc la cua tai do chi hoi doi truong khom ap xa phuong thon khu tp p tx"
)
_STOPS = _NO_NAME | word_set("thanh tinh huyen quan so kem cong dan nguoi tong hop lop giai")
_SHORT_WARD = re.compile(r"\bp\.?\s?(\d{1,2})\b", re.IGNORECASE)
_SHORT_HAMLET = re.compile(r"^\s*k\.?\s?(\d{1,2})\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_LONGEST_NAME = 3


@dataclass(frozen=True, slots=True)
class PlacesRead:
    """Hamlet and ward as found: "Khóm 3", "Phường 9"; None where the text names none."""

    hamlet: str | None = None
    ward: str | None = None


@lru_cache(maxsize=2_048)
def places_in(text: str) -> PlacesRead:
    """The first hamlet and the first ward named in a text."""
    words = _WORD.findall(clean(text).replace("_", " "))
    hamlet = _named(words, _HAMLET_WORDS) or _short(_SHORT_HAMLET, "Khóm", text)
    return PlacesRead(hamlet, _named(words, _WARD_WORDS) or _short(_SHORT_WARD, "Phường", text))


def _short(pattern: re.Pattern[str], word: str, text: str) -> str | None:
    match = pattern.search(clean(text).replace("_", " "))
    return f"{word} {match[1]}" if match else None


def _named(words: list[str], kinds: tuple[str, ...]) -> str | None:
    folded = [fold(word) for word in words]
    for start in range(len(words)):
        for kind in kinds:
            end = start + kind.count(" ") + 1
            name = _name_after(words, folded, end) if " ".join(folded[start:end]) == kind else []
            if name:
                return _shown([*words[start:end], *name])
    return None


def _shown(words: list[str]) -> str:
    text = display_name(" ".join(words))
    return text[:1].upper() + text[1:]


def _name_after(words: list[str], folded: list[str], start: int) -> list[str]:
    """A number ends the name; else up to three capitalised words."""
    name: list[str] = []
    for word, key in zip(words[start:], folded[start:], strict=True):
        if key.isdecimal() or re.fullmatch(r"\d{1,2}[a-z]", key):
            return name or [word]
        if not word[0].isupper() or key in (_STOPS if name else _NO_NAME) or len(name) == _LONGEST_NAME:
            break
        name.append(word)
    return name
