"""The text of lessons and question files with one thing changed, and all else as the author left it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from lms.authoring.yaml_inside import child, with_inner
from lms.authoring.yaml_writing import LESSON_ORDER, field_lines, in_order, item_lines, last_line, replaced_field
from lms.courses.documents import FRONT, DocumentError, load_yaml
from lms.courses.package import QUESTIONS_SCHEMA


@dataclass(frozen=True)
class Document:
    """A Markdown file: the text between its two lines of ---, what that says, and the body."""

    front_text: str
    front: Mapping[str, Any]
    body: str


def read_document(text: str) -> Document:
    """DocumentError where the front matter is missing or cannot be read: then only the whole text can be edited."""
    match = FRONT.match(text)
    front = load_yaml(match["front"], first_line=2) if match else None
    if match is None or not isinstance(front, dict):
        raise DocumentError("front-missing")
    return Document(match["front"], front, match["body"])


def write_document(document: Document, changes: Mapping[str, Any], body: str) -> str:
    """The file with some fields (None: taken out) and the body changed; unchanged fields keep their very letters."""
    front = document.front_text
    for key, value in changes.items():
        if document.front.get(key) != value:
            front = replaced_field(front, key, value)
    return f"---\n{front}---\n{body}"


def new_document(front: Mapping[str, Any], body: str) -> str:
    lines = [line for key, value in in_order(front, LESSON_ORDER).items() for line in field_lines(key, value)]
    return "\n".join(["---", *lines, "---", body])


def items_of(text: str) -> list[dict[str, Any]]:
    """The items of a questions.yaml; DocumentError if it is none."""
    document = load_yaml(text)
    rows = document.get("items") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DocumentError("questions-schema")
    return rows


def with_item(text: str, body: Mapping[str, Any]) -> str:
    """The file with this item in place of the one with its id, or at the end if there is none."""
    spans = _spans(text)
    lines = text.split("\n")
    if body["id"] in spans:
        first, last = spans[body["id"]]
        return "\n".join([*lines[:first], *_indented(lines[first], body), *lines[last + 1 :]])
    if not spans:
        return _with_first_item(text, body)
    while lines and not lines[-1].strip():
        lines.pop()
    like = lines[next(iter(spans.values()))[0]]
    return "\n".join([*lines, "", *_indented(like, body), ""])


def without_item(text: str, key: str) -> str:
    first, last = _spans(text)[key]
    lines = text.split("\n")
    if last + 1 < len(lines) and not lines[last + 1].strip():
        last += 1  # the blank line between two items goes with it
    left = "\n".join([*lines[:first], *lines[last + 1 :]])
    return left if items_left(left) else _empty_list(left)


def with_translations(text: str, lang: str, said: Mapping[str, Mapping[str, Any]]) -> str:
    """The file with what these items (id → it) say in `lang`; every other letter, also of the items' own, as it was.

    KeyError for an item that the file does not have.
    """
    nodes = _item_nodes(text)
    for key in sorted(said, key=lambda key: nodes[key].start_mark.index, reverse=True):
        text = with_inner(text, nodes[key], ("lang", lang), said[key])  # from below: what stands above keeps its place
    return text


def new_questions(module: str, reviewed_on: str) -> str:
    return f"schema: {QUESTIONS_SCHEMA}\nmodule: {module}\nreviewed_on: {reviewed_on}\nitems: []\n"


def items_left(text: str) -> bool:
    document = load_yaml(text)
    return isinstance(document, dict) and bool(document.get("items"))


def _spans(text: str) -> dict[str, tuple[int, int]]:
    """id → first and last line (from 0) of its entry."""
    root, lines = yaml.compose(text, Loader=yaml.CSafeLoader), text.split("\n")
    fields = root.value if isinstance(root, yaml.MappingNode) else []
    rows = next((value for key, value in fields if key.value == "items"), None)
    found = {}
    for node in rows.value if isinstance(rows, yaml.SequenceNode) else ():
        named = {key.value: value for key, value in node.value}
        first = node.start_mark.line
        found[named["id"].value if "id" in named else f"line:{first}"] = (first, last_line(lines, first, node))
    return found


def _item_nodes(text: str) -> dict[str, yaml.MappingNode]:
    rows = child(yaml.compose(text, Loader=yaml.CSafeLoader), "items")
    found = [node for node in rows.value if isinstance(node, yaml.MappingNode)] if rows is not None else []
    return {name.value: node for node in found if (name := child(node, "id")) is not None}


def _indented(like: str, body: Mapping[str, Any]) -> list[str]:
    """As deep as the items around it."""
    margin = like[: len(like) - len(like.lstrip())]
    return [margin + line for line in item_lines(body)]


def _with_first_item(text: str, body: Mapping[str, Any]) -> str:
    front = replaced_field(text, "items", [])
    lines = front.rstrip("\n").split("\n")
    at = next(at for at, line in enumerate(lines) if line.startswith("items:"))
    return "\n".join([*lines[:at], "items:", *item_lines(body), *lines[at + 1 :], ""])


def _empty_list(text: str) -> str:
    return replaced_field(text, "items", [])
