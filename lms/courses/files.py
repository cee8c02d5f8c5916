"""The files of a package as they are: what may be stored at all, their hashes, and the manifest."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.courses import media

MAX_FILES = 2_000
MAX_PACKAGE_BYTES = 100_000_000
"""The longest course read aloud at 24 kbit/s is 60 MB, with its pictures a little more."""
MAX_TEXT_BYTES = 400_000
MAX_FILE_BYTES = 4_000_000
MAX_PATH = 200
MAX_SEGMENT = 100

TEXT_SUFFIXES = (".md", ".yaml", ".yml", ".txt")
FORBIDDEN_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')


@dataclass(frozen=True)
class Problem:
    """What is wrong in one file; `messages.say()` makes the sentence from `code` and `args`."""

    path: str
    code: str
    args: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def refuses(self) -> bool:
        """The whole package is refused: it cannot be stored safely, or does not say which course it is."""
        return self.code in REFUSING


REFUSING = frozenset(
    {
        *("path-escape", "path-long", "path-not-nfc", "path-clash", "media-kind"),
        *("file-too-large", "package-too-large", "too-many-files"),
        *("course-missing", "course-schema", "course-code"),
    }
)


def manifest(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """path → {sha256, size}, sorted by path."""
    return {path: {"sha256": sha256(files[path]), "size": len(files[path])} for path in sorted(files)}


def content_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the sorted lines "sha256  path\\n": what `sha256sum` prints, hashed again."""
    return hash_of_hashes((path, sha256(data)) for path, data in files.items())


def hash_of_hashes(pairs: Iterable[tuple[str, str]]) -> str:
    """`content_hash` from (path, sha256) pairs, where the files themselves need not be read."""
    lines = sorted(f"{digest}  {path}\n" for path, digest in pairs)
    return sha256("".join(lines).encode())


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def is_media(path: str) -> bool:
    return "media" in path.split("/")[:-1]


def faults_of_path(path: str) -> str | None:
    """The code of what is wrong with a path inside a package, or None."""
    parts = path.split("/")
    if FORBIDDEN_IN_NAMES.search(path) or any(part.strip(". ") == "" or part.startswith(".") for part in parts):
        return "path-escape"
    if len(path) > MAX_PATH or any(len(part) > MAX_SEGMENT for part in parts):
        return "path-long"
    return None if unicodedata.is_normalized("NFC", path) else "path-not-nfc"


def faults_of_file(path: str, data: bytes) -> Iterator[Problem]:
    """What forbids storing one file: its path, its size, a picture or a sound of another kind than ours."""
    fault = faults_of_path(path)
    if fault:
        yield Problem(path, fault)
    limit = MAX_TEXT_BYTES if path.endswith(TEXT_SUFFIXES) else MAX_FILE_BYTES
    if len(data) > limit:
        yield Problem(path, "file-too-large", {"limit_kb": limit // 1000})
    elif is_media(path) and media.kind_of(data) is None:
        yield Problem(path, "media-kind")


def faults_of_files(files: Mapping[str, bytes]) -> Iterator[Problem]:
    if len(files) > MAX_FILES:
        yield Problem("", "too-many-files", {"limit": MAX_FILES})
        return
    if sum(map(len, files.values())) > MAX_PACKAGE_BYTES:
        yield Problem("", "package-too-large", {"limit_kb": MAX_PACKAGE_BYTES // 1000})
    folders = {parent.casefold() for path in files for parent in _parents(path)}
    seen: set[str] = set()
    for path, data in files.items():
        yield from faults_of_file(path, data)
        if path.casefold() in seen | folders:
            yield Problem(path, "path-clash")  # on some computers one of the two would overwrite the other
        seen.add(path.casefold())


def _parents(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:at]) for at in range(1, len(parts)))
