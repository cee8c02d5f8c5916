"""What is sent is received first: slow lines hold up nobody, and who is refused hears why."""

from __future__ import annotations

import errno
import io
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from lms.config import Settings
from lms.operate.serving import INSIDE, PATIENCE
from lms.web import bodies
from lms.web.bodies import PIECE, ReceiveFirst
from tests import databases
from tests.faults.site import Site

PIECES, PAUSE = 25, 0.02
HEAD = (
    "POST /dang-nhap HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
)


def refuses(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("413 Payload Too Large", [])
    return [b"no"]


def received(app: Callable[..., Any], lines: int = 1) -> ReceiveFirst:
    return ReceiveFirst(app, most=150_000, lines=lines, patience=0.05)


def sent(body: io.BytesIO, length: int | None, terminated: bool = True) -> dict[str, Any]:
    told = {"HTTP_TRANSFER_ENCODING": "chunked"} if length is None else {"CONTENT_LENGTH": str(length)}
    return {"wsgi.input": body, "wsgi.input_terminated": terminated} | told


@pytest.mark.parametrize(
    ("length", "terminated", "left"),
    [(10, True, 0), (100_000, True, 0), (200_000, True, 200_000), (10, False, 10)],
    ids=["short", "several pieces", "longer than is read", "a server that tells no end"],
)
def test_what_is_read(length: int, terminated: bool, left: int) -> None:
    body = io.BytesIO(b"x" * length)
    more = sent(body, length, terminated)
    assert Client(received(refuses)).post("/", environ_overrides=more).status_code == 413
    assert len(body.read()) == left


@pytest.mark.parametrize("length", [0, 10, 100_000])
def test_the_application_finds_what_was_sent(length: int) -> None:
    whole = b"x" * length

    kept: list[dict[str, Any]] = []

    def reads(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        kept.append(environ)
        start_response("200 OK", [])
        return [environ["wsgi.input"].read()]

    answer = Client(received(reads)).post("/", environ_overrides=sent(io.BytesIO(whole), length))
    assert answer.data == whole
    assert length == 0 or kept[0]["wsgi.input"].closed, "its file is gone at once, whoever still holds the request"


def test_of_a_body_that_was_not_announced_no_more_is_read_than_shows_that_it_is_too_long() -> None:
    endless = io.BytesIO(b"x" * 1_000_000)

    def measures(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [])
        return [str(len(environ["wsgi.input"].read())).encode()]

    answer = Client(received(measures)).post("/", environ_overrides=sent(endless, None))
    assert 150_000 < int(answer.data) <= 150_000 + PIECE


def test_who_finds_all_lines_taken_is_turned_away_and_who_sends_nothing_is_not() -> None:
    taken = received(refuses)
    with taken._lines:
        assert Client(taken).post("/", environ_overrides=sent(io.BytesIO(b"x"), 1)).status_code == 503
        assert Client(taken).get("/").status_code == 413
    assert Client(taken).post("/", environ_overrides=sent(io.BytesIO(b"x"), 1)).status_code == 413


def test_who_finds_no_room_on_the_disk_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "no room")

    one = received(refuses)
    with monkeypatch.context() as without_room:
        without_room.setattr(bodies, "SpooledTemporaryFile", full)
        assert Client(one).post("/", environ_overrides=sent(io.BytesIO(b"x"), 1)).status_code == 503
    assert Client(one).post("/", environ_overrides=sent(io.BytesIO(b"x"), 1)).status_code == 413


def test_a_line_that_breaks_gives_its_place_back() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the line is gone")

    one = received(refuses)
    for _ in range(2):
        with pytest.raises(OSError, match="the line is gone"):
            Client(one).post("/", environ_overrides=sent(Broken(), 10))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(databases.new_sqlite(tmp_path), tmp_path / "instance", workers=1)
    made.folder.mkdir()
    try:
        made.serve()
        yield made
    finally:
        made.close()


def opened(site: Site, length: int) -> socket.socket:
    """A line on which a body is announced and nothing of it comes."""
    line = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    line.sendall(HEAD.format(port=site.port, length=length).encode())
    return line


@pytest.mark.attack("S60")
def test_lines_that_send_nothing_keep_nobody_else_waiting(site: Site) -> None:
    with ExitStack() as lines:
        for _ in range(2 * INSIDE):
            lines.enter_context(opened(site, 1_000)).sendall(b"x")
        for _ in range(5):  # a busy server sees the lines a little later
            time.sleep(0.3)
            began = time.monotonic()
            with urllib.request.urlopen(f"http://127.0.0.1:{site.port}/dang-nhap", timeout=30) as answer:
                assert answer.status == 200
            assert time.monotonic() - began < PATIENCE / 2


def test_whoever_sends_too_much_slowly_hears_that_it_is_too_much(site: Site) -> None:
    length = Settings.model_fields["upload_max_bytes"].default + 500_000
    with opened(site, length) as line:
        for _ in range(PIECES):
            line.sendall(b"x" * (length // PIECES))
            time.sleep(PAUSE)
        assert line.recv(100).startswith(b"HTTP/1.1 413 ")
