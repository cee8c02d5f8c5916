"""Logs: one event, one line of JSON on stderr; no names, phones, PINs, tokens, answers or query strings."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import secrets
import sys
import time
import traceback
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, request
from sqlalchemy.exc import DBAPIError
from structlog.typing import EventDict, ExcInfo, WrappedLogger

from lms.access.current import viewer

log = structlog.get_logger("lms.web")

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # what can be read aloud without doubt
QUIET = ("web.healthz", "web.readyz", "static")

_DIGITS = re.compile(r"\+?\d[\d .-]{4,}\d")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\([^()]*\)")
_UNSEEN = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def new_request_id() -> str:
    """Eight characters in two groups, short enough to be read to somebody on the phone ("7K4P-22M9")."""
    drawn = [secrets.choice(LETTERS) for _ in range(8)]
    return "".join(drawn[:4]) + "-" + "".join(drawn[4:])


def request_id() -> str:
    """The id of this request, made when first asked for."""
    if "request_id" not in g:
        g.request_id = new_request_id()
    return str(g.request_id)


def route_of_request() -> str:
    """The rule, not the path: a path may hold a card's token or a certificate's code."""
    if request.url_rule is not None:
        return request.url_rule.rule
    first = request.path.split("/")[1:2]
    return f"/{first[0][:40] if first else ''}/… (no such page)"


def safe_message(error: BaseException) -> str:
    """What an exception says, without what people typed: first line, quoted parts and long numbers taken out.

    A database error repeats the statement's values, so of it only the driver's first line is used.
    """
    source = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    line = (str(source).splitlines() or [""])[0][:300]
    return _DIGITS.sub("…", _QUOTED.sub("…", line))


def _exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    error = _error_of(event.pop("exc_info", None))
    if error is not None:
        event["error"] = type(error).__qualname__
        event["message"] = safe_message(error)
        frames = traceback.extract_tb(error.__traceback__)[-12:]
        event["where"] = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _short(filename: str) -> str:
    return "/".join(filename.split("/")[-2:])


def _error_of(exc_info: ExcInfo | BaseException | bool | None) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    found = exc_info if isinstance(exc_info, tuple) else (sys.exc_info() if exc_info else (None, None, None))
    return found[1]


def one_line(event: dict[str, Any], **options: Any) -> str:
    """JSON in which Vietnamese stays readable and nothing can break, hide or reorder the line."""
    text = json.dumps(event, ensure_ascii=False, default=options.get("default", str))
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _which_request(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if has_request_context():
        event["request_id"] = request_id()
    return event


_BEFORE: list[Any] = [
    _which_request,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class _ToStderr(logging.Handler):
    """Writes to whatever sys.stderr is now: it is exchanged under us by tests and by servers.

    A line that cannot be written (a full disk, a pipe that nobody reads) is lost; the work that it tells of is not.
    """

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record) + "\n"
        with contextlib.suppress(OSError):
            sys.stderr.write(line)


def configure() -> None:
    """Send structlog and the standard library's loggers through the one formatter; harmless to repeat."""
    structlog.configure(
        processors=[*_BEFORE, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    render = structlog.processors.JSONRenderer(serializer=one_line)
    handler = _ToStderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_BEFORE,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _exception, render],
        )
    )
    root = logging.getLogger()
    root.handlers = [kept for kept in root.handlers if not isinstance(kept, _ToStderr)] + [handler]
    logging.getLogger("lms").setLevel(logging.INFO)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # its own request lines quote the query string


def _begin() -> None:
    g.request_began = time.perf_counter()
    g.request_id = new_request_id()


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = request_id()
    if request.endpoint not in QUIET or response.status_code >= 400:
        log.info(
            "request",
            method=request.method,
            route=route_of_request(),
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("request_began", time.perf_counter())) * 1000),
            actor=viewer().actor,
        )
    return response


def install(app: Flask) -> None:
    """Request ids and a line per request. Flask's own line about an exception would quote the path, so not that."""
    configure()
    app.before_request(_begin)
    app.after_request(_end)
    app.log_exception = _log_exception  # type: ignore[method-assign]


def _log_exception(exc_info: Any) -> None:
    log.error("unhandled exception", method=request.method, route=route_of_request(), exc_info=exc_info)
