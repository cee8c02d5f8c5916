"""Long spreadsheets: the register is written to an .xlsx as it is read, so memory does not grow with its rows."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import islice
from time import perf_counter

from benchmarks.countries import UNTIL, country, engines
from benchmarks.figures import Figure, at_most
from benchmarks.measuring import memory_growth
from lms.access import SYSTEM
from lms.db import db
from lms.people.exporting import write_people
from lms.people.register_list import Filter, everybody

SMALL, FULL = 1_000, 100_000


def run(*, full: bool) -> Iterator[Figure]:
    rows = FULL if full else SMALL
    for engine in engines():
        with country(engine, rows * 11 // 10, 1):
            _written(rows // 20)  # what is loaded once is not counted
            few, _ = _written(rows // 10)
            many, seconds = _written(rows)
            yield Figure(
                f"{engine}: {rows:,} people to .xlsx", round(rows / seconds), "people/s", note=f"{seconds:.1f} s"
            )
            yield at_most(f"{engine}: memory above a tenth of them", round(max(0.0, many - few), 1), "MiB", 30)


def _written(rows: int) -> tuple[float, float]:
    """MiB that memory rose at its highest, and seconds, as /nguoi.xlsx does it."""
    began = perf_counter()
    with memory_growth() as seen, tempfile.TemporaryFile() as file:
        write_people(file, islice(everybody(SYSTEM, Filter(), UNTIL), rows), UNTIL)
    db.session.rollback()
    return seen.growth, perf_counter() - began
