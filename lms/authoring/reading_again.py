"""Items name lessons by their file (`read_again`): when two lessons change places, the names go along. Pure."""

from __future__ import annotations

import re

NAMED = re.compile(rb"""(\bread_again["']?[ \t]*:[ \t]*["']?)(lesson-[0-9]{2}\.vi\.md)""")


def follow_swap(questions: bytes, one: str, other: str) -> bytes:
    """A questions.yaml after the lessons `one` and `other` swapped their files; every other letter stays."""
    swapped = {one.encode(): other.encode(), other.encode(): one.encode()}
    return NAMED.sub(lambda match: match[1] + swapped.get(match[2], match[2]), questions)
