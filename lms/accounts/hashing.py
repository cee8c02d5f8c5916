"""Argon2id for PINs and first codes, at a price that never depends on whether a number is known."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from lms.accounts.rules import ACCOUNTS_PER_PHONE

# 19 MiB, two passes, one lane: 36 ms a check here; the library's default takes four times as long.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_secret(secret: str) -> str:
    return _hasher.hash(secret)


def matching(secret: str, hashes: Sequence[str | None]) -> list[int]:
    """Which of at most four `hashes` are of `secret`. Always does four checks' work, also for none at all."""
    if len(hashes) > ACCOUNTS_PER_PHONE:
        raise ValueError(f"{len(hashes)} accounts on one number")
    padded = [*hashes, *[None] * (ACCOUNTS_PER_PHONE - len(hashes))]
    results = [_is(secret, stored or _decoy()) for stored in padded]
    return [place for place, (right, stored) in enumerate(zip(results, padded, strict=True)) if right and stored]


def same_as_any(secret: str, hashes: Sequence[str]) -> bool:
    return any(_is(secret, stored) for stored in hashes)


def token_hash(token: str) -> str:
    """Tokens carry 128 random bits or more: a fast hash is enough, and can be looked up."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    return secrets.token_urlsafe(32)


def _is(secret: str, stored: str) -> bool:
    try:
        return _hasher.verify(stored, secret)
    except VerifyMismatchError:
        return False


@lru_cache(maxsize=1)
def _decoy() -> str:
    return hash_secret(secrets.token_hex(16))
