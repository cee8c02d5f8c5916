"""How often one address may ask about codes: a brake, not the lock. The lock is 80 random bits in each code.

Counted in the memory of one web process: two processes allow twice as many checks. That is still nothing against
2 ** 80 codes, and a public page that wrote a row for each question would let strangers fill the disk.
"""

from __future__ import annotations

import ipaddress
from collections import deque
from collections.abc import Callable
from threading import Lock
from time import monotonic

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


def network_of(address: str) -> str:
    """IPv4 as it is; of IPv6 the first 64 bits, since one line has all the addresses behind them."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)
