"""A small client that keeps its connections: what it costs itself must not hide what the servers cost."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from time import monotonic, perf_counter

from benchmarks.measuring import percentile

CONNECTIONS = 8
"""Two web processes work on four requests each: nobody waits at the gate, and nobody is idle."""


@dataclass
class Driven:
    """What came back. `seconds`: of each answer that was expected; `statuses`: of all (0: no whole answer)."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    wall: float = 0.0

    @property
    def rate(self) -> float:
        """Expected answers a second."""
        return len(self.seconds) / self.wall

    def note(self, status: int, seconds: float, expected: int) -> None:
        self.statuses[status] += 1
        if status == expected:
            self.seconds.append(seconds)

    @property
    def p95(self) -> float:
        """In milliseconds."""
        return percentile(self.seconds, 95) * 1000 if self.seconds else float("inf")

    @property
    def unexpected(self) -> int:
        return sum(self.statuses.values()) - len(self.seconds)


class Connection:
    """One kept connection. `ask` opens it again when the server has closed it."""

    def __init__(self, port: int, timeout: float = 30.0) -> None:
        self.port, self.timeout = port, timeout
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """(status, head and body); status 0 where no whole answer came."""
        try:
            kept = self._socket or socket.create_connection(("127.0.0.1", self.port), self.timeout)
            self._socket = kept
            kept.sendall(request)
            answer = _whole(kept)
            return int(answer[9:12]), answer
        except (OSError, ValueError):
            self.close()
            return 0, b""

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None


def request(
    path: str, cookie: str = "", *, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """The bytes of a GET, or of a POST where there is a body. Nothing is asked to be compressed."""
    given = {"Host": "127.0.0.1"} | ({"Cookie": cookie} if cookie else {}) | dict(headers or {})
    if body is not None:
        given["Content-Length"] = str(len(body))
    lines = [
        f"{'GET' if body is None else 'POST'} {path} HTTP/1.1",
        *(f"{name}: {text}" for name, text in given.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")


def drive(
    port: int, requests: Iterable[bytes], seconds: float = inf, *, connections: int = CONNECTIONS, expected: int = 200
) -> Driven:
    """Ask for `seconds` or until there is nothing more to ask, each connection as fast as it is answered."""
    found, until, line, lock = Driven(), monotonic() + seconds, iter(requests), threading.Lock()

    def work() -> None:
        connection = Connection(port)
        while monotonic() < until:
            with lock:
                asked = next(line, None)
            if asked is None:
                break
            began = perf_counter()
            status, _ = connection.ask(asked)
            found.note(status, perf_counter() - began, expected)
        connection.close()

    began = perf_counter()
    together([work] * connections)
    found.wall = perf_counter() - began
    return found


def together(works: Iterable[Callable[[], None]]) -> None:
    """Each in a thread of its own, until all have ended."""
    threads = [threading.Thread(target=work, daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _whole(kept: socket.socket) -> bytes:
    """One answer, by its Content-Length or to the last of its chunks."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(kept)
    head, _, body = data.partition(b"\r\n\r\n")
    lowered = head.lower()
    if b"transfer-encoding: chunked" in lowered:
        while not body.endswith(b"0\r\n\r\n"):
            body += _more(kept)
        return head + b"\r\n\r\n" + body
    parts = [body]
    left = _length(lowered) - len(body)
    while left > 0:
        parts.append(_more(kept))
        left -= len(parts[-1])
    return head + b"\r\n\r\n" + b"".join(parts)


def _more(kept: socket.socket) -> bytes:
    found = kept.recv(262_144)
    if not found:
        raise ConnectionError("the server ended before its answer did")
    return found


def _length(head: bytes) -> int:
    _, _, rest = head.partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0] or 0)
