"""A body that the application does not want still comes to its end, so that the sender hears why."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from lms.config import Settings
from lms.web.bodies import ReadToTheEnd
from tests import databases
from tests.faults.site import Site

PIECES, PAUSE = 25, 0.02
HEAD = (
    "POST /dang-nhap HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n"
)


def refuses(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("413 Payload Too Large", [])
    return [b"no"]


@pytest.mark.parametrize(
    ("length", "terminated", "left"),
    [(10, True, 0), (100_000, True, 0), (200_000, True, 200_000), (10, False, 10)],
    ids=["short", "several pieces", "longer than is read", "a server that tells no end"],
)
def test_what_is_read(length: int, terminated: bool, left: int) -> None:
    body = io.BytesIO(b"x" * length)
    more = {"wsgi.input": body, "wsgi.input_terminated": terminated, "CONTENT_LENGTH": str(length)}
    assert Client(ReadToTheEnd(refuses, most=150_000)).post("/", environ_overrides=more).status_code == 413
    assert len(body.read()) == left


def test_whoever_sends_too_much_slowly_hears_that_it_is_too_much(tmp_path: Path) -> None:
    site = Site(databases.new_sqlite(tmp_path), tmp_path / "instance", workers=1)
    site.folder.mkdir()
    length = Settings.model_fields["upload_max_bytes"].default + 500_000
    try:
        site.serve()
        with socket.create_connection(("127.0.0.1", site.port), timeout=30) as line:
            line.sendall(HEAD.format(port=site.port, length=length).encode())
            for _ in range(PIECES):
                line.sendall(b"x" * (length // PIECES))
                time.sleep(PAUSE)
            assert line.recv(100).startswith(b"HTTP/1.1 413 ")
    finally:
        site.close()
