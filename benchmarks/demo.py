"""`lms demo` when its people are there already: how long until the first page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import perf_counter

from benchmarks.driving import Connection, request
from benchmarks.figures import Figure, at_most
from tests.faults.site import wait_for
from tests.ports import free_port

SMALL, FULL = (90, 1), (900, 5)
"""People, and how often it is started again."""


def run(*, full: bool) -> Iterator[Figure]:
    staff, times = FULL if full else SMALL
    folder = Path(tempfile.mkdtemp(prefix="lms-bench-"))
    try:
        yield Figure("first start, without serving", round(_build(folder, staff), 1), "s", note=f"about {staff} people")
        seconds = [_second_start(folder) for _ in range(times)]
        yield at_most("second start to the first page", round(max(seconds), 2), "s", 3, f"longest of {times}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _build(folder: Path, staff: int) -> float:
    began = perf_counter()
    command = [*_demo(), "--no-serve", "--staff", str(staff)]
    subprocess.run(command, env=_environment(folder), check=True, capture_output=True)
    return perf_counter() - began


def _second_start(folder: Path) -> float:
    port, began = free_port(), perf_counter()
    command = [*_demo(), "--port", str(port)]
    with subprocess.Popen(
        command, env=_environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as it:
        try:
            wait_for(lambda: Connection(port).ask(request("/dang-nhap"))[0] == 200, 60, "the demo's first page")
            return perf_counter() - began
        finally:
            it.terminate()


def _demo() -> list[str]:
    return [sys.executable, "-m", "lms.cli", "demo"]


def _environment(folder: Path) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    return kept | {"LMS_INSTANCE_DIR": str(folder)}
