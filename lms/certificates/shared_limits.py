"""The brake of `limits.py`, counted for all processes and machines together in Redis (LMS_LIMITS_URL).

Where Redis does not answer each process counts for itself, as without the setting: the brake never lets go, and nobody
who holds a paper is turned away because of it.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import structlog
from flask import current_app

from lms.certificates.limits import MOST, SECONDS, Limiter
from lms.config import Settings
from lms.shared_redis import Breaker, connections
from lms.web.networks import network_of

if TYPE_CHECKING:
    from redis.commands.core import Script

log = structlog.get_logger("lms.certificates")

SLIDING_WINDOW = """
local clock = redis.call('TIME')
local now, most, span = clock[1] * 1000 + math.floor(clock[2] / 1000), tonumber(ARGV[1]), tonumber(ARGV[2])
local oldest = redis.call('LINDEX', KEYS[1], 0)
while oldest and tonumber(oldest) <= now - span do
  redis.call('LPOP', KEYS[1])
  oldest = redis.call('LINDEX', KEYS[1], 0)
end
if redis.call('LLEN', KEYS[1]) >= most then return tonumber(oldest) + span - now end
redis.call('RPUSH', KEYS[1], now)
redis.call('PEXPIRE', KEYS[1], span)
return 0
"""
"""Milliseconds to wait. One step on the server and by its clock: no two processes can count the same question."""


class Brake(Protocol):
    def wait(self, address: str) -> int:
        """0 if the question may be asked now (it is counted), else the seconds until one may be asked again."""


class SharedLimiter:
    """A `Brake` for all who share the Redis."""

    def __init__(self, url: str, most: int = MOST, seconds: float = SECONDS) -> None:
        self.url, self.most, self.seconds = url, most, seconds
        self.alone, self.breaker = Limiter(most, seconds), Breaker()

    def wait(self, address: str) -> int:
        from redis.exceptions import RedisError

        if not self.breaker.open:
            try:
                return self._ask(network_of(address))
            except RedisError as error:
                self.breaker.trip()
                log.warning("shared limits lost", error=type(error).__name__)
        return self.alone.wait(address)

    def _ask(self, network: str) -> int:
        milliseconds = self._script(keys=[f"lms:checks:{network}"], args=[self.most, int(self.seconds * 1000)])
        return math.ceil(int(milliseconds) / 1000)

    @cached_property
    def _script(self) -> Script:
        from redis import Redis

        return Redis(connection_pool=connections(self.url)).register_script(SLIDING_WINDOW)


def brake_of(settings: Settings) -> Brake:
    return SharedLimiter(settings.limits_url) if settings.limits_url else Limiter()


def brake() -> Brake:
    """That of this application, which every way to ask about a code shares."""
    kept = current_app.extensions
    if "certificate_checks" not in kept:
        kept.setdefault("certificate_checks", brake_of(kept["settings"]))
    found: Brake = kept["certificate_checks"]
    return found
