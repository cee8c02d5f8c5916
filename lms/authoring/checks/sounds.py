"""The recording of a screen that its front matter names (E13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lms.authoring.checks.findings import Finding
from lms.courses.media import SOUNDS, kind_of


def sound_findings(path: str, files: Mapping[str, bytes], front: Mapping[str, Any]) -> Iterator[Finding]:
    """`audio` names a file of the module's media folder that is there and is a sound."""
    named = front.get("audio")
    if named is None:
        return
    data = files.get(f"{path.rpartition('/')[0]}/{named}") if str(named).startswith("media/") else None
    if data is None:
        yield Finding("E13", path, "", str(named), "audio-missing")
    elif kind_of(data) not in SOUNDS:
        yield Finding("E13", path, "", str(named), "audio-kind")
