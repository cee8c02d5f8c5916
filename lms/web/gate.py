"""So many requests at a time, so many waiting, the rest turned away at once.

A server with more to do than it can would else keep everybody waiting until their phones give up, and do the work for
nobody. Who is turned away is told when to come again; nothing was done about the request, so nothing is half done.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from lms.web.errors import BARE, WORDS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

RETRY_AFTER = 5
HEADERS = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
ALWAYS_OPEN = ("/healthz",)
"""A supervisor that hears nothing would end a process that is only busy."""


class Gate:
    """WSGI middleware. At most `inside` requests are worked on, `waiting` more wait, each `patience` seconds at most.

    The server's threads must be more than `inside + waiting`: turning away needs one too. `on_refusal` is called for
    each request that is.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        inside: int,
        waiting: int,
        patience: float,
        on_refusal: Callable[[], object] = lambda: None,
    ) -> None:
        self.app, self.patience, self.on_refusal = app, patience, on_refusal
        self._places = threading.BoundedSemaphore(inside + waiting)
        self._work = threading.BoundedSemaphore(inside)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in ALWAYS_OPEN:
            return self.app(environ, start_response)
        if not self._places.acquire(blocking=False):
            return self._turn_away(environ, start_response)
        try:
            return self._wait(environ, start_response)
        finally:
            self._places.release()

    def _wait(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._work.acquire(timeout=self.patience):
            return self._turn_away(environ, start_response)
        try:
            return self.app(environ, start_response)
        finally:  # the answer is made; a slow line that takes long to read it keeps nobody else waiting
            self._work.release()

    def _turn_away(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.on_refusal()
        return turn_away(environ, start_response)


def turn_away(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """503 without asking the application for anything: the database may be what is busy."""
    if str(environ.get("PATH_INFO")).startswith("/api/"):
        kind, text = "application/problem+json", _problem()
    else:
        words = WORDS[503]
        kind, text = "text/html", BARE.format(happened=words.happened, kept=words.kept, todo=words.todo)
    body = text.encode()
    headers = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(body))} | HEADERS
    start_response("503 Service Unavailable", list(headers.items()))
    return [body]


def _problem() -> str:
    problem = {"type": "about:blank", "title": "Service Unavailable", "status": 503, "retry_after": RETRY_AFTER}
    return json.dumps(problem)
