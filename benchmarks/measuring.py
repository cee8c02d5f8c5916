"""Measuring: times of a first and of warm runs, percentiles, and the memory that a process takes more than before."""

from __future__ import annotations

import gc
import math
import statistics
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter


@dataclass(frozen=True)
class Times:
    """In milliseconds. `first` is the run before the warm ones: caches of the process and the database are cold."""

    first: float
    warm: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.warm)

    @property
    def p95(self) -> float:
        return percentile(self.warm, 95)

    @property
    def note(self) -> str:
        return f"first {self.first:.0f} ms, {len(self.warm)} warm from {min(self.warm):.0f} to {max(self.warm):.0f} ms"


def times(work: Callable[[], object], runs: int = 9) -> Times:
    """`work` once, then `runs` times."""
    first, *warm = [_milliseconds(work) for _ in range(runs + 1)]
    return Times(first, tuple(warm))


def percentile(values: Sequence[float], percent: float) -> float:
    """Nearest rank: the smallest value that at least `percent` of all do not exceed."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


class Memory:
    """`growth`: MiB by which the resident set of this process rose above its start, at its highest."""

    growth = 0.0


@contextmanager
def memory_growth(every: float = 0.01) -> Iterator[Memory]:
    """Watch the resident set of this process from another thread, every `every` seconds."""
    gc.collect()
    seen, before, done = Memory(), resident_mib(), threading.Event()

    def watch() -> None:
        while not done.wait(every):
            seen.growth = max(seen.growth, resident_mib() - before)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        seen.growth = max(seen.growth, resident_mib() - before)
        done.set()
        watcher.join()


def resident_mib() -> float:
    """Of this process, from /proc (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not say how much memory a process takes")


def _milliseconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000
