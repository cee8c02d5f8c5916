"""Many things, a portion at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

CHUNK = 1000
Item = TypeVar("Item")


def chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Few enough at a time for the parameters of one statement; none of none."""
    left = iter(items)
    while some := list(islice(left, CHUNK)):
        yield some
