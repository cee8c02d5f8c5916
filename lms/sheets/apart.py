"""Reading a stranger's file in a child process that dies when it takes too much (safety.md, sentence 8)."""

from __future__ import annotations

import io
import pickle
import resource
import struct
import subprocess
import sys
from typing import Any

from lms.sheets.model import Limits, Refused, Workbook
from lms.sheets.reading import read_workbook

MEMORY = 1_500_000_000
SECONDS = 30

_ALLOWED = {
    ("lms.sheets.model", "Workbook"),
    ("lms.sheets.model", "Sheet"),
    ("lms.sheets.model", "Cell"),
    ("lms.sheets.model", "Merge"),
    ("lms.sheets.model", "Refused"),
    ("lms.sheets.model", "_refused"),
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "time"),
    ("datetime", "timedelta"),
    ("builtins", "frozenset"),
    ("builtins", "getattr"),
}


def read_workbook_apart(
    data: bytes, filename: str, limits: Limits | None = None, *, seconds: int = SECONDS, memory: int = MEMORY
) -> Workbook:
    """As `read_workbook`; a file that takes more than `seconds` or `memory` bytes is refused as too_large."""
    limits = limits or Limits()
    head = pickle.dumps((filename, limits.rows, limits.columns, limits.unpacked, seconds, memory))
    try:
        child = subprocess.run(
            [sys.executable, "-m", __name__],
            input=struct.pack("<I", len(head)) + head + data,
            capture_output=True,
            timeout=2 * seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("too_large", seconds=seconds) from error
    if child.returncode:
        raise Refused("too_large", memory=memory, seconds=seconds)
    answer = _Answer(io.BytesIO(child.stdout)).load()
    if isinstance(answer, Refused):
        raise answer
    if not isinstance(answer, Workbook):
        raise TypeError("the reading process answered something else than a workbook")
    return answer


class _Answer(pickle.Unpickler):
    """Only our own plain values: a parser taken over by a file must not reach this process."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not part of a workbook")
        return super().find_class(module, name)


def _serve() -> None:
    length = struct.unpack("<I", sys.stdin.buffer.read(4))[0]
    filename, rows, columns, unpacked, seconds, memory = pickle.loads(sys.stdin.buffer.read(length))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    answer: Workbook | Refused
    try:
        answer = read_workbook(
            sys.stdin.buffer.read(), filename, max_rows=rows, max_columns=columns, max_unpacked=unpacked
        )
    except Refused as refused:
        answer = refused
    pickle.dump(answer, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    _serve()
