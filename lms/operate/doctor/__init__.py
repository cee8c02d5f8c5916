"""`lms doctor`: is this installation fit to keep people's records? Each finding says what is, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from lms.config import Settings

State = Literal["ok", "warn", "bad"]


class Finding(NamedTuple):
    """`what` was looked at and how it stands, in one line; `mend`: what to do, empty when all is well."""

    state: State
    what: str
    mend: str = ""


Check = Callable[[Settings], list[Finding]]
"""Looks at one thing and changes nothing that lasts. May raise: that is a finding, too."""


def ok(what: str) -> list[Finding]:
    return [Finding("ok", what)]


def warn(what: str, mend: str) -> list[Finding]:
    return [Finding("warn", what, mend)]


def bad(what: str, mend: str) -> list[Finding]:
    return [Finding("bad", what, mend)]
