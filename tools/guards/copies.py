"""Copies of the tree to change in: the tree itself is never touched."""

from __future__ import annotations

import compileall
import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from py_compile import PycInvalidationMode

from tools.guards.reading import ROOT, Guard

LEFT_OUT = (".*", "__pycache__", "*.egg-info", "instance", "build", "dist", "shots")


def make(folder: Path) -> Path:
    """A copy of the tree in `folder`, compiled so that a changed file is never taken for its old self.

    Python otherwise goes by a file's size and its time in whole seconds, and `FEW = 1` is as long as `FEW = 5`.
    """
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    for part in ("lms", "tests"):
        compileall.compile_dir(folder / part, quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    return folder


@contextlib.contextmanager
def without(guard: Guard, tree: Path) -> Iterator[None]:
    """Within it the guard is gone from this copy. Raises Wrong where its text is not found."""
    path = tree / guard.file
    whole = path.read_text(encoding="utf-8") if path.is_file() else ""
    path.write_text(guard.changed(whole), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(whole, encoding="utf-8")
