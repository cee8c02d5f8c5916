"""A translation that no longer says what the Vietnamese text says (W05)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lms.authoring.checks.fields import day_of
from lms.authoring.checks.findings import Finding
from lms.courses.documents import DocumentError, decode, split_front


def khmer_findings(path: str, files: Mapping[str, bytes], front: Mapping[str, Any]) -> Iterator[Finding]:
    """A reviewed .km.md must have been reviewed no earlier than the text it translates. Drafts are marked anyway."""
    beside = path.replace(".vi.md", ".km.md")
    if beside not in files:
        return
    try:
        translated, _ = split_front(decode(files[beside]))
    except DocumentError:
        return
    if translated.get("status") != "reviewed":
        return
    day, source = day_of(translated.get("reviewed_on")), day_of(front.get("reviewed_on"))
    if day is None or (source is not None and day < source):
        yield Finding("W05", beside, "", "", "khmer-stale")
