"""Learners who read and listen: each opens a page or a part of a recording, thinks, opens the next."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from time import perf_counter
from typing import NamedTuple

from benchmarks.driving import Connection, Driven, request
from benchmarks.sites import RECORDING

PART = 256 * 1024
"""Bytes of a recording that a player asks for at a time."""


class Opened(NamedTuple):
    """`first`: the byte with which the part of a file begins; None for a page, which comes whole."""

    path: str
    first: int | None = None

    def asked(self, cookie: str) -> bytes:
        part = {} if self.first is None else {"Range": f"bytes={self.first}-{self.first + PART - 1}"}
        return request(self.path, cookie, headers=part)

    @property
    def expected(self) -> int:
        return 200 if self.first is None else 206


LISTENING = f"/khoa-hoc/k1/tep/{sha256(RECORDING).hexdigest()}"
PAGES = (
    Opened("/viec-cua-toi"),
    Opened("/khoa-hoc/k1"),
    Opened("/khoa-hoc/k1/phan/1"),
    *(Opened(f"/khoa-hoc/k1/bai/{number}") for number in range(1, 5)),
    *(Opened(LISTENING, first) for first in (0, PART)),
)


@contextmanager
def browsing(port: int, cookies: Sequence[str], think: float) -> Iterator[Driven]:
    """As many learners as cookies, for as long as the block runs. `think`: seconds between two pages, on average."""
    found, done = Driven(), threading.Event()
    threads = [
        threading.Thread(target=_read, args=(port, cookie, think, found, done), daemon=True) for cookie in cookies
    ]
    began = perf_counter()
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        done.set()
        for thread in threads:
            thread.join()
        found.wall = perf_counter() - began


def _read(port: int, cookie: str, think: float, found: Driven, done: threading.Event) -> None:
    connection, rng = Connection(port), random.Random(cookie)
    while not done.wait(rng.uniform(0, 2 * think)):
        opened = rng.choice(PAGES)
        asked = opened.asked(cookie)
        began = perf_counter()
        status, _ = connection.ask(asked)
        found.note(status, perf_counter() - began, opened.expected)
    connection.close()
