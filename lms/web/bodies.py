"""What somebody sends is taken off the line before anything is done about it.

A slow line, or one that only pretends to send, so holds up no place where work is done. And whoever is refused has
sent all by then and hears why: a server that answers and hangs up while a file is still on its way breaks the sender's
line, and the sender, or the proxy between, sees a fault of the server instead of the answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

import structlog

from lms.web.errors import is_full
from lms.web.gate import turn_away

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger()
PIECE = 64 * 1024
IN_MEMORY = 512 * 1024
"""Bytes of a body; a longer one waits in a temporary file."""


class ReceiveFirst:
    """WSGI middleware, outside of the gate. At most `lines` bodies are received at a time; who has waited `patience`
    seconds for a line is turned away.

    A body announced longer than `most` bytes is left where it is: it may never come.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        most: int,
        lines: int,
        patience: float,
        on_refusal: Callable[[], object] = lambda: None,
    ) -> None:
        self.app, self.most, self.patience, self.on_refusal = app, most, patience, on_refusal
        self._lines = threading.BoundedSemaphore(lines)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._is_wanted(environ):
            return self.app(environ, start_response)
        if not self._lines.acquire(timeout=self.patience):
            return self._turn_away(environ, start_response)
        try:
            environ["wsgi.input"] = self._received(environ["wsgi.input"])
        except OSError as error:
            if not is_full(error):
                raise
            log.error("disk full", exc_info=error)
            return self._turn_away(environ, start_response)
        finally:
            self._lines.release()
        with environ[
            "wsgi.input"
        ]:  # closed here: a request and its environment hold each other until garbage is looked for
            return self.app(environ, start_response)

    def _turn_away(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.on_refusal()
        return turn_away(environ, start_response)

    def _is_wanted(self, environ: WSGIEnvironment) -> bool:
        """Only from a server that tells where a body ends."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        sent = length > 0 or "HTTP_TRANSFER_ENCODING" in environ
        return bool(environ.get("wsgi.input_terminated")) and sent and length <= self.most

    def _received(self, line: IO[bytes]) -> IO[bytes]:
        """The whole body; of one that was not announced no more than a piece beyond `most`, which is too much then."""
        body: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 – it lives as long as the request
        while body.tell() <= self.most and (piece := line.read(PIECE)):
            body.write(piece)
        body.seek(0)
        return body
