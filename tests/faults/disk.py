"""A disk of a few megabytes that can be filled to the last byte and given back."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

BLOCK = b"\0" * 4096


@dataclass(frozen=True)
class Disk:
    path: Path

    @property
    def balloon(self) -> Path:
        return self.path / "balloon"

    def fill(self) -> None:
        """Until not one block more can be written."""
        with self.balloon.open("ab", buffering=0) as balloon:
            while True:
                try:
                    balloon.write(BLOCK)
                except OSError:
                    return

    def free(self) -> None:
        self.balloon.unlink()


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[Disk]:
    """Mounted at `path`. Skips where nothing can be mounted: that needs root, and a container that may."""
    path.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "tmpfs", str(path)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here: it needs root and the right to mount")
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
