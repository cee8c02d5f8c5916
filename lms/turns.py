"""Whose turn it is to write: SQLite lets one write at a time, and keeps no queue.

Who finds it busy tries again after naps that grow to 100 ms, and whoever asks in the right moment comes first: beside a
busy process a second one waits for seconds. Here they queue, threads and processes alike, and the next one begins as
soon as the last has committed. The kernel lets go of the locks of a process that dies.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NAP = 0.0005
ENDS = ("-next", "-turn")
"""What the names of the two files beside the database end in."""


class Turns:
    """The queue at one SQLite file. Two locks: who holds `-next` waits for `-turn`, so nobody is overtaken twice."""

    def __init__(self, database: Path) -> None:
        self._threads = threading.Lock()
        self._next, self._turn = (Path(f"{database}{end}") for end in ENDS)

    @contextmanager
    def take(self, seconds: float) -> Iterator[None]:
        """One's turn, or after `seconds` none: then SQLite itself says that it is busy."""
        until = time.monotonic() + seconds
        if not self._threads.acquire(timeout=seconds):
            yield
            return
        try:
            with self._taken(until):
                yield
        finally:
            self._threads.release()

    @contextmanager
    def _taken(self, until: float) -> Iterator[None]:
        with _locked(self._turn) as turn:
            with _locked(self._next) as place:
                _wait(place, until)
                _wait(turn, until)
            yield


@contextmanager
def _locked(path: Path) -> Iterator[int | None]:
    """A file to lock, unlocked again with the block; None where no file can be made (a full or read-only disk)."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        yield None
        return
    try:
        yield file
    finally:
        os.close(file)


def _wait(file: int | None, until: float) -> None:
    while file is not None and time.monotonic() < until:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(NAP)
