"""The demo, built once and copied for each run, so that a walk through the site leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BUILT = Path(os.environ.get("LMS_SHOTS_INSTANCE", ROOT / "instance" / "shots"))
PORT = 8033
SITE = f"http://127.0.0.1:{PORT}"

Account = dict[str, Any]


@contextmanager
def demo_site() -> Iterator[list[Account]]:
    """The demo on a port and in a folder of its own; gives its accounts."""
    _demo(BUILT, "--no-serve")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "demo"
        shutil.copytree(BUILT, copy)
        accounts = json.loads(_demo(copy, "--no-serve", "--json"))
        server = subprocess.Popen(
            [sys.executable, "-m", "lms.cli", "demo", "--port", str(PORT)],
            env=_environment(copy), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
        )  # fmt: skip
        try:
            _wait()
            yield accounts
        finally:
            server.terminate()
            server.wait(timeout=30)


def _demo(folder: Path, *options: str) -> str:
    command = [sys.executable, "-m", "lms.cli", "demo", "--port", str(PORT), *options]
    return subprocess.run(
        command, env=_environment(folder), check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ).stdout


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {"LMS_INSTANCE_DIR": str(folder)}


def _wait() -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{SITE}/healthz", timeout=2)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("the demo did not start")
