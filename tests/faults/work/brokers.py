"""What carries the nudges, as something that a test can start, empty and take away."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Protocol

from redis import Redis
from redis.exceptions import RedisError

from tests.faults.site import wait_for
from tests.ports import free_port


class Broker(Protocol):
    """`environment`: the settings by which a site finds it. It is down until `start`."""

    environment: dict[str, str]

    def start(self) -> None: ...

    def empty(self) -> None: ...

    def kill(self) -> None: ...

    def holds(self) -> int: ...


class FileBroker:
    """The SQLite file in the instance folder. Killed, its file is gone under whoever has it open."""

    environment: dict[str, str] = {}

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self) -> None:
        """A process that begins makes it anew."""

    def empty(self) -> None:
        for path in self.folder.glob("queue.sqlite*"):
            path.unlink()

    kill = empty

    def holds(self) -> int:
        return len(list(self.folder.glob("queue.sqlite")))


class RedisBroker:
    """A real redis-server that keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.environment = dict.fromkeys(("LMS_QUEUE_URL", "LMS_LIMITS_URL"), f"redis://127.0.0.1:{self.port}/0")
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        given = {"--port": str(self.port), "--bind": "127.0.0.1", "--save": "", "--dir": str(self.folder)}
        command = ["redis-server", *(word for pair in given.items() for word in pair)]
        self.running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for(self._answers, 20, "redis-server")

    def empty(self) -> None:
        if self.running is not None:
            with Redis(port=self.port) as asked:
                asked.flushall()

    def kill(self) -> None:
        if self.running is not None:
            self.running.kill()
            self.running.wait()

    def holds(self) -> int:
        with Redis(port=self.port) as asked:
            return len(asked.keys())  # type: ignore[arg-type]

    def _answers(self) -> bool:
        try:
            with Redis(port=self.port) as asked:
                return bool(asked.ping())
        except RedisError:
            return False
