"""Marks where two texts part, so that the eye finds the one digit that differs."""

from __future__ import annotations

from os.path import commonprefix

from markupsafe import Markup


def differing(text: str, other: str) -> str | Markup:
    """`text` with what follows the beginning it shares with `other` marked; plain where either says nothing."""
    if text == other or not text or not other:
        return text
    shared = len(commonprefix([text, other]))
    return Markup("{}<mark>{}</mark>").format(text[:shared], text[shared:])
