"""What the site counts of itself for `GET /metrics`: how often and how long, never who.

One web process holds its numbers in memory. The processes of `lms serve` and its worker share theirs by files in a
folder, from which whichever is asked adds them up (prometheus-client's multiprocess mode).
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from flask import current_app
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
RESERVED = 4_000_000
"""Bytes a file, some twenty thousand series."""
KINDS = ("counter", "histogram")


class Measures:
    """`folder`: where the numbers are shared; None: this process alone has them."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder, self.registry = folder, CollectorRegistry()
        self.requests = self._counter("requests", "Requests answered.", "route", "method", "status")
        self.seconds = Histogram(
            "lms_request_seconds",
            "From a request's first line to the end of its answer.",
            ("route", "method"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.turned_away = self._counter("gate_refusals", "Requests turned away because too many were waiting.")
        self.database_errors = self._counter("database_errors", "Requests answered 503 because of the database.")
        self.submissions = self._counter("submissions", "New submissions, by what became of them at once.", "state")
        self.sign_ins_refused = self._counter("sign_in_refusals", "Tries to sign in that failed.", "reason")
        self.jobs = self._counter("job_rows", "Rows that background work brought to their end.", "kind")
        self.jobs_failed = self._counter("job_failures", "Rounds of background work that raised.", "kind")

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(f"lms_{name}", told, labels, registry=self.registry)

    def text(self) -> bytes:
        """In Prometheus' text format, of all processes that share the folder."""
        if self.folder is None:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together, path=str(self.folder))  # type: ignore[no-untyped-call]
        return generate_latest(together)


def measures() -> Measures:
    """Those of this application."""
    found: Measures = current_app.extensions["measures"]
    return found


def shared(folder: Path) -> Measures:
    """Measures of this process, beside those of others in `folder`. OSError where they find no room.

    The files are mapped into memory: a page of one that the disk turned out to have no room for would end the process,
    so the room is taken beforehand.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    for kind in KINDS:
        _reserve(folder / f"{kind}_{os.getpid()}.db")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
    return Measures(folder)


def _reserve(path: Path) -> None:
    path.unlink(missing_ok=True)  # of an earlier process with our number
    try:
        with path.open("xb") as file:
            os.posix_fallocate(file.fileno(), 0, RESERVED)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def remove_ended(folder: Path) -> None:
    """The files of processes that are no more: at the start of a server its numbers begin anew."""
    for path in folder.glob("*_*.db"):
        number = path.stem.rpartition("_")[2]
        if not number.isdigit() or not _is_running(int(number)):
            path.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(process, 0)
        except (ProcessLookupError, OverflowError):
            return False
    return True
