"""A machine of its own for one test: this one's files under a layer in memory, its own systemd, and no network.

What it writes stays in its layer. Its mounts belong to a namespace that ends with its processes, and those end with
the test, however that ends: of this machine nothing is changed.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.faults.site import alive, children, kill, wait_for

LAYER = """
set -eu
mount -t tmpfs -o mode=755 machine "$1"
mkdir "$1/layer" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/layer,workdir=$1/work" machine "$1/root"
"""
BOOT = f"""{LAYER}
mkdir -p /run/systemd/nspawn && mount -t tmpfs nspawn /run/systemd/nspawn
for group in "/sys/fs/cgroup/systemd/$2" "/sys/fs/cgroup/unified/$2"; do  # of version 1, where no systemd keeps them
  ! mkdir "$group" 2>&- || echo $$ > "$group/cgroup.procs"
done
cd "$1/root"
rm -rf etc/systemd/system/*.wants opt/lms var/lib/lms var/backups/lms  # in the layer: what else starts here, or is here
tr -d - < /proc/sys/kernel/random/uuid > etc/machine-id
shift 2
again=133  # what nspawn ends with when the machine asks to be started again
while [ $again = 133 ]; do
  again=0
  setpriv --pdeathsig TERM systemd-nspawn --directory=. "$@" || again=$?  # TERM: it lets the machine shut down
done
"""
TOOLS = ("systemd-nspawn", "unshare", "nsenter", "setpriv")
PYTHON = "python{}.{}".format(*sys.version_info[:2])
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NETWORK = 0x40000000  # CLONE_NEWNET
UP = ("running", "degraded")
"""Degraded: some unit of Debian's own that a container cannot have."""


def left_out(folder: Path) -> str:
    """Why there can be no such machine here; empty if there can."""
    if os.geteuid() != 0:
        return "LEFT OUT: a machine with its own systemd is started by root alone"
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        return f"LEFT OUT: {', '.join(missing)} not installed (apt-get install systemd-container)"
    if shutil.which(PYTHON, path=PATH) is None:
        return f"LEFT OUT: the system itself has no {PYTHON}"
    if subprocess.run(_mounting(LAYER, folder), capture_output=True, check=False).returncode:
        return "LEFT OUT: an overlay cannot be mounted here"
    return ""


def _mounting(script: str, *words: object) -> list[str]:
    """The script with mounts that nobody else sees, ended when this process ends."""
    return ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "sh", "-c", script, "machine", *map(str, words)]


class Machine:
    """It is up when made. `folder` becomes empty again when it is closed."""

    def __init__(self, folder: Path) -> None:
        self.group = f"lms-machine-{os.getpid()}"
        options = ["--boot", "--machine=lms-machine", "--register=no", "--private-network", "--link-journal=no"]
        if not Path("/run/systemd/system").exists():
            options.append("--keep-unit")  # no systemd out here that could be asked for a unit
        with folder.with_suffix(".log").open("wb") as log:
            command = _mounting(BOOT, folder, self.group, *options)
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.first = 0
        try:
            self._wait()
        except BaseException:
            self.close()
            raise

    def _wait(self) -> None:
        """Until another first process than before has started everything."""
        wait_for(lambda: self._pids()[-1] != self.first and self._is_systemd(), 60, "the machine starts")
        self.first = self._pids()[-1]
        wait_for(lambda: self.run("systemctl is-system-running", fails=True).strip() in UP, 120, "the machine is up")

    def _pids(self) -> list[int]:
        """The shell that mounted, nspawn, and systemd, as far as they are there."""
        pids = [self.process.pid]
        while len(pids) < 3 and (found := children(pids[-1])):
            pids.append(found[0])
        return pids

    def _is_systemd(self) -> bool:
        pids = self._pids()
        with suppress(FileNotFoundError, ProcessLookupError):
            return len(pids) == 3 and Path(f"/proc/{pids[2]}/comm").read_text() == "systemd\n"
        return False

    def run(self, line: str, *, fails: bool = False, timeout: float = 300) -> str:
        """What root's shell says there, standing in /root. AssertionError if the line fails, unless it may."""
        inside = ["nsenter", f"--target={self.first}", "--mount", "--uts", "--ipc", "--net", "--pid"]
        shell = ["env", "-i", f"PATH={PATH}", "HOME=/root", "LANG=C.UTF-8", "sh", "-c", f"cd /root\n{line}"]
        done = subprocess.run([*inside, *shell], capture_output=True, text=True, timeout=timeout, check=False)
        assert fails or done.returncode == 0, f"{line}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done.stdout

    def put(self, source: Path, place: str) -> None:
        target = Path(f"/proc/{self.first}/root{place}")
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)

    def connect(self, port: int) -> socket.socket:
        """To a port of its own 127.0.0.1, which no one else reaches. OSError if nobody listens."""
        with self._network():
            return socket.create_connection(("127.0.0.1", port), timeout=30)

    @contextmanager
    def _network(self) -> Iterator[None]:
        """This thread's sockets belong to the machine's network from here on; they stay there when it is left."""
        enter = ctypes.CDLL(None, use_errno=True).setns
        with open("/proc/thread-self/ns/net") as ours, open(f"/proc/{self.first}/ns/net") as theirs:
            assert enter(theirs.fileno(), NETWORK) == 0, os.strerror(ctypes.get_errno())
            try:
                yield
            finally:
                assert enter(ours.fileno(), NETWORK) == 0, os.strerror(ctypes.get_errno())

    def reboot(self) -> None:
        self.run("systemctl reboot", fails=True)
        self._wait()

    def close(self) -> None:
        """As if its plug were pulled; the shell first, which would start it again."""
        pids = self._pids()
        for pid in pids:
            kill(pid)
        self.process.wait()
        wait_for(lambda: not any(map(alive, pids)), 20, "the machine is gone")
        for tree in ("systemd", "unified"):
            groups = Path("/sys/fs/cgroup", tree, self.group)
            for group in sorted([groups, *groups.rglob("*/")], reverse=True):
                with suppress(OSError):
                    group.rmdir()
