"""Submissions at a steady rate from many threads, while a test does something to the site."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from tests.faults.client import Client, Sent, prepare
from tests.faults.seeding import Paper

THREADS = 24
PATIENCE = 900.0
"""Longer than anybody keeps killing: a device tries until it is answered, however often it met a site just down."""


class Load:
    """Hands in `papers`, one every 1/`rate` s (as fast as the threads can for 0); late ones are not left out."""

    def __init__(
        self, client: Client, papers: Sequence[Paper], rate: float, *, threads: int = THREADS, patience: float = 60.0
    ) -> None:
        self.client, self.papers, self.rate, self.patience = client, papers, rate, patience
        rng = random.Random(len(papers))
        self.sent: list[Sent] = [prepare(paper, rng, faultless=place == 0) for place, paper in enumerate(papers)]
        self._next, self._lock, self._stopped = 0, threading.Lock(), False
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]
        self.began = self.ended = 0.0

    def start(self) -> Load:
        self.began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def join(self) -> Load:
        """Wait until every paper was handed in."""
        for thread in self._threads:
            thread.join()
        self.ended = time.monotonic()
        return self

    def stop(self) -> Load:
        """Hand in no further paper; those under way come to their end."""
        self._stopped = True
        return self.join()

    @property
    def under_way(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    @property
    def acknowledged(self) -> list[Sent]:
        return [sent for sent in self.sent if sent.acknowledged]

    @property
    def tries(self) -> Counter[int]:
        return tries_of(self.sent)

    @property
    def rate_reached(self) -> float:
        """Acknowledged a second over the whole run."""
        return len(self.acknowledged) / (self.ended - self.began)

    def quantile(self, share: float) -> float:
        """Seconds within which `share` of the acknowledged were answered in their last try."""
        seconds = sorted(sent.seconds for sent in self.acknowledged)
        return seconds[min(len(seconds) - 1, int(len(seconds) * share))]

    def _work(self) -> None:
        while (place := self._take()) is not None:
            if self.rate:
                time.sleep(max(0.0, self.began + place / self.rate - time.monotonic()))
            self.client.hand_in(self.sent[place], self.papers[place].cookie, patience=self.patience)

    def _take(self) -> int | None:
        with self._lock:
            if self._stopped or self._next == len(self.papers):
                return None
            self._next += 1
            return self._next - 1


def tries_of(sent: Iterable[Sent]) -> Counter[int]:
    """status (0: no answer) → how many tries ended so."""
    return sum((one.tries for one in sent), Counter())


@contextmanager
def under_load(port: int, papers: Sequence[Paper], rate: float = 20.0) -> Iterator[Load]:
    """Load for as long as the block runs, and until all that was begun is answered."""
    load = Load(Client(port), papers, rate, patience=PATIENCE).start()
    try:
        yield load
    finally:
        load.stop()
