"""Files behind one interface, named by their content: what was stored can be checked, and never overwritten."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from flask import current_app

from lms.durable import new_file


@dataclass(frozen=True)
class StoredFile:
    key: str
    sha256: str
    size: int


class Storage(Protocol):
    """`save` is idempotent and durable when it returns; `read` raises FileNotFoundError for an unknown key."""

    def save(self, kind: str, data: bytes, suffix: str = "") -> StoredFile: ...

    def read(self, key: str) -> bytes: ...

    def remove(self, key: str) -> None: ...


class FolderStorage:
    """Files in one folder: ``<kind>/<first two of the hash>/<hash><suffix>``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def save(self, kind: str, data: bytes, suffix: str = "") -> StoredFile:
        sha256 = hashlib.sha256(data).hexdigest()
        key = f"{kind}/{sha256[:2]}/{sha256}{suffix}"
        path = self._path(key)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with new_file(path) as out:
                out.write(data)
        return StoredFile(key, sha256, len(data))

    def read(self, key: str) -> bytes:
        return self._path(key).read_bytes()

    def remove(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise FileNotFoundError(key)
        return path


def storage() -> Storage:
    """The storage of this application."""
    found: Storage = current_app.extensions["storage"]
    return found
