"""The two wards of tests/access, for the attacks that need a whole world; cheap hashes where many are made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.access.conftest import built, site
from tests.accounts.conftest import Accounts
from tests.cheap_hashes import cheaply_hashed

__all__ = ["built", "site"]


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same library at the lowest price: what is attacked here is who wins, not how long a try takes."""
    yield from cheaply_hashed(monkeypatch)


@pytest.fixture
def accounts(app: Flask) -> Accounts:
    return Accounts()
