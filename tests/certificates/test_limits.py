"""The brake on guessing codes."""

from __future__ import annotations

import pytest

from lms.certificates import limits
from lms.certificates.limits import Limiter
from lms.web.networks import network_of


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.attack("S37")
def test_sixty_a_minute_from_one_address_and_no_more() -> None:
    clock = Clock()
    limiter = Limiter(clock=clock)
    for _ in range(60):
        assert limiter.wait("10.0.0.1") == 0
        clock.now += 0.5
    wait = limiter.wait("10.0.0.1")
    assert 0 < wait <= 31
    assert limiter.wait("10.0.0.2") == 0
    clock.now += wait
    assert limiter.wait("10.0.0.1") == 0


def test_being_told_to_wait_does_not_make_the_wait_longer() -> None:
    clock = Clock()
    limiter = Limiter(most=1, clock=clock)
    limiter.wait("10.0.0.1")
    for _ in range(50):
        limiter.wait("10.0.0.1")
        clock.now += 1
    clock.now += 10.1
    assert limiter.wait("10.0.0.1") == 0


def test_memory_stays_bounded_and_forgets_the_longest_unseen() -> None:
    limiter = Limiter(most=1)
    for number in range(limits.MOST_ADDRESSES + 10):
        limiter.wait(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(limiter._asked) == limits.MOST_ADDRESSES


def test_a_whole_ipv6_line_counts_as_one() -> None:
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert network_of("::ffff:10.0.0.1") == network_of("10.0.0.1")
    assert network_of("unix:") == "unix:"
