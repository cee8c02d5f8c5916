"""What happens to a PostgreSQL: killed with all its processes, and started again by whoever watches over it."""

from __future__ import annotations

import os
import signal
import subprocess

from tests.faults.site import alive, children, kill, wait_for
from tests.postgres import Cluster


def kill_postgres(cluster: Cluster) -> None:
    """The postmaster and all its children, as the kernel would when the memory is gone."""
    postmaster = cluster.pid()
    os.kill(postmaster, signal.SIGSTOP)  # so that it starts no other child in the meantime
    pids = [postmaster, *children(postmaster)]
    for pid in pids:
        kill(pid)
    wait_for(lambda: not any(map(alive, pids)), what="PostgreSQL is gone")


def bring_up(cluster: Cluster, seconds: float = 30.0) -> None:
    """Start it unless it runs, again and again as a supervisor would."""
    wait_for(lambda: _runs(cluster) or _starts(cluster), seconds, f"PostgreSQL starts; its log: {cluster.root}/log")


def _runs(cluster: Cluster) -> bool:
    try:
        return alive(cluster.pid())
    except (FileNotFoundError, IndexError):
        return False


def _starts(cluster: Cluster) -> bool:
    try:
        cluster.up()
    except subprocess.CalledProcessError:
        return False
    return True
