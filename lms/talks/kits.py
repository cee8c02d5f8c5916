"""The kits in `content/talks`: a folder each, of Markdown files with a front matter like a lesson's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from lms.courses.documents import DocumentError, decode, split_front
from lms.courses.rules import amount

log = structlog.get_logger("lms.talks")
FOLDER = "talks"
CODE = re.compile(r"[0-9]{2}-[a-z0-9-]+")
TALK, CARDS, LOUDSPEAKER = "talk", "cards", "loa"
PARTS = (TALK, CARDS, LOUDSPEAKER)


@dataclass(frozen=True)
class Sheet:
    """One text of a kit; `law`: keys of law.yaml."""

    title: str
    front: Mapping[str, Any]
    body: str

    @property
    def minutes(self) -> int:
        return int(amount(self.front.get("minutes")))

    @property
    def audience(self) -> str:
        return str(self.front.get("for") or "")

    @property
    def content_note(self) -> str:
        return str(self.front.get("content_note") or "")

    @property
    def law(self) -> list[str]:
        keys = self.front.get("law")
        return [str(key) for key in keys] if isinstance(keys, list) else []

    @property
    def signed(self) -> bool:
        """Somebody who may has read it and stands for it: until then it is told to be unsigned wherever it is shown."""
        return bool(self.front.get("signed_by"))

    @property
    def draft(self) -> bool:
        """A translation that its readers have not found right."""
        return self.front.get("status") != "reviewed"


@dataclass(frozen=True)
class Kit:
    """`sheets`: those of `PARTS` that are there, `khmer`: those that are there in Khmer too."""

    code: str
    sheets: Mapping[str, Sheet]
    khmer: Mapping[str, Sheet]

    @property
    def talk(self) -> Sheet:
        return self.sheets[TALK]


def kits(content_dir: Path) -> list[Kit]:
    """All kits by their number; none where an office keeps no talks.

    One that cannot be read is left out and logged: the others are needed tonight.
    """
    found = []
    for folder in sorted((content_dir / FOLDER).glob("*/")):
        try:
            found.append(_kit(folder))
        except DocumentError as error:
            log.error("a talk kit cannot be read", kit=folder.name, fault=error.code, line=error.line)
    return [kit for kit in found if kit is not None]


def kit_of(content_dir: Path, code: str) -> Kit | None:
    """DocumentError for a file that cannot be read."""
    return _kit(content_dir / FOLDER / code) if CODE.fullmatch(code) else None


def sheet_of(path: Path) -> Sheet | None:
    """A text with its front matter, None if there is no such file. DocumentError if it cannot be read."""
    if not path.is_file():
        return None
    front, body = split_front(decode(path.read_bytes()))
    return Sheet(str(front.get("title") or path.stem), front, body)


def _kit(folder: Path) -> Kit | None:
    if not CODE.fullmatch(folder.name):
        return None
    sheets = dict(_sheets(folder, "vi"))
    return Kit(folder.name, sheets, dict(_sheets(folder, "km"))) if TALK in sheets else None


def _sheets(folder: Path, lang: str) -> Iterator[tuple[str, Sheet]]:
    for part in PARTS:
        sheet = sheet_of(folder / f"{part}.{lang}.md")
        if sheet is not None:
            yield part, sheet
