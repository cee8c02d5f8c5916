"""Reading XML as events with expat: no tree, no DOCTYPE, no entities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from xml.parsers import expat

from lms.sheets.model import Refused

Attributes = dict[str, str]

_CHUNK = 4_096


class Scanner(Protocol):
    def start(self, name: str, attributes: Attributes) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, text: str) -> None: ...


def scan(content: bytes, scanner: Scanner) -> None:
    """Names arrive as written, prefix included; see `local`."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = scanner.start
    parser.EndElementHandler = scanner.end
    parser.CharacterDataHandler = scanner.text
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Refused("broken", part="xml") from error


def root_of(content: bytes) -> str:
    """The local name of the root element; "" for an empty part."""
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda name, _: found.append(local(name))
    try:
        for start in range(0, len(content), _CHUNK):
            parser.Parse(content[start : start + _CHUNK], False)
            if found:
                return found[0]
    except expat.ExpatError as error:
        if not found:
            raise Refused("broken", part="xml") from error
    return found[0] if found else ""


def _refuse_doctype(*_: object) -> None:
    raise Refused("broken", part="entities")


def local(name: str) -> str:
    return name.rpartition(":")[2]


def elements(content: bytes, visit: Callable[[str, Attributes], None]) -> None:
    """Calls `visit(local name, attributes)` for each element."""
    scan(content, _Visitor(visit))


class _Visitor:
    def __init__(self, visit: Callable[[str, Attributes], None]) -> None:
        self._visit = visit

    def start(self, name: str, attributes: Attributes) -> None:
        self._visit(local(name), attributes)

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...
