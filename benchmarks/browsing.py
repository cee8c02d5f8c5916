"""Learners who read: each opens a page, thinks, opens the next, over a connection of their own."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

from benchmarks.driving import Connection, Driven, request

PAGES = (
    "/viec-cua-toi",
    "/khoa-hoc/k1",
    "/khoa-hoc/k1/phan/1",
    *(f"/khoa-hoc/k1/bai/{number}" for number in range(1, 5)),
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
        asked = request(rng.choice(PAGES), cookie)
        began = perf_counter()
        status, _ = connection.ask(asked)
        found.note(status, perf_counter() - began, 200)
    connection.close()
