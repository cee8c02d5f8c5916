"""Many papers are printed by processes of their own: the same files, the same reasons, and nothing left running."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from lms.certificates import bulk, tasks
from lms.certificates.paper import paper_from_json
from lms.certificates.pdf import PdfLibrariesMissing, render_pdf
from lms.storage.files import storage
from tests.certificates.people import certified, learner, one
from tests.factories import Make
from tests.faults.site import alive, children, wait_for

POOL = """
from lms.certificates.bulk import _prepare
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
import os, time
if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=_prepare)
    print(pool.submit(os.getpid).result(), flush=True)
    time.sleep(60)
"""


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three are many."""
    monkeypatch.setattr(bulk, "FEW", 3)
    monkeypatch.setattr(bulk.os, "cpu_count", lambda: 2)


def test_others_print_what_this_process_would(app: Flask, make: Make, many: None) -> None:
    good = [certified(learner(make, name)) for name in ("Huỳnh Thị Út", "Kim Sa Rinh")]
    bad = certified(learner(make, "สมชาย Mẫu"))
    assert tasks.make_missing_files() == 2
    for certificate in good:
        row = one(certificate.id)
        assert row.pdf_key is not None
        printed = render_pdf(paper_from_json(row.paper), made_on=row.recorded_at)
        assert storage().read(row.pdf_key) == printed
    assert (one(bad.id).pdf_fault or "").startswith("letters: ช")
    wait_for(lambda: not _printers(), 10, "the printing processes have ended")


def test_few_are_printed_here(app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "ProcessPoolExecutor", None)
    certified(learner(make))
    assert tasks.make_missing_files() == 1


def test_a_printer_ends_with_the_worker_that_is_killed() -> None:
    worker = subprocess.Popen([sys.executable, "-c", POOL], stdout=subprocess.PIPE, start_new_session=True)
    assert worker.stdout is not None
    printer = int(worker.stdout.readline())
    assert alive(printer)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    wait_for(lambda: not alive(printer), 10, "the printer has ended")


def test_where_nobody_may_step_back_papers_are_printed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some containers and services forbid it; a printer that cannot begin would end all the others."""

    def forbidden(by: int) -> int:
        raise PermissionError

    parents: list[int] = []
    monkeypatch.setattr(bulk.os, "nice", forbidden)
    monkeypatch.setattr(bulk, "parent_process", lambda: SimpleNamespace(pid=1))
    monkeypatch.setattr(bulk, "end_with", parents.append)
    bulk._prepare()
    assert parents == [1]


def test_missing_libraries_are_told_across_processes() -> None:
    told = pickle.loads(pickle.dumps(PdfLibrariesMissing()))
    assert isinstance(told, PdfLibrariesMissing)
    assert "apt-get install" in str(told)


def _printers() -> list[int]:
    """Children of this process that are pools' (spawned, not yet ended)."""
    return [pid for pid in children(os.getpid()) if "spawn_main" in _command(pid)]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
