"""Where a value stands in a YAML file, so that a note on the line above can let it pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from lms.authoring.checks.findings import allowed_on

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Lines:
    """`of`: path of a value → its line, from 1; empty for a file that is no YAML."""

    source: list[str]
    of: dict[Path, int]

    def line(self, path: Path) -> int:
        """The line of the value, or of the nearest thing around it."""
        while path and path not in self.of:
            path = path[:-1]
        return self.of.get(path, 1)

    def allowed(self, path: Path) -> dict[str, str]:
        return allowed_on(self.source, self.line(path))


def lines_of(text: str) -> Lines:
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        node = None
    return Lines(text.split("\n"), dict(_walk(node, ())) if node else {})


def _walk(node: yaml.Node, path: Path) -> Iterator[tuple[Path, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _walk(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            yield from _walk(value, (*path, at))
