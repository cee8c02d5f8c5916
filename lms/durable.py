"""Files that stand under their name whole or not at all, and still do after the power went."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def new_file(path: Path, *, replace: bool = True) -> Iterator[BinaryIO]:
    """To be written to: beside at first, flushed to disk, then under its name. Readable by its owner alone.

    After an error inside there is what was there before. Without `replace`, FileExistsError for a name that is taken.
    """
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        if replace:
            os.replace(draft, path)
        else:
            os.link(draft, path)  # unlike a rename, it refuses a name that is taken
        flush_folder(path.parent)
    finally:
        Path(draft).unlink(missing_ok=True)


def flush_folder(folder: Path) -> None:
    """A name in a folder is durable once the folder is."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
