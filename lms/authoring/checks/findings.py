"""What a check found, and the note with which an author lets one hit stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lms.courses.law import LawTable

ALLOW = re.compile(r"cho-phep:[ \t]*(?P<code>[EW][0-9]{2})[ \t,:]*(?P<why>[^\n]*?)[ \t]*(?:-->|$)", re.MULTILINE)
HISTORY = re.compile(r"<!--\s*lich-su\b")
NOTE_LINE = re.compile(r"[ \t]*(?:<!--|#)")


@dataclass(frozen=True)
class Finding:
    """One hit. `place`: "line:12", or an item and its part "k1-m1-q03:fb.b"; `detail`: which kind, for the sentence.

    `allowed_reason` is the author's, where a note on the line before lets this hit stand.
    """

    code: str
    path: str
    place: str = ""
    text: str = ""
    detail: str = ""
    allowed_reason: str | None = None

    @property
    def severity(self) -> str:
        return "error" if self.code.startswith("E") else "warning"

    @property
    def counts(self) -> bool:
        """An error that stands in the way of publishing."""
        return self.severity == "error" and self.allowed_reason is None


@dataclass(frozen=True)
class Context:
    """What the checks are told of the world: the tables, the names of real units and provinces, and the day."""

    law: LawTable
    hotlines: frozenset[str]
    place_names: Sequence[str]
    today: date


def errors_of(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.counts]


def allowed_on(lines: Sequence[str], line: int) -> dict[str, str]:
    """code → reason of the notes directly above `line` (from 1); an opening `:::` may stand between."""
    found: dict[str, str] = {}
    at = line - 2
    if 0 <= at < len(lines) and lines[at].lstrip().startswith(":::"):
        at -= 1
    while 0 <= at < len(lines) and NOTE_LINE.match(lines[at]):
        found |= {match["code"]: match["why"] or "–" for match in ALLOW.finditer(lines[at])}
        if HISTORY.search(lines[at]):
            found["E09"] = "lịch sử"
        at -= 1
    return found


def letting(findings: list[Finding], allowed: Mapping[str, str]) -> list[Finding]:
    """The same findings, those with an allowed code marked with its reason."""
    return [
        Finding(one.code, one.path, one.place, one.text, one.detail, allowed[one.code]) if one.code in allowed else one
        for one in findings
    ]
