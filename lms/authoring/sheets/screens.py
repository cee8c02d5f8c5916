"""A lesson (or a module's introduction) and the translation beside it, string by string. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms.authoring.files import Document, new_document, write_document
from lms.authoring.sheets.blocks import holds, shape, text_blocks, with_texts

FIELDS = ("title", "content_note")


@dataclass(frozen=True)
class Screen:
    """`strings`: (Vietnamese, translation or "") in the order of the sheet: the fields, then the text blocks."""

    source: Document
    translated: Document | None
    fields: tuple[str, ...]
    strings: tuple[tuple[str, str], ...]


def read_screen(source: Document, translated: Document | None) -> Screen | None:
    """None where the translation has other blocks than the Vietnamese text."""
    if translated is not None and shape(translated.body) != shape(source.body):
        return None
    fields = tuple(name for name in FIELDS if _field(source, name))
    said = [*(_field(source, name) for name in fields), *(block.text for block in text_blocks(source.body))]
    return Screen(
        source, translated, fields, tuple(zip(said, _translations(translated, fields, len(said)), strict=True))
    )


def can_stand(screen: Screen, at: int, text: str) -> bool:
    """Whether string number `at` (from 0) may say this without changing what stands around it."""
    place = at - len(screen.fields)
    return "\n" not in text if place < 0 else holds(screen.source.body, place, text)


def write_screen(screen: Screen, texts: Mapping[int, str], front: Mapping[str, str | None]) -> str:
    """The translation with some strings (by their place from 0) and some fields of its front matter changed.

    Where there is none yet, `texts` must name every string: it becomes the Vietnamese text saying these words.
    """
    changes = {name: texts[at] for at, name in enumerate(screen.fields) if at in texts}
    body = {at - len(screen.fields): text for at, text in texts.items() if at >= len(screen.fields)}
    if screen.translated is None:
        given = {name: value for name, value in {**changes, **front}.items() if value is not None}
        return new_document(given, with_texts(screen.source.body, body))
    return write_document(screen.translated, {**changes, **front}, with_texts(screen.translated.body, body))


def _translations(document: Document | None, fields: tuple[str, ...], count: int) -> list[str]:
    if document is None:
        return [""] * count
    return [*(_field(document, name) for name in fields), *(block.text for block in text_blocks(document.body))]


def _field(document: Document, name: str) -> str:
    value = document.front.get(name)
    return value.strip() if isinstance(value, str) else ""
