"""Keys drawn from LMS_SECRET_KEY, each for one purpose: what is signed for one is worth nothing for another."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def key_for(secret: str, what: str, use: str, length: int = 32) -> bytes:
    """`length` bytes, always the same ones for the same secret, `what` and `use`."""
    return HKDF(SHA256(), length, what.encode(), use.encode()).derive(secret.encode())
