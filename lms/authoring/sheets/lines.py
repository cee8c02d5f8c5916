"""The strings of one module and their translations, as the lines of a sheet. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.authoring.files import Document, items_of, read_document
from lms.authoring.sheets.items import parts, said_in
from lms.authoring.sheets.screens import Screen, read_screen
from lms.authoring.sheets.table import tidy
from lms.courses.documents import DocumentError, decode
from lms.courses.package import LESSON_FILE, lesson_order

QUESTIONS = "questions.yaml"
INTRODUCTION = "module.vi.md"
MARKS = re.compile(r"\{\{[^{}]*\}\}|\]\([^()]*\)|\[\[\d+\]\]")


@dataclass(frozen=True)
class Line:
    """One string. `unit` is what gets a status of its own, all its lines together: a file, or one question of it."""

    file: str
    nr: str
    source: str
    draft: str
    unit: str


@dataclass(frozen=True)
class Trouble:
    """A file that gives no lines, or (`what`: where in it) one of its strings that gives none; `code`: `words.py`."""

    file: str
    code: str
    what: str = ""


@dataclass(frozen=True)
class ModuleTexts:
    screens: Mapping[str, Screen]
    lines: tuple[Line, ...]
    troubles: tuple[Trouble, ...]


class LeftOut(Exception):
    """A file that gives no lines, with what to say of it."""

    def __init__(self, file: str, code: str) -> None:
        self.trouble = Trouble(file, code)


def read_module(files: Mapping[str, bytes], lang: str) -> ModuleTexts:
    """`files`: the module's folder, name → bytes. A file that cannot be read is told and left out, the rest goes on."""
    screens: dict[str, Screen] = {}
    lines: list[Line] = []
    troubles: list[Trouble] = []
    for name in _texts(files):
        file = name.replace(".vi.md", f".{lang}.md")
        try:
            screens[file] = screen_of(document_in(files, name), files, file)
            lines += screen_lines(file, screens[file])
        except LeftOut as left:
            troubles.append(left.trouble)
    try:
        lines += _item_lines(files, lang)
    except LeftOut as left:
        troubles.append(left.trouble)
    return ModuleTexts(screens, tuple(lines), tuple(troubles))


def marks(text: str) -> list[str]:
    """What must come through a translation untouched: helplines, addresses of pictures, gaps."""
    return sorted(MARKS.findall(text))


def screen_of(source: Document, files: Mapping[str, bytes], file: str) -> Screen:
    """`source` and its translation in `file`, if that is there. LeftOut for one that cannot be put beside it."""
    screen = read_screen(source, document_in(files, file) if file in files else None)
    if screen is None:
        raise LeftOut(file, "other-shape")
    return screen


def screen_lines(file: str, screen: Screen) -> list[Line]:
    strings = enumerate(screen.strings, 1)
    return [Line(file, str(at), tidy(source), tidy(draft), file) for at, (source, draft) in strings]


def document_in(files: Mapping[str, bytes], name: str) -> Document:
    """LeftOut for one that cannot be read."""
    try:
        return read_document(decode(files[name]))
    except DocumentError as error:
        raise LeftOut(name, "unreadable") from error


def _texts(files: Mapping[str, bytes]) -> list[str]:
    """The module's introduction, then its lessons as they are taught."""
    names = {name for name in files if LESSON_FILE.fullmatch(name)}
    try:
        front = document_in(files, INTRODUCTION).front if INTRODUCTION in files else {}
    except LeftOut:
        front = {}
    first = [INTRODUCTION] if INTRODUCTION in files else []
    return [*first, *(name for name in lesson_order(front, names) if name in names)]


def _item_lines(files: Mapping[str, bytes], lang: str) -> list[Line]:
    items = _items(files[QUESTIONS]) if QUESTIONS in files else []
    found = []
    for item in items:
        unit = f"{QUESTIONS}:{item['id']}:{lang}"
        for part in parts(item):
            said = tidy(said_in(item, lang, part.path))
            found.append(Line(QUESTIONS, f"{item['id']}:{part.name}", tidy(part.text), said, unit))
    return found


def _items(data: bytes) -> list[dict[str, Any]]:
    try:
        items = items_of(decode(data))
    except DocumentError as error:
        raise LeftOut(QUESTIONS, "unreadable") from error
    keys = [item.get("id") for item in items]
    if len(set(map(str, keys))) != len(keys) or not all(isinstance(key, str) for key in keys):
        raise LeftOut(QUESTIONS, "double-ids")
    return items
