"""`make bundle`: everything that a machine without internet needs, in one tar.

    lop-hoc-phuong-<version>/
        install.sh, PYTHON, SHA256SUMS
        wheels/       every locked run requirement, with the extras, for this Python and kind of machine
        program/      the program as it stands here: lms/, migrations/, content/, deploy/, docs/, …

The program travels as its source tree: migrations and courses stand beside the package, not inside it.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = (
    *("lms", "migrations", "content", "deploy", "docs", "requirements"),
    *("setup.cfg", "pyproject.toml", "README.md", "CHANGELOG.md"),
)
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info", ".*")
LOCK = ROOT / "requirements" / "run.txt"
OF_A_PATCH = re.compile(r" ; python_full_version [^\\\n]*\\")
SUMS = "SHA256SUMS"


def main(out: Path) -> None:
    name = f"lop-hoc-phuong-{version('lop-hoc-phuong')}"
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder) / name
        gather(top)
        fetch_wheels(top / "wheels")
        write_sums(top)
        out.mkdir(parents=True, exist_ok=True)
        made = out / f"{name}.tar"
        with tarfile.open(made, "w") as tar:
            tar.add(top, name, filter=_of_nobody)
    print(f"{made}: {made.stat().st_size // 10**6} MB, sha256 {sha256(made)}")


def gather(top: Path) -> None:
    """The program and the script that installs it; the compiled texts are part of it though no repository has them."""
    for part in PROGRAM:
        copy(ROOT / part, top / "program" / part)
    if not list((top / "program").rglob("messages.mo")):
        raise SystemExit("The texts are not compiled: make catalogues")
    shutil.copy(ROOT / "deploy" / "install-offline.sh", top / "install.sh")
    (top / "PYTHON").write_text("{}.{}\n".format(*sys.version_info[:2]))


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=LEFT_OUT)
    else:
        shutil.copy(source, target)


def fetch_wheels(into: Path) -> None:
    """Only what the lock names, by its hashes; only wheels: the machine without internet has no compiler either."""
    options = ("--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--require-hashes")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as lock:
        lock.write(for_every_patch(LOCK.read_text()))
        lock.flush()
        subprocess.run([sys.executable, "-m", "pip", "download", *options, "-r", lock.name, "-d", into], check=True)


def for_every_patch(lock: str) -> str:
    """The lock with what it asks only of some patch releases (3.11.2, not 3.11.7): the other machine may have those."""
    return OF_A_PATCH.sub(r" \\", lock)


def write_sums(top: Path) -> None:
    lines = [f"{sha256(path)}  {path.relative_to(top)}\n" for path in files_of(top)]
    (top / SUMS).write_text("".join(lines))


def files_of(top: Path) -> Iterator[Path]:
    yield from sorted(path for path in top.rglob("*") if path.is_file() and path != top / SUMS)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _of_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist")
