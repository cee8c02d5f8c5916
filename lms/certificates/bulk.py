"""Printing many papers on every core. Pango bears one thread at a time, so it takes processes."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from datetime import datetime
from multiprocessing import get_context, parent_process
from typing import NamedTuple

from lms.certificates.paper import CertificatePaper
from lms.certificates.pdf import render_pdf
from lms.processes import end_with

FEW = 40
"""Below that, one process is done before others have read fonts and style sheet."""
AHEAD = 4
"""Papers for each process that are printed, or being printed, and not yet kept: memory stays flat."""


class Job(NamedTuple):
    paper: CertificatePaper
    made_on: datetime


Printed = Callable[[], bytes]
"""The file, as soon as it is there; raises what `render_pdf` raised in the other process."""


def printed_ahead(ids: Sequence[int], job: Callable[[int], Job | None]) -> Iterator[tuple[int, Printed | None]]:
    """Each certificate in turn, with what other processes print of it; None where nobody does it ahead.

    `job`: what is to be printed of one, None if nothing is. It is asked a little before its turn comes.
    """
    cores = os.cpu_count() or 1
    if len(ids) < FEW or cores == 1:
        yield from ((certificate_id, None) for certificate_id in ids)
        return
    pool = ProcessPoolExecutor(cores, get_context("spawn"), initializer=_prepare)
    try:
        yield from _ahead(((one, _begun(pool, job(one))) for one in ids), AHEAD * cores)
    finally:
        pool.shutdown(cancel_futures=True)


def _begun(pool: ProcessPoolExecutor, job: Job | None) -> Future[bytes] | None:
    return None if job is None else pool.submit(render_pdf, job.paper, made_on=job.made_on)


def _ahead(begun: Iterable[tuple[int, Future[bytes] | None]], most: int) -> Iterator[tuple[int, Printed | None]]:
    waiting: deque[tuple[int, Printed | None]] = deque()
    for certificate_id, future in begun:
        waiting.append((certificate_id, future.result if future else None))
        if len(waiting) == most:
            yield waiting.popleft()
    yield from waiting


def _prepare() -> None:
    """Pages go before papers, where a service may step back at all. And a worker that is killed cannot end its
    processes."""
    with suppress(PermissionError):
        os.nice(19)
    parent = parent_process()
    assert parent is not None and parent.pid is not None
    end_with(parent.pid)
