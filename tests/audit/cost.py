"""What the chain costs: the same writes with and without `seal`, in turns. Run: python -m tests.audit.cost

A write is what a submission of 20 answers does to the database, by its number of rows: 21 rows, one audit entry.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Flask

from lms import create_app
from lms.audit import operations as audit
from lms.db import db
from lms.jobs.models import Job
from tests import databases

WRITERS, WRITES, ROWS, ROUNDS = 8, 25, 21, 5


def per_second(app: Flask) -> float:
    def write(writer: int) -> None:
        with app.app_context():
            for turn in range(WRITES):
                with db.write() as session:
                    session.add_all([Job(kind="cost", subject=f"{writer}/{turn}/{row}") for row in range(ROWS)])
                    audit.record("test.done", f"test:{writer}", state="accepted", turn=turn)

    start = time.perf_counter()
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    return WRITERS * WRITES / (time.perf_counter() - start)


def measure(url: str, folder: Path) -> str:
    app = create_app(databases.settings_for(url, folder))
    bare, chained = [], []
    per_second(app)
    for _ in range(ROUNDS):
        db.finishers[:] = [audit.forget_pending]
        bare.append(per_second(app))
        db.finishers[:] = [audit.seal]
        chained.append(per_second(app))
    without, with_chain = statistics.median(bare), statistics.median(chained)
    cost = 100 * (1 - with_chain / without)
    return f"{url.split(':')[0]}: {without:.0f}/s without, {with_chain:.0f}/s with the chain: {cost:.0f} % less"


def main() -> None:
    made = databases.Databases()
    made.start()
    try:
        folder = Path(tempfile.mkdtemp(dir=made.root))
        urls = [databases.new_sqlite(folder)] + ([databases.new_postgres()] if "LMS_TEST_PG" in os.environ else [])
        for url in urls:
            print(measure(url, folder))
    finally:
        made.stop()


if __name__ == "__main__":
    main()
