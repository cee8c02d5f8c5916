"""A program at the door of the API: whose token is it, is it good, and what was it made for?

A right token is let in whatever else its address has tried: 256 random bits are not guessed, and nobody must be able
to lock a neighbour's program out. Wrong ones are counted per address and slowed down like wrong PINs.
"""

from __future__ import annotations

import re
from typing import NoReturn

import structlog
from flask import request
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from lms.access import Policy
from lms.accounts import queries, rules
from lms.accounts.operations import tokens, tries
from lms.accounts.queries import Bearer
from lms.db import db, utc_now
from lms.web.networks import network_of

log = structlog.get_logger("lms.accounts")

UNDER = "/api/"
_FORM = re.compile(rf"{tokens.MARK}[A-Za-z0-9_-]{{43}}")


class InsufficientScope(Forbidden):
    """A 403 that says which scope is missing, as RFC 6750 §3.1 wants it; None: no token opens this."""

    def __init__(self, scope: str | None) -> None:
        super().__init__()
        self.scope = scope

    def get_headers(self, *given: object, **named: object) -> list[tuple[str, str]]:
        wanted = challenge(error="insufficient_scope", **({"scope": self.scope} if self.scope else {}))
        return [*super().get_headers(), ("WWW-Authenticate", wanted.to_header())]


def presented() -> bool:
    """Under /api/ alone: pages are for browsers, whose cookie and form token nothing else replaces."""
    return request.path.startswith(UNDER) and _header()[0].lower() == "bearer"


def identify() -> Bearer:
    """Who holds the token of this request. 401 for one that is over and one that never was, alike; 429 for an address
    that has sent too many of those.
    """
    token = _header()[1]
    found = queries.bearer_of(token) if _FORM.fullmatch(token) else None
    if found is None:
        _turn_away(tries.bearer_key(network_of(request.remote_addr or "")))
    _note_use(found)
    return found


def require_scope(bearer: Bearer, policy: Policy) -> None:
    """What a token was not made for is closed to it, whatever its account may do."""
    if not policy.public and policy.scope not in bearer.scopes:
        raise InsufficientScope(policy.scope)


def challenge(**parameters: str) -> WWWAuthenticate:
    """How to ask for what is missing, in a header."""
    return WWWAuthenticate("bearer", {"realm": "api", **parameters})


def _header() -> tuple[str, str]:
    scheme, _space, rest = request.headers.get("Authorization", "").strip().partition(" ")
    return scheme, rest.strip()


def _turn_away(key: str) -> NoReturn:
    wait = tries.locked_for(key)
    if not wait:
        try:
            with db.write():
                wait = tries.begin_wide(key).wait
        except OperationalError as error:  # a full or busy disk makes no wrong token right
            log.warning("wrong token not counted", error=type(error).__name__)
    if wait:
        log.warning("tokens refused for a while", kind="bearer")
        raise TooManyRequests(retry_after=int(wait.total_seconds()) + 1)
    raise Unauthorized(www_authenticate=challenge(error="invalid_token"))


def _note_use(bearer: Bearer) -> None:
    now = utc_now()
    if bearer.last_used_at is not None and now - bearer.last_used_at < rules.SEEN_EVERY:
        return
    try:
        with db.write():
            tokens.mark_used(bearer.token_id, now)
    except OperationalError as error:  # as with devices: the stamp is for a list, and must close nothing
        log.warning("last_used_at not written", error=type(error).__name__)
