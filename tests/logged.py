"""Whatever any test makes the product log is searched for the people that tests invent, and for phone numbers."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from lms.web.logs import _ToStderr
from tests.factories import NAMED

PHONE = re.compile(r"(?<![\w.+])(?:\+84|0)[35789]\d{8}(?!\w)")


@contextmanager
def watched() -> Iterator[list[str]]:
    """The lines, as they are written, in which somebody is named; empty is good. Nothing that is logged is changed."""
    handler = _Watching()
    logging.getLogger().addHandler(handler)
    try:
        yield handler.found
    finally:
        logging.getLogger().removeHandler(handler)


class _Watching(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = _written(record)
        if PHONE.search(line) or any(name in line for name in NAMED):
            self.found.append(line)


def _written(record: logging.LogRecord) -> str:
    """By the formatter of the product, for that is what reaches the disk."""
    ours = next((one for one in logging.getLogger().handlers if isinstance(one, _ToStderr)), None)
    return ours.format(record) if ours else record.getMessage()
