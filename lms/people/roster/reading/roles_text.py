"""What people write in "Chức vụ" → role codes of domain.md §3.1. Unknown text is handed back, not guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lms.people.roster.reading.folding import fold
from lms.people.roster.reading.roles_table import (
    ABBREVIATIONS,
    IN_CONTEXT,
    OTHER_POSTS,
    PLACE,
    SPECIALISES,
    TITLE_PHRASES,
    patterns,
)

_SEPARATORS = re.compile(r"[+,;/&()\[\]\n\r–-]|\b(?:kiêm nhiệm|kiêm|kiem nhiem|kiem|và|va)\b", re.IGNORECASE)
_LONGEST_JOIN = 5
_OTHERS = re.compile(r"\bcong tac vien\b|\bcan bo (?:va )?#")


@dataclass(frozen=True, slots=True)
class RolesRead:
    """`unknown`: parts that are no role we know; `other_posts`: real posts that are none of the roles."""

    codes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    other_posts: tuple[str, ...] = ()


@lru_cache(maxsize=4_096)
def canonical(text: str) -> str:
    """Folded, abbreviations written out: "CTV DS" → "cong tac vien dan so"."""
    folded, before = f" {fold(text)} ", ""
    while folded != before:  # "ctv ds" → "cong tac vien ds" → "cong tac vien dan so"
        before = folded
        for short, long in ABBREVIATIONS:
            folded = folded.replace(short, long)
    return " ".join(folded.split())


@lru_cache(maxsize=4_096)
def read_roles(text: str, context: tuple[str, ...] = ()) -> RolesRead:
    """All roles in one cell, in the order written. `context`: roles of the title or section above.

    Separators are + , ; / & - ( ) "kiêm" and "và"; parts are put together again where only the whole is a
    role ("CTV gia đình, PCBLGĐ").
    """
    parts = [part for part in map(str.strip, _SEPARATORS.split(text)) if fold(part)]
    codes: list[str] = []
    unknown: list[str] = []
    others: list[str] = []
    for part, code in _matched(parts, context):
        if code is None:
            _sort_out(part, unknown, others)
        elif code not in codes:
            codes.append(code)
    return RolesRead(without_general(codes), tuple(unknown), tuple(others))


def _sort_out(part: str, unknown: list[str], others: list[str]) -> None:
    text = canonical(part)
    if PLACE.fullmatch(text):
        return
    (others if OTHER_POSTS.fullmatch(text) else unknown).append(part)


def _matched(parts: Sequence[str], context: tuple[str, ...]) -> Iterator[tuple[str, str | None]]:
    """The longest run of parts that is a role comes first; a part alone that is none comes with None."""
    start = 0
    while start < len(parts):
        for end in range(min(len(parts), start + _LONGEST_JOIN), start, -1):
            joined = " ".join(parts[start:end])
            code = _role_of(canonical(joined), context)
            if code or end == start + 1:
                yield joined, code
                start = end
                break


def _role_of(text: str, context: tuple[str, ...]) -> str | None:
    found = next((code for code, pattern in patterns() if pattern.fullmatch(text)), None)
    return found or next((IN_CONTEXT[above, text] for above in context if (above, text) in IN_CONTEXT), None)


def without_general(codes: Sequence[str]) -> tuple[str, ...]:
    """A head of a mediation group is a mediator: the special role stands for both."""
    general = {SPECIALISES[code] for code in codes if code in SPECIALISES}
    return tuple(code for code in codes if code not in general)


@dataclass(frozen=True, slots=True)
class RolePhrase:
    code: str
    words: str


def roles_in(text: str) -> tuple[RolePhrase, ...]:
    """Roles named anywhere in a title, a section row or a sheet's name; longer phrases first, no overlap."""
    return _phrases(text)[0]


def names_others(text: str) -> bool:
    """Whether people of no certain role stand beside the roles that are named."""
    return _OTHERS.search(_phrases(text)[1]) is not None


def _phrases(text: str) -> tuple[tuple[RolePhrase, ...], str]:
    """The roles, and the text with "#" in their places."""
    left = canonical(text)
    found: dict[str, int] = {}
    for code, pattern in TITLE_PHRASES:
        match = pattern.search(left)
        if match:
            found.setdefault(code, match.start())
            left = pattern.sub(lambda m: "#" * len(m[0]), left)
    return tuple(RolePhrase(code, text.strip()) for code in sorted(found, key=lambda code: found[code])), left
