"""Files behind one interface, named by their content: what was stored can be checked, and never overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from flask import current_app

from lms.config import Settings
from lms.durable import new_file


class StorageUnavailable(OSError):
    """The storage cannot keep or give files now: full, unplugged, not answering. Nothing was kept; try again later."""


@dataclass(frozen=True)
class StoredFile:
    """`key`: ``<kind>/<first two of the hash>/<hash><suffix>``, the same in every storage. `size` in bytes."""

    key: str
    sha256: str
    size: int


class Storage(Protocol):
    """`save` is idempotent and durable when it returns; `read` raises FileNotFoundError for an unknown key.

    All raise StorageUnavailable when the storage itself fails.
    """

    def save(self, kind: str, data: bytes, suffix: str = "") -> StoredFile: ...

    def read(self, key: str) -> bytes: ...

    def remove(self, key: str) -> None: ...


def named(kind: str, data: bytes, suffix: str) -> StoredFile:
    """How these bytes are called."""
    sha256 = hashlib.sha256(data).hexdigest()
    return StoredFile(f"{kind}/{sha256[:2]}/{sha256}{suffix}", sha256, len(data))


class FolderStorage:
    """Files in one folder, by their keys."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def save(self, kind: str, data: bytes, suffix: str = "") -> StoredFile:
        stored = named(kind, data, suffix)
        path = self._path(stored.key)
        with _disk():
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                with new_file(path) as out:
                    out.write(data)
        return stored

    def read(self, key: str) -> bytes:
        with _disk():
            return self._path(key).read_bytes()

    def remove(self, key: str) -> None:
        with _disk():
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise FileNotFoundError(key)
        return path


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StorageUnavailable(error.errno, error.strerror or str(error), error.filename) from error


def storage_of(settings: Settings) -> Storage:
    """A folder, or the bucket of LMS_STORAGE_URL."""
    if not settings.storage_url:
        return FolderStorage(settings.files_dir)
    from lms.storage.bucket import BucketStorage

    return BucketStorage(settings)


def storage() -> Storage:
    """The storage of this application."""
    found: Storage = current_app.extensions["storage"]
    return found
