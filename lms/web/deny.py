"""Deny by default, and the way to and from the sign-in page.

Who may enter is judged by the guard of `lms.accounts`; here only routes that never said who may are refused.
"""

from __future__ import annotations

import re

import structlog
from flask import Flask, abort, current_app, request, url_for

from lms.access import policy_of

log = structlog.get_logger("lms.web")

LONGEST_NEXT = 2000
_VISIBLE_ASCII = re.compile(r"[!-\[\]-~]+")
"""All of it but the backslash, which browsers read as a slash. Our own addresses need no more."""
_ENCODED_TRICKS = re.compile(r"%(?:2f|5c|2e|0[0-9a-f]|1[0-9a-f]|7f)", re.IGNORECASE)


def refuse_undeclared() -> None:
    """A `before_request` function: 403 for a view without `@requires`, `@signed_in` or `@public`."""
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static":
        return
    if policy_of(current_app.view_functions[endpoint]) is None:
        log.error("route without a declared right", endpoint=endpoint)
        abort(403)


def safe_next(url: str | None, default: str = "/") -> str:
    """`url` if it can only lead to a page of this site, else `default`.

    Own paths only ("/viec-cua-toi?x=1"): no scheme, no host, no "//", backslash, space, control or dot-segment, also
    not percent-encoded, and nothing beyond ASCII that a browser, proxy or reader could take for one of them.
    """
    if not url or len(url) > LONGEST_NEXT or not _VISIBLE_ASCII.fullmatch(url):
        return default
    path = re.split(r"[?#]", url, maxsplit=1)[0]
    if not path.startswith("/") or "//" in path or _ENCODED_TRICKS.search(path):
        return default
    return default if {".", ".."} & set(path.split("/")) else url


def login_url(next_url: str | None = None) -> str:
    """The sign-in page, told where to go afterwards if `next_url` is one of our own paths."""
    wanted = safe_next(next_url)
    return url_for("accounts.sign_in", next=None if wanted == "/" else wanted)


def install(app: Flask) -> None:
    app.before_request(refuse_undeclared)
