"""One value deep inside a YAML text set anew, every other letter as the author left it. Pure."""

from __future__ import annotations

from typing import Any

import yaml

from lms.authoring.yaml_writing import field_lines, flow, last_line, scalar


def child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    """The value of a key, None where there is none or no mapping."""
    fields = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in fields if name.value == key), None)


def with_inner(text: str, node: yaml.MappingNode, path: tuple[str, ...], value: Any) -> str:
    """The text with `value` at `path` below a mapping of it; what is missing on the way is made."""
    key, *rest = path
    inner = child(node, key)
    if rest and isinstance(inner, yaml.MappingNode) and inner.value:
        return with_inner(text, inner, tuple(rest), value)
    for name in reversed(rest):
        value = {name: value}
    return _in_flow(text, node, key, value) if node.flow_style else _in_block(text, node, key, value)


def _in_block(text: str, node: yaml.MappingNode, key: str, value: Any) -> str:
    """A field of a mapping that takes lines of its own: its lines change, or new ones follow the last."""
    lines = text.split("\n")
    name, last = next(((name, value) for name, value in node.value if name.value == key), node.value[-1])
    end = last_line(lines, name.start_mark.line, last)
    column = name.start_mark.column
    fresh = [" " * column + line for line in field_lines(key, value)]
    if name.value != key:
        return "\n".join([*lines[: end + 1], *fresh, *lines[end + 1 :]])
    at = name.start_mark.line
    fresh[0] = lines[at][:column] + fresh[0][column:]  # the first field of an item stands after its dash
    return "\n".join([*lines[:at], *fresh, *lines[end + 1 :]])


def _in_flow(text: str, node: yaml.MappingNode, key: str, value: Any) -> str:
    """A field between braces: its value changes, or it follows the last one."""
    found = child(node, key)
    if found is not None:
        start, end = _at(text, found.start_mark), _at(text, found.end_mark)
        return f"{text[:start]}{flow(value)}{text[end:]}"
    end = _at(text, node.value[-1][1].end_mark)
    return f"{text[:end]}, {scalar(key)}: {flow(value)}{text[end:]}"


def _at(text: str, mark: Any) -> int:
    """A place in the text; lines and columns count letters, whatever they take in bytes."""
    before = sum(len(line) + 1 for line in text.split("\n")[: mark.line])
    return int(before + mark.column)
