"""Redis (or Valkey), where processes and machines share what may be lost: nudges, and counts of a minute.

Nothing that must last is kept there, and no request waits long for it: what does not answer is left alone for a while.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis import ConnectionPool

CONNECT_WITHIN, ANSWER_WITHIN = 0.5, 2.0
LEFT_ALONE = 5.0
"""Seconds."""


def connections(url: str) -> ConnectionPool:
    """Made when first used; a connection that died since its last use is replaced once without a word."""
    from redis import ConnectionPool
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return ConnectionPool.from_url(
        url,
        socket_connect_timeout=CONNECT_WITHIN,
        socket_timeout=ANSWER_WITHIN,
        health_check_interval=30,
        retry=Retry(NoBackoff(), 1),
    )


class Breaker:
    """After a failure `open` is true for some seconds: whoever is in a hurry does not try again in that time."""

    def __init__(self, seconds: float = LEFT_ALONE, clock: Callable[[], float] = monotonic) -> None:
        self.seconds, self.clock = seconds, clock
        self._until = clock()

    @property
    def open(self) -> bool:
        return self.clock() < self._until

    def trip(self) -> None:
        self._until = self.clock() + self.seconds
