"""The chain as arithmetic: what an entry's hash covers. Changing anything here breaks every chain ever written."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

GENESIS = "0" * 64

KEPT_FOREVER = ("achievement", "attempt", "certificate", "question_version")
"""Tables of other rooms whose rows nobody ever removes, retention neither: a checkpoint counts them."""


def canonical(value: Any) -> str:
    """One text for one value: sorted keys, no spaces, dates and decimals as text."""
    return _ENCODER.encode(value)


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"cannot be audited: {type(value).__name__}")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def entry_hash(prev: str, entry: dict[str, Any]) -> str:
    """`entry`: seq, at (ISO, UTC), actor, action, subject, fields (sorted names), details_sha256."""
    return sha256(prev + canonical(entry))
