from __future__ import annotations

from tests.attacks.conftest import accounts, cheap_hashes

__all__ = ["accounts", "cheap_hashes"]
