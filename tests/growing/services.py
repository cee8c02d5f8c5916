"""What a larger site stands on, started for real on 127.0.0.1 and ended with the test: Redis, a bucket, nginx."""

from __future__ import annotations

import os
import shutil
import subprocess
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.faults.site import wait_for
from tests.ports import free_port

ACCESS_KEY, SECRET_KEY = "LMSTESTKEY", "a-key-that-no-log-may-hold"


def program(name: str, package: str) -> str:
    """Its path; the test is skipped where it is not installed."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed (apt-get install {package})")
    return found


class RedisServer:
    """redis-server without any file, on a port of its own; it can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.program, self.folder = program("redis-server", "redis-server"), folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen([self.program, *options], cwd=self.folder, stdout=log, stderr=log)
        wait_for(self.answers, 10, "redis-server answers")

    def answers(self) -> bool:
        try:
            return bool(self.client().ping())
        except RedisError:
            return False

    def client(self) -> Redis:
        return Redis.from_url(self.url)

    def kill(self) -> None:
        """As `kill -9`: what it held is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class BucketServer:
    """moto's S3 over HTTP. What it holds stays while it is stopped, as that of a service whose network is gone."""

    def __init__(self) -> None:
        self.port = free_port()
        self.start()

    def start(self) -> None:
        from moto.server import ThreadedMotoServer

        self.server = ThreadedMotoServer("127.0.0.1", self.port, verbose=False)
        self.server.start()

    def stop(self) -> None:
        self.server.stop()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def down(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.start()

    def new(self) -> Bucket:
        made = Bucket(self, f"b{uuid.uuid4().hex[:12]}")
        urllib.request.urlopen(urllib.request.Request(f"{self.endpoint}/{made.name}", method="PUT")).close()
        return made


class Bucket:
    """One bucket, and the settings of a site that keeps its files there under a prefix."""

    def __init__(self, server: BucketServer, name: str) -> None:
        self.server, self.name = server, name

    @property
    def settings(self) -> dict[str, str]:
        return {
            "storage_url": f"s3://{self.name}/site/one",
            "s3_endpoint": self.server.endpoint,
            "s3_access_key": ACCESS_KEY,
            "s3_secret_key": SECRET_KEY,
        }

    def keys(self) -> list[str]:
        found = ElementTree.fromstring(self._get("?list-type=2"))
        return [str(key.text) for key in found.iter("{http://s3.amazonaws.com/doc/2006-03-01/}Key")]

    def read(self, key: str) -> bytes:
        return self._get(f"/{key}")

    def _get(self, what: str) -> bytes:
        """Past our client."""
        known = {"Authorization": f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20260101/us-east-1/s3/aws4_request"}
        request = urllib.request.Request(f"{self.server.endpoint}/{self.name}{what}", headers=known)
        with urllib.request.urlopen(request) as answer:
            data: bytes = answer.read()
        return data


def environment(settings: dict[str, str]) -> dict[str, str]:
    """Settings as variables for processes."""
    return {f"LMS_{name.upper()}": value for name, value in settings.items()}
