"""HEAD is answered as GET is, without the body: no view ever sees a third method that it might take for a POST."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wsgi import ClosingIterator


class HeadAsGet:
    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "HEAD":
            return self.app(environ, start_response)
        answer = self.app({**environ, "REQUEST_METHOD": "GET"}, start_response)
        return ClosingIterator((), getattr(answer, "close", None))
