"""A course package as a folder on disk, to and from the mapping path → bytes that the room works on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lms.courses.files import faults_of_path


def read_folder(root: Path) -> dict[str, bytes]:
    """Every file below `root` by its path; files of the desktop (.DS_Store and other dot files) are left out.

    Symbolic links are not followed: a package must not bring along what lies outside it.
    """
    found = {}
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if path.is_file() and not path.is_symlink() and not any(part.startswith(".") for part in inside.parts):
            found[inside.as_posix()] = path.read_bytes()
    return found


def write_folder(root: Path, files: Mapping[str, bytes]) -> None:
    """Write a package below `root`. ValueError, before anything is written, if a path would leave it."""
    bad = [path for path in files if faults_of_path(path)]
    if bad:
        raise ValueError(f"not a path inside a package: {bad[0]!r}")
    for path, data in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
