"""What the chain costs of the load that it stands in: learners hand in 20 answers each by the real operation, which
stores, scores and issues certificates, with the chain and without it in alternating blocks. Run:

    python -m tests.audit.cost [--blocks 12] [--papers 60] [--threads 4] [--profile]

Both kinds of block do everything but `seal`, so that other load on the machine and the growing tables weigh on both.
Seconds are of the wall and of this process' CPU (SQLite: all of it; PostgreSQL: without the server's part).
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from lms import create_app
from lms.audit import operations as audit
from lms.db import db
from tests import databases
from tests.faults.seeding import Paper, seed
from tests.faults.work.writers import hand_in, prepared

BARE, CHAINED = [audit.forget_pending], [audit.seal]


@dataclass(frozen=True)
class Block:
    """Seconds of one block."""

    wall: float
    cpu: float


def run(app: Flask, papers: list[Paper], threads: int) -> Block:
    waiting = prepared(papers)

    def work(_number: int) -> None:
        with app.app_context():
            while waiting:
                try:
                    paper, sent = waiting.pop()
                except IndexError:  # another thread was quicker
                    return
                hand_in(paper, sent)

    wall, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    return Block(time.perf_counter() - wall, time.process_time() - cpu)


def pairs(app: Flask, blocks: int, papers: int, threads: int) -> Iterator[tuple[Block, Block]]:
    """(without, with), the two in turns first; a pair that warms up is left out."""
    for number in range(blocks + 1):
        halves = [seed(app, papers), seed(app, papers)]
        kinds = [BARE, CHAINED] if number % 2 else [CHAINED, BARE]
        done = {}
        for finishers, half in zip(kinds, halves, strict=True):
            db.finishers[:] = finishers
            done[finishers is CHAINED] = run(app, half, threads)
        if number:
            yield done[False], done[True]


def measure(url: str, folder: Path, blocks: int, papers: int, threads: int) -> str:
    """One line: how much longer a block takes with the chain (median of the pairs, and the middle half of them)."""
    app = create_app(databases.settings_for(url, folder))
    found = list(pairs(app, blocks, papers, threads))
    rate = papers / statistics.median(pair[1].wall for pair in found)
    wall, cpu = (_more(found, of) for of in (lambda block: block.wall, lambda block: block.cpu))
    return f"{url.split(':')[0]}: {rate:.0f} submissions/s with the chain, which adds {wall} of wall, {cpu} of CPU"


def _more(found: list[tuple[Block, Block]], of: Callable[[Block], float]) -> str:
    shares = sorted(100 * (of(chained) / of(bare) - 1) for bare, chained in found)
    low, middle, high = statistics.quantiles(shares, n=4) if len(shares) > 1 else shares * 3
    return f"{middle:.1f} % ({low:.1f}–{high:.1f})"


def profile(url: str, folder: Path, papers: int) -> None:
    """Where the time of `seal` goes, in one thread."""
    app = create_app(databases.settings_for(url, folder))
    run(app, seed(app, papers), 1)
    db.finishers[:] = CHAINED
    profiler, waiting = cProfile.Profile(), prepared(seed(app, papers))
    with app.app_context():
        profiler.enable()
        for paper, sent in waiting:
            hand_in(paper, sent)
        profiler.disable()
    pstats.Stats(profiler).sort_stats("cumulative").print_callees(r"operations.py:\d+\(seal\)")
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(r"\((seal|hand_in|canonical|_row|write)\)")


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--blocks", type=int, default=12)
    asked.add_argument("--papers", type=int, default=60)
    asked.add_argument("--threads", type=int, default=4)
    asked.add_argument("--profile", action="store_true")
    given = asked.parse_args()
    made = databases.Databases()
    made.start()
    try:
        folder = Path(tempfile.mkdtemp(dir=made.root))
        urls = [databases.new_sqlite(folder)] + ([databases.new_postgres()] if "LMS_TEST_PG" in os.environ else [])
        for url in urls:
            if given.profile:
                profile(url, folder, given.papers)
            else:
                print(measure(url, folder, given.blocks, given.papers, given.threads), flush=True)
    finally:
        made.stop()


if __name__ == "__main__":
    main()
