"""What a learner reads of an item, piece by piece, and where its translation stands in `lang` (content-guide A8). Pure.

`lang: {km: {status, stem, scenario, options: {id: {text, feedback}}, feedback}}` is the schema's; the other types keep
their words the same way, under the item's own names: steps, left, right, zones, rubric, gaps, nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
Said = tuple[str, Path, Any]


@dataclass(frozen=True)
class Part:
    """`name` as the sheet's column nr says it (`a.text`, `fb.true`); `path` within lang → km."""

    name: str
    path: Path
    text: str


def parts(item: Mapping[str, Any]) -> list[Part]:
    """In reading order: the note before it, the story, the question, the answers, what is said to each."""
    return [Part(name, path, text) for name, path, text in _said(item) if isinstance(text, str) and text.strip()]


def said_in(item: Mapping[str, Any], lang: str, path: Path) -> str:
    """The translation of one part as it stands now; "" if there is none."""
    value: Any = translation(item, lang)
    for key in path:
        value = value.get(_key(value, key)) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""


def translation(item: Mapping[str, Any], lang: str) -> Mapping[str, Any]:
    said = item.get("lang")
    found = said.get(lang) if isinstance(said, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def with_texts(translated: Mapping[str, Any], texts: Mapping[Path, str], order: list[Path]) -> dict[str, Any]:
    """The translation with these parts saying this; new keys come in the order of the item's own parts."""
    made: Any = dict(translated)
    for path in order:
        if path in texts:
            made = _put(made, path, texts[path])
    return dict(made)


def _put(value: Any, path: Path, text: str) -> Any:
    if not path:
        return text
    made = dict(value) if isinstance(value, Mapping) else {}
    key = _key(made, path[0])
    made[key] = _put(made.get(key), path[1:], text)
    return made


def _key(mapping: Mapping[Any, Any], wanted: str | int) -> str | int:
    """1 and "1" are the same gap: in YAML it is a number, in what JSON kept it is not."""
    return next((key for key in mapping if str(key) == str(wanted)), wanted)


def _said(item: Mapping[str, Any]) -> Iterator[Said]:
    for name in ("content_note", "scenario", "stem", "hint"):
        yield name, (name,), item.get(name)
    yield "media.alt", ("media", "alt"), _mapping(item.get("media")).get("alt")
    for name in ("alt", "text"):
        yield name, (name,), item.get(name)
    yield from _gaps(item)
    for name, prefix in (("options", ""), ("left", "left."), ("right", "right."), ("steps", ""), ("zones", "")):
        yield from _rows((name,), prefix, item.get(name))
    yield from _rubric(item)
    yield from _nodes(item)
    yield from _feedback(item)


def _rows(path: Path, prefix: str, rows: Any) -> Iterator[Said]:
    for row in _mappings(rows):
        name = str(row.get("id"))
        for key, kept in (("text", "text"), ("label", "label"), ("fb", "feedback")):
            yield f"{prefix}{name}.{key}", (*path, name, kept), row.get(key)


def _gaps(item: Mapping[str, Any]) -> Iterator[Said]:
    """The words to choose from, by their place; what is a bare number says the same in every language."""
    for gap, described in _mapping(item.get("gaps")).items():
        options = _mapping(described).get("options")
        for at, text in enumerate(options if isinstance(options, list) else (), 1):
            if any(letter.isalpha() for letter in str(text)):
                yield f"gap.{gap}.{at}", ("gaps", gap, "options", at), text


def _rubric(item: Mapping[str, Any]) -> Iterator[Said]:
    for at, row in enumerate(_mappings(item.get("rubric")), 1):
        for key in ("criterion", "good"):
            yield f"rubric.{at}.{key}", ("rubric", at, key), row.get(key)


def _nodes(item: Mapping[str, Any]) -> Iterator[Said]:
    for name, node in _mapping(item.get("nodes")).items():
        yield f"{name}.text", ("nodes", name, "text"), _mapping(node).get("text")
        yield from _rows(("nodes", name, "choices"), f"{name}.", _mapping(node).get("choices"))


def _feedback(item: Mapping[str, Any]) -> Iterator[Said]:
    """Both of an item's words for it end up in `feedback`."""
    for field in ("fb", "feedback"):
        for key, text in _mapping(item.get(field)).items():
            yield f"{field}.{key}", ("feedback", key), text


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
