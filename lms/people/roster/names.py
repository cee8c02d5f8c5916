"""The strengths in which two names are compared, and the ways one name may stand in the register. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product

from lms.people.roster.proposals import Names
from lms.text.names import near_key, same_spelling_key, search_key

_Y_OR_I = re.compile(r"(?:^|(?<=qu)|(?<=[bcdghklmnprstvx]))[yi]$")
_MOST_VARIANTS = 16


@lru_cache(maxsize=65_536)
def names_of(full_name: str) -> Names:
    plain = search_key(full_name)
    loose = " ".join(_Y_OR_I.sub("i", word) for word in plain.split())
    return Names(full_name, same_spelling_key(full_name), near_key(full_name), plain, loose)


def variants(plain: str) -> list[str]:
    """The search keys under which the same name may be stored: ly van a, li van a."""
    words = [sorted({_Y_OR_I.sub("y", word), _Y_OR_I.sub("i", word)} | {word}) for word in plain.split()]
    combined = [" ".join(chosen) for chosen, _ in zip(product(*words), range(_MOST_VARIANTS), strict=False)]
    return combined if plain in combined else [plain, *combined]
