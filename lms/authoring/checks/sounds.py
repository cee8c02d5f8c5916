"""The recording of a screen that its front matter names: there and a sound (E13), and of today's words (W05)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lms.authoring.checks.findings import Finding
from lms.courses.files import sha256
from lms.courses.media import SOUNDS, kind_of

SAYS, LENGTH = "audio_says", 12
"""In the front matter beside `audio`: a print of the words that were read, and how many signs of it are kept."""


def words_read(front: Mapping[str, Any], body: str) -> str:
    """A print of what is read aloud: title, the note before, the text."""
    said = (str(front.get("title") or ""), str(front.get("content_note") or ""), body.strip())
    return sha256("\n".join(said).encode())[:LENGTH]


def is_stale(front: Mapping[str, Any], body: str) -> bool:
    """The words were changed after the recording. One that came with its files says nothing of that."""
    return front.get("audio") is not None and front.get(SAYS) not in (None, words_read(front, body))


def sound_findings(path: str, files: Mapping[str, bytes], front: Mapping[str, Any], body: str) -> Iterator[Finding]:
    """`audio` names a file of the module's media folder that is there, is a sound, and says what the screen says."""
    named = front.get("audio")
    if named is None:
        return
    data = files.get(f"{path.rpartition('/')[0]}/{named}") if str(named).startswith("media/") else None
    if data is None:
        yield Finding("E13", path, "", str(named), "audio-missing")
    elif kind_of(data) not in SOUNDS:
        yield Finding("E13", path, "", str(named), "audio-kind")
    elif is_stale(front, body):
        yield Finding("W05", path, "", "", "audio-stale")
