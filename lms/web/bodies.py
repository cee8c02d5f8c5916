"""What the application leaves of a body is taken off the line before its answer goes out.

A server that answers and hangs up while a file is still on its way breaks the sender's line: the sender, or the proxy
between, then sees a fault of the server and never the answer ("too large", "log in first").
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PIECE = 64 * 1024


class ReadToTheEnd:
    """WSGI middleware. A body announced longer than `most` bytes is left where it is: it may never come."""

    def __init__(self, app: WSGIApplication, *, most: int) -> None:
        self.app, self.most = app, most

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self.app(environ, start_response)
        if environ.get("wsgi.input_terminated") and 0 < int(environ.get("CONTENT_LENGTH") or 0) <= self.most:
            _read_rest(environ)
        return answer


def _read_rest(environ: WSGIEnvironment) -> None:
    while environ["wsgi.input"].read(PIECE):
        pass
