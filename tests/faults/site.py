"""A site of its own with real processes: `lms serve` on a free port, its web workers and its background worker."""

from __future__ import annotations

import ctypes
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from flask import Flask

from lms import create_app
from lms.config import Settings
from lms.db import db
from tests.ports import free_port

SECRET = "faults-1234567890-qwertyuiopasdfghjklzxcvbnm"
READY_WITHIN = 30.0


def wait_for(condition: Callable[[], bool], seconds: float = READY_WITHIN, what: str = "") -> float:
    """Seconds until the condition held. AssertionError if it does not within `seconds`."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.05)
    return time.monotonic() - began


@dataclass
class Site:
    """`url`: SQLAlchemy's of a migrated database. `folder`: the instance folder. `environment`: on top."""

    url: str
    folder: Path
    workers: int = 2
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    log: Path | None = None
    """Where the processes' stderr goes; served.log in the instance folder unless said otherwise."""
    main: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.port = self.port or free_port()
        self.log = self.log or self.folder / "served.log"

    @property
    def env(self) -> dict[str, str]:
        """What every process of the site starts with: production, so that its real refusals hold."""
        ours = {
            "LMS_ENVIRONMENT": "production",
            "LMS_SECRET_KEY": SECRET,
            "LMS_DATABASE_URL": self.url,
            "LMS_INSTANCE_DIR": str(self.folder),
            "LMS_BASE_URL": f"http://127.0.0.1:{self.port}",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        return kept | ours | self.environment

    @cached_property
    def app(self) -> Flask:
        """The same site in this process, for seeding and for asking; with the settings of the others."""
        ours = {name.removeprefix("LMS_").lower(): value for name, value in self.env.items() if name.startswith("LMS_")}
        return create_app(Settings(_env_file=None, **ours))  # type: ignore[arg-type]

    def serve(self) -> float:
        """Start it (again) and wait until it is ready; seconds that took."""
        self.start()
        return self.wait_ready()

    def start(self) -> None:
        command = [sys.executable, "-m", "lms.cli", "serve", "--port", str(self.port), "--workers", str(self.workers)]
        assert self.log is not None
        with self.log.open("ab") as log:
            self.main = subprocess.Popen(command, env=self.env, stdout=log, stderr=log, preexec_fn=_end_with_the_tests)

    def wait_ready(self, seconds: float = READY_WITHIN) -> float:
        return wait_for(lambda: self.status("/readyz") == 200, seconds, f"ready; its log: {self.log}")

    def status(self, path: str, timeout: float = 5.0) -> int | None:
        """Of a GET without a cookie; None if nobody answers."""
        return self.get(path, timeout)[0]

    def get(self, path: str, timeout: float = 5.0, **headers: str) -> tuple[int | None, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return None, http.client.HTTPMessage()
        finally:
            connection.close()
        return answer.status, answer.headers

    def post(self, path: str, body: bytes, content_type: str, timeout: float = 30.0) -> int | None:
        """Status of a POST without a cookie; None if nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("POST", path, body, {"Content-Type": content_type})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def run(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """`lms …` for this site, in a process of its own."""
        command = [sys.executable, "-m", "lms.cli", *arguments]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=timeout, check=False)

    def web_pids(self) -> list[int]:
        """The web processes that run now, without the one that started them."""
        return [pid for pid in self._children() if "worker" not in _command(pid)[-1:]]

    def worker_pids(self) -> list[int]:
        return [pid for pid in self._children() if "worker" in _command(pid)[-1:]]

    def kill(self) -> None:
        """kill -9 on every process of the site at once: what a power cut leaves of a service."""
        if self.main is None:
            return
        pids = [self.main.pid, *self._children()]
        for pid in pids:
            kill(pid)
        self.main.wait()
        wait_for(lambda: not any(map(alive, pids)), 10, "the killed processes are gone")
        self.main = None

    def stop(self) -> None:
        """End it as an operator would; what does not end is killed."""
        if self.main is not None:
            self.main.terminate()
            try:
                self.main.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill()
            self.main = None
        self._let_go()

    def close(self) -> None:
        """The test is over: nobody waits for the worker's last pages."""
        self.kill()
        self._let_go()

    def _let_go(self) -> None:
        with self.app.app_context():
            db.engine.dispose()

    def _children(self) -> list[int]:
        return children(self.main.pid) if self.main is not None else []


def _end_with_the_tests() -> None:
    """Linux kills the site's first process with this one, however that ends; the others follow it."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def alive(pid: int) -> bool:
    """A zombie is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid: int) -> list[int]:
    """The running processes that `pid` started itself, in the order of their ids."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(stat.parent.name))
    return sorted(found)


def _command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []
