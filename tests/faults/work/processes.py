"""A real `lms worker`, killed when its block ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.site import Site


@contextmanager
def worker(site: Site) -> Iterator[subprocess.Popen[bytes]]:
    """It at once looks for what waits, and does so again every minute."""
    with (site.folder / "worker.log").open("ab") as log:
        running = subprocess.Popen([sys.executable, "-m", "lms.cli", "worker"], env=site.env, stdout=log, stderr=log)
    try:
        yield running
    finally:
        running.kill()
        running.wait()
