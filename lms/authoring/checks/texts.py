"""The visible text of a package, piece by piece, each with where it stands and what it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from markdown_it.token import Token

from lms.authoring.checks.findings import allowed_on
from lms.authoring.checks.lines import Lines
from lms.courses.content import CASE, LAW, blank_comments, parse

STORY, EXACT, WRONG, OPTION, FEEDBACK, TEXT, HALL = "story", "exact", "wrong", "option", "feedback", "text", "hall"

Allowed = Mapping[str, str]


@dataclass(frozen=True)
class Said:
    """A piece of text. `kind`: one of the constants above (HALL: for whoever leads a class, not for learners);
    `keys`: the law cited by its screen or item; `allowed`: code → reason of the notes above it."""

    path: str
    place: str
    text: str
    kind: str
    keys: frozenset[str] = frozenset()
    allowed: Allowed = field(default_factory=dict)


def of_markdown(path: str, source: str, body: str, keys: Iterable[str] = (), kind: str = TEXT) -> Iterator[Said]:
    """The paragraphs, items and cells of a text; `source` is the whole file, in which lines are counted."""
    lines, cited, container = source.split("\n"), frozenset(keys), ""
    before = len(lines) - len(body.split("\n"))
    for token in parse(blank_comments(body)):
        if token.type.startswith("container_"):
            container = token.info.split()[0] if token.nesting == 1 else ""
        elif token.type == "inline" and (text := shown(token.children or [])):
            line = before + (token.map or [0])[0] + 1
            what = {CASE: STORY, LAW: EXACT}.get(container, kind)
            yield Said(path, f"line:{line}", text, what, cited, allowed_on(lines, line))


def shown(children: Iterable[Token]) -> str:
    """Words without marks; a hotline stays its token, so that its key can be seen."""
    parts = []
    for child in children:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "hotline":
            parts.append(f"{{{{duong-day:{child.content}}}}}")
        elif child.type == "image":
            parts.append(child.content)
    return " ".join("".join(parts).split())


def of_front(
    path: str, source: str, front: Mapping[str, Any], names: Iterable[str], kind: str = TEXT
) -> Iterator[Said]:
    """Fields of a front matter that a person reads."""
    lines = source.split("\n")
    keys = frozenset(map(str, front.get("law") or ())) if isinstance(front.get("law"), list) else frozenset()
    for name in names:
        if isinstance(front.get(name), str) and front[name]:
            line = next((at for at, text in enumerate(lines, 1) if text.startswith(f"{name}:")), 0)
            yield Said(path, f"line:{line}", front[name], kind, keys, allowed_on(lines, line))


def of_item(path: str, at: int, item: Mapping[str, Any], lines: Lines) -> Iterator[Said]:
    """All that an item shows, in reading order."""
    keys = frozenset(map(str, item.get("law") or ())) if isinstance(item.get("law"), list) else frozenset()
    name = str(item.get("id") or f"#{at + 1}")
    for where, text, kind in _pieces(item):
        if isinstance(text, str) and text:
            allowed = lines.allowed(("items", at, *where))
            yield Said(path, f"{name}:{'.'.join(map(str, where))}", text, kind, keys, allowed)


Piece = tuple[tuple[str | int, ...], Any, str]


def _pieces(item: Mapping[str, Any]) -> Iterator[Piece]:
    for name in ("stem", "hint", "content_note", "text"):
        yield (name,), item.get(name), TEXT
    yield ("scenario",), item.get("scenario"), STORY
    yield from _listed(item)
    for name in ("fb", "feedback"):
        said = item.get(name)
        for key, text in said.items() if isinstance(said, Mapping) else ():
            yield (name, str(key)), text, FEEDBACK
    nodes = item.get("nodes")
    for key, node in nodes.items() if isinstance(nodes, Mapping) else ():
        if isinstance(node, Mapping):
            yield ("nodes", str(key), "text"), node.get("text"), STORY
            yield from _choices(("nodes", str(key), "choices"), node.get("choices"), "safe")


def _listed(item: Mapping[str, Any]) -> Iterator[Piece]:
    yield from _choices(("options",), item.get("options"), "correct")
    for name in ("steps", "left", "right", "zones"):
        yield from _choices((name,), item.get(name), "")


def _choices(where: tuple[str | int, ...], rows: Any, right: str) -> Iterator[Piece]:
    for at, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, Mapping):
            wrong = right and not row.get(right)
            yield (*where, at, "text"), row.get("text") or row.get("label"), WRONG if wrong else OPTION
            yield (*where, at, "fb"), row.get("fb"), FEEDBACK
