"""The public code of a certificate: cannot be guessed, can be read aloud and typed on any keyboard."""

from __future__ import annotations

import re
import secrets

# Crockford's base 32: no I, L, O, U, so that nothing looks like a digit and no rude word comes up.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_GROUP = 4
_LONGEST_TYPED = 60
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015.]+")
_LOOKALIKES = str.maketrans("OIL", "011")


def new_code() -> str:
    """16 characters, 80 random bits (safety S37)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normalise_code(text: str) -> str | None:
    """The code meant by what a person typed, in any case, with spaces or dashes, O for 0, I or L for 1.

    None if it is no code.
    """
    if len(text) > _LONGEST_TYPED:
        return None
    code = _SEPARATORS.sub("", text).upper().translate(_LOOKALIKES)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def show_code(code: str) -> str:
    """In groups of four: 7K4P-22M9-QXRT-5W8D."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))
