"""The text of a package into plain values: UTF-8, NFC, front matter, and YAML without its traps."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable
from typing import Any

import yaml

MAX_DEPTH = 40
FRONT = re.compile(r"\A---[ \t]*\n(?P<front>.*?)^---[ \t]*(?:\n|\Z)(?P<body>.*)\Z", re.DOTALL | re.MULTILINE)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class DocumentError(ValueError):
    """A text that cannot be read; `code` names the fault, `line` (from 1) says where, if it is known."""

    def __init__(self, code: str, line: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.line = line


def decode(data: bytes) -> str:
    """UTF-8 as text in NFC with plain newlines. DocumentError: "not-utf8", "bad-text" (control signs)."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError("not-utf8", data.count(b"\n", 0, error.start) + 1) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = CONTROL.search(text)
    if found:
        raise DocumentError("bad-text", text.count("\n", 0, found.start()) + 1)
    return unicodedata.normalize("NFC", text)


def split_front(text: str) -> tuple[dict[str, Any], str]:
    """Front matter (a mapping between two lines of ---) and the body.

    DocumentError: "front-missing", or as `load_yaml`.
    """
    match = FRONT.match(text)
    if match is None:
        raise DocumentError("front-missing")
    front = load_yaml(match["front"], first_line=2)
    if front is None:
        return {}, match["body"]
    if not isinstance(front, dict):
        raise DocumentError("front-missing")
    return front, match["body"]


def body_of(text: str) -> str:
    """What stands below the front matter, even if the front matter itself cannot be read."""
    match = FRONT.match(text)
    return match["body"] if match else text


def load_yaml(text: str, first_line: int = 1) -> Any:
    """One YAML document as plain values that JSON can hold; dates stay text, written back as they were.

    Only true/false, whole and decimal numbers and null are more than text (YAML 1.2's core, so that 19:40 or
    "no" are words). Anchors, tags, doubled keys and deep nesting are refused: DocumentError "bad-yaml".
    """
    try:
        _refuse_tricks(text, first_line)
        value = yaml.load(text, Loader=_Loader)  # a SafeLoader underneath
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise DocumentError("bad-yaml", mark.line + first_line if mark else None) from error
    _refuse_controls(value)
    return value


class _Loader(yaml.CSafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        keys = [(key.tag, key.value) for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for at, key in enumerate(keys):
            if key in keys[:at]:
                raise yaml.MarkedYAMLError(problem="a key twice", problem_mark=node.value[at][0].start_mark)
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"[-+]?(?:0|[1-9][0-9]{0,14})", "-+0123456789"),
    ("float", r"[-+]?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}", "-+0123456789"),
    ("null", r"null|~|", ["n", "~", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_first))


def _refuse_tricks(text: str, first_line: int) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        tricky = isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None)
        if tricky or depth > MAX_DEPTH:
            raise DocumentError("bad-yaml", event.start_mark.line + first_line if event.start_mark else None)


def _refuse_controls(value: Any) -> None:
    """Escapes in quoted YAML can smuggle in what `decode` refuses; no database column would take it."""
    if isinstance(value, str) and CONTROL.search(value):
        raise DocumentError("bad-text")
    inside = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    for item in inside:
        _refuse_controls(item)
