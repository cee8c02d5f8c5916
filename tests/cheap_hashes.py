"""Argon2id at its lowest price, where a test is not about how long hashing takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from lms.accounts import hashing


def cheaply_hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The body of a fixture: the same library as ever, and no decoy from before."""
    hashing._decoy.cache_clear()
    monkeypatch.setattr(hashing, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    hashing._decoy.cache_clear()
