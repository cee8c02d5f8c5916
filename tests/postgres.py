"""A throw-away PostgreSQL cluster for the tests, run by an ordinary user; nothing to set up by hand."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.ports import free_port

ROOM_IN_MEMORY = 3 * 2**30


def binaries() -> Path | None:
    """Where initdb and pg_ctl are, or None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


class Cluster:
    """`start()` makes and starts it (about two seconds); `stop()` ends it and removes its folder.

    The tests' own is quick and would lose everything with the power; a `durable` one keeps what it acknowledged, and is
    there for tests that kill it: `down()` or kill -9 on `pid()`, then `up()`.
    """

    def __init__(self, bin_dir: Path, *, durable: bool = False, root: Path | None = None) -> None:
        self.bin = bin_dir
        self.root = root or Path(tempfile.mkdtemp(prefix="lms-pg-", dir="/tmp" if durable else _quick_folder()))
        self.data = self.root / "data"
        self.port = free_port()
        self.durable = durable

    def start(self) -> str:
        self._own()
        self._run("initdb", "-D", str(self.data), "-U", "lms", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.up()
        return f"postgresql+psycopg://lms@127.0.0.1:{self.port}"

    def up(self) -> None:
        """Start the server on the folder as it is and wait until it answers; CalledProcessError if it does not."""
        options = f"-p {self.port} -k {self.root} -c listen_addresses=127.0.0.1 -c max_connections=200"
        options += " -c shared_buffers=64MB"
        if not self.durable:
            options += " -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_wal_size=256MB"
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.root / "log"), "-o", options, "start")

    def down(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "stop")

    def pid(self) -> int:
        """Of the postmaster; FileNotFoundError while there is none."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):  # killed by a test and not up again
            self.down("immediate")
        shutil.rmtree(self.root, ignore_errors=True)

    def _own(self) -> None:
        """PostgreSQL refuses to run as root: a root run hands the folder to an ordinary user."""
        if os.geteuid() == 0:
            user = _ordinary_user()
            os.chown(self.root, user.pw_uid, user.pw_gid)

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(self.bin / name), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", _ordinary_user().pw_name, "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, cwd=self.root)


def _quick_folder() -> str:
    """In memory where there is plenty: a database for a test is made there in a tenth of the time."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > ROOM_IN_MEMORY else "/tmp"


def _ordinary_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no ordinary user to run PostgreSQL as")
