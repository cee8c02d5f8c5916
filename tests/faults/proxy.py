"""A TCP proxy in front of a site that treats a connection as it is told: a bad line, at an exact byte.

with Proxy(site.port) as line:
    line.plan = Plan(cut_up=120)      # for the connections from now on
    Client(line.port)…
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType

CHUNK = 64 * 1024


@dataclass(frozen=True)
class Plan:
    """`cut_up`, `cut_down`: reset both sides after so many bytes to, or from, the site. `delay`: seconds before each
    piece. `twice`: what was sent is sent once more on a connection of its own. `hold`: nothing goes up before.
    """

    cut_up: int | None = None
    cut_down: int | None = None
    delay: float = 0.0
    twice: bool = False
    hold: threading.Event | None = None


class _Cut(Exception):
    """The plan ends the connection here."""


class Proxy:
    """`port`: where to connect. `connections`: how many there were. `up`, `down`: bytes of the last one each way."""

    def __init__(self, target: int) -> None:
        self.target, self.port, self.plan = target, 0, Plan()
        self.up = self.down = self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._connected, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._run(self._finish())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Awaitable[object]) -> asyncio.Server:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)  # type: ignore[arg-type, return-value]

    async def _finish(self) -> None:
        self._server.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        plan, sent = self.plan, bytearray()
        self.up = self.down = 0
        self.connections += 1
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        ways = (self._up(plan, reader, back, sent), self._down(plan, there, writer))
        tasks = [asyncio.create_task(way) for way in ways]
        try:
            await asyncio.gather(*tasks)
        except (_Cut, OSError, asyncio.CancelledError):
            back.transport.abort()
        finally:
            for task in tasks:
                task.cancel()
            writer.transport.abort()
            back.close()
        if plan.twice:
            await self._again(bytes(sent))

    async def _up(self, plan: Plan, reader: asyncio.StreamReader, back: asyncio.StreamWriter, sent: bytearray) -> None:
        async def passed(data: bytes) -> None:
            while plan.hold is not None and not plan.hold.is_set():
                await asyncio.sleep(0.01)
            sent.extend(data)
            self.up += len(data)

        await _pump(reader, back, plan.cut_up, plan.delay, passed)
        back.write_eof()

    async def _down(self, plan: Plan, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def passed(data: bytes) -> None:
            self.down += len(data)

        await _pump(there, writer, plan.cut_down, plan.delay, passed)
        writer.close()

    async def _again(self, data: bytes) -> None:
        """The duplicate, whose answer nobody reads."""
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        back.write(data)
        await there.read(CHUNK)
        back.close()


async def _pump(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    cut: int | None,
    delay: float,
    passed: Callable[[bytes], Awaitable[None]],
) -> None:
    """Pass on until the end; `_Cut` as soon as `cut` bytes have gone through (0: before the first)."""
    left = cut
    while left != 0 and (data := await reader.read(CHUNK if left is None else min(CHUNK, left))):
        await asyncio.sleep(delay)
        await passed(data)
        writer.write(data)
        await writer.drain()
        left = None if left is None else left - len(data)
    if left == 0:
        raise _Cut
