"""How often one address may ask about codes: a brake, not the lock. The lock is 80 random bits in each code.

Counted in the memory of one web process: two processes allow twice as many checks. That is still nothing against
2 ** 80 codes, and a public page that wrote a row for each question would let strangers fill the disk. With Redis the
processes and machines count together (`shared_limits.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock
from time import monotonic

from lms.web.networks import network_of

MOST = 60
SECONDS = 60.0
MOST_ADDRESSES = 10_000


class Limiter:
    """At most `most` questions in any `seconds` from one address; `wait` says for how long to come back later."""

    def __init__(self, most: int = MOST, seconds: float = SECONDS, clock: Callable[[], float] = monotonic) -> None:
        self.most, self.seconds, self.clock = most, seconds, clock
        self._asked: dict[str, deque[float]] = {}
        self._lock = Lock()

    def wait(self, address: str) -> int:
        """0 if the question may be asked now (it is counted), else the seconds until one may be asked again."""
        now, network = self.clock(), network_of(address)
        with self._lock:
            asked = self._asked.pop(network, deque())
            while asked and asked[0] <= now - self.seconds:
                asked.popleft()
            self._asked[network] = asked  # put back last: the first ones are those not seen for longest
            self._forget_the_oldest()
            if len(asked) >= self.most:
                return int(asked[0] + self.seconds - now) + 1
            asked.append(now)
            return 0

    def _forget_the_oldest(self) -> None:
        while len(self._asked) > MOST_ADDRESSES:
            del self._asked[next(iter(self._asked))]
