"""The demo as its visitor starts it, served for real in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90


@dataclass(frozen=True)
class Site:
    """`accounts`: what `lms demo --json` listed."""

    url: str
    folder: Path
    accounts: list[dict[str, Any]]

    def lms(self, command: str) -> subprocess.CompletedProcess[str]:
        """A command as the contract writes it: "lms record show …"."""
        name, *words = command.split()
        assert name == "lms"
        return _lms(self.folder, *words)

    def account(self, capability: str, state: str = "") -> dict[str, Any]:
        """The one that the sign-in page shows: of learners, those whom the manager shown sees move the figure."""
        wanted = (capability, state, True)
        return next(one for one in self.accounts if (one["capability"], one["state"], one["main"]) == wanted)


def environment(folder: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    return ours | {"LMS_INSTANCE_DIR": str(folder)}


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Without a worker: nothing here waits for the files of certificates."""
    made = _lms(folder, "demo", "--no-serve", "--json", "--staff", "80")
    assert made.returncode == 0, made.stderr
    port = free_port()
    serve = [sys.executable, "-m", "lms.cli", "serve", "--port", str(port), "--workers", "1", "--no-worker"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(serve, cwd=ROOT, env=environment(folder), stdout=log, stderr=log)
        try:
            site = Site(f"http://127.0.0.1:{port}", folder, json.loads(made.stdout))
            _wait(process, f"{site.url}/readyz")
            yield site
        finally:
            process.terminate()
            process.wait(timeout=60)


def _lms(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lms.cli", *words],
        cwd=ROOT, env=environment(folder), capture_output=True, text=True, check=False,
    )  # fmt: skip


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended before it answered"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within {PATIENCE} s")
