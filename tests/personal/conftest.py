"""Cheap hashes, as in tests/accounts: what is tested here is what is told, not how long a PIN takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cheap_hashes import cheaply_hashed


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from cheaply_hashed(monkeypatch)
