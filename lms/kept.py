"""What a process reads once and keeps: some of what was asked for. Whoever keeps a value sees that it still holds.

Several threads ask at a time. A value is handed over, never looked up again: another thread may have emptied all since.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from flask import current_app


class Kept:
    """key → value, of at most `most`: when there are more, all are let go and come again as they are asked for."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._values: dict[Hashable, Any] = {}

    def get(self, key: Hashable) -> Any:
        """None if it is not kept."""
        return self._values.get(key)

    def put(self, key: Hashable, value: Any) -> Any:
        """Keep and return it."""
        if len(self._values) >= self.most and key not in self._values:
            self._values.clear()
        self._values[key] = value
        return value

    def or_make(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The value of a key, made if it is not kept; two threads at once may both make it."""
        value = self._values.get(key)
        return self.put(key, make()) if value is None else value


def kept(name: str, most: int) -> Kept:
    """What the application keeps under this name ("room: what"), in this process; the first to ask says how much."""
    found: Kept = current_app.extensions.setdefault(f"lms.kept.{name}", Kept(most))
    return found
