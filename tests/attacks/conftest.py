"""The two wards of tests/access, for the attacks that need a whole world; cheap hashes where many are made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from flask import Flask

from lms.accounts import hashing
from tests.access.conftest import built, site
from tests.accounts.conftest import Accounts

__all__ = ["built", "site"]


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same library at the lowest price: what is attacked here is who wins, not how long a try takes."""
    hashing._decoy.cache_clear()
    monkeypatch.setattr(hashing, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    hashing._decoy.cache_clear()


@pytest.fixture
def accounts(app: Flask) -> Accounts:
    return Accounts()
