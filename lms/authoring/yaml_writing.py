"""YAML as our courses are written by hand: one line a field, options one a line, the schema's order of keys. Pure.

Reading it back (`lms.courses.documents.load_yaml`) gives the same values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

PLAIN = re.compile(r"[a-z][a-z0-9_]*(?:-[a-z0-9_]+)*|[0-9]{4}-[0-9]{2}-[0-9]{2}|[A-Z][A-Z_0-9]*")
WORDS_OF_YAML = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
WIDEST_FLOW = 100
ROWS = frozenset(("options", "steps", "left", "right", "zones", "rubric", "choices"))
ITEM_ORDER = (
    *(
        "id",
        "type",
        "outcome",
        "difficulty",
        "points",
        "must_be_right",
        "tags",
        "law",
        "read_again",
        "score",
        "cast",
        "content_note",
    ),
    *("scenario", "stem", "hint", "media", "shuffle", "options", "answer", "tolerance", "unit", "accept_units"),
    *("accepted", "text", "gaps", "left", "right", "pairs", "steps", "image", "alt", "zones", "correct"),
    *("min_words", "max_words", "minutes", "rubric", "warn_personal_data", "start", "nodes", "fb", "feedback"),
    *("reviewed_on", "lang"),
)
LESSON_ORDER = (
    "title",
    "status",
    "minutes",
    "outcome",
    "law",
    "reviewed_on",
    "content_note",
    "cast",
    "practice",
    "audio",
    "audio_says",
)


def in_order(values: Mapping[str, Any], order: Iterable[str]) -> dict[str, Any]:
    """The same mapping with its keys in `order`; what `order` does not name follows as it stands."""
    known = [key for key in order if key in values]
    return {key: values[key] for key in (*known, *(key for key in values if key not in known))}


def item_lines(body: Mapping[str, Any]) -> list[str]:
    """An item of questions.yaml, as an entry of its list."""
    lines = [line for key, value in in_order(body, ITEM_ORDER).items() for line in field_lines(key, value)]
    return [("- " if at == 0 else "  ") + line for at, line in enumerate(lines)]


def field_lines(key: str | int, value: Any) -> list[str]:
    """One field; mappings that would be too long for a line, and the rows of a question, take a line each."""
    name = scalar(key)
    if key in ROWS and isinstance(value, list) and value:
        return [f"{name}:", *(f"- {flow(row)}" for row in value)]
    if isinstance(value, dict) and len(flow(value)) > WIDEST_FLOW:
        return [f"{name}:", *(f"  {line}" for inner, row in value.items() for line in field_lines(inner, row))]
    return [f"{name}: {flow(value)}"]


def flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    if PLAIN.fullmatch(text) and text.lower() not in WORDS_OF_YAML:
        return text
    return json.dumps(text, ensure_ascii=False)


def replaced_field(front: str, key: str, value: Any) -> str:
    """The text of a mapping with one field changed (None: taken out), every other line as it was; a new field goes
    to the end."""
    lines = front.split("\n")
    found = _span(front, key)
    fresh = [] if value is None else field_lines(key, value)
    if found is None:
        while lines and not lines[-1].strip():
            lines.pop()
        return "\n".join([*lines, *fresh, ""])
    first, last = found
    return "\n".join([*lines[:first], *fresh, *lines[last + 1 :]])


def _span(front: str, key: str) -> tuple[int, int] | None:
    """First and last line (from 0) of a field of the top mapping."""
    root = yaml.compose(front, Loader=yaml.CSafeLoader)
    if not isinstance(root, yaml.MappingNode):
        return None
    for name, value in root.value:
        if name.value == key:
            return name.start_mark.line, last_line(front.split("\n"), name.start_mark.line, value)
    return None


def last_line(lines: list[str], first: int, node: yaml.Node) -> int:
    """The last line of a value, without blank lines and notes that stand below it."""
    node = _innermost_last(node)
    runs_on = node.end_mark.column == 0 or (isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"))
    last = node.end_mark.line - (1 if runs_on else 0)
    while last > first and (not lines[min(last, len(lines) - 1)].strip() or _is_note(lines[last])):
        last -= 1
    return max(first, last)


def _innermost_last(node: yaml.Node) -> yaml.Node:
    """A value written over several lines ends where its last one does; its own mark stands at what comes next."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(node, yaml.MappingNode) else last
    return node


def _is_note(line: str) -> bool:
    return line.lstrip().startswith("#")
