"""Requests are counted and timed by the rule of their route; `GET /metrics` tells the numbers to whoever has the token.

It is no route of the application: asked without the right token it is as unknown as any other address, and a wrong one
counts as a try. A machine that is asked while it is too busy for people still answers.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import structlog
from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST

from lms.measures import Measures

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/metrics"
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS")
NO_ROUTE, OTHER = "none", "other"
"""What a path or a method of a stranger's invention counts under: either could be anything, and without end."""
More = Callable[[], bytes]
log = structlog.get_logger("lms.web")


def install(app: Flask) -> None:
    app.extensions["measures"] = Measures()

    def count(response: Response) -> Response:
        _count(app.extensions["measures"], response.status_code)
        return response

    app.after_request(count)


def _count(counted: Measures, status: int) -> None:
    route = request.url_rule.rule if request.url_rule is not None else NO_ROUTE
    method = request.method if request.method in METHODS else OTHER
    counted.requests.labels(route, method, status).inc()
    began = g.get("request_began")
    if began is not None:
        counted.seconds.labels(route, method).observe(time.perf_counter() - began)


class Scrape:
    """WSGI middleware. `more`: lines that are not counted but looked up when asked; if it fails, the rest is told."""

    def __init__(self, app: WSGIApplication, measures: Measures, token: str, more: More = lambda: b"") -> None:
        self.app, self.measures, self.more = app, measures, more
        self.expected = f"Bearer {token}".encode() if token else b""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._may(environ):
            return self.app(environ, start_response)
        body = self.measures.text() + self._more()
        headers = [("Content-Type", CONTENT_TYPE_LATEST), ("Cache-Control", "no-store")]
        start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _may(self, environ: WSGIEnvironment) -> bool:
        if environ.get("PATH_INFO") != PATH or environ.get("REQUEST_METHOD") != "GET" or not self.expected:
            return False
        sent = str(environ.get("HTTP_AUTHORIZATION", "")).encode("utf-8", "replace")
        return hmac.compare_digest(sent, self.expected)

    def _more(self) -> bytes:
        try:
            return self.more()
        except Exception as error:
            log.error("some metrics cannot be looked up", exc_info=error)
            return b""
