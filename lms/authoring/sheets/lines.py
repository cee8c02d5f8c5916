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
    """A file that gives no lines; `code` as in `words.py`."""

    file: str
    code: str


@dataclass(frozen=True)
class ModuleTexts:
    screens: Mapping[str, Screen]
    lines: tuple[Line, ...]
    troubles: tuple[Trouble, ...]


class _Left(Exception):
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
            screens[file] = screen = _screen(files, name, file)
            strings = enumerate(screen.strings, 1)
            lines += [Line(file, str(at), tidy(source), tidy(draft), file) for at, (source, draft) in strings]
        except _Left as left:
            troubles.append(left.trouble)
    try:
        lines += _item_lines(files, lang)
    except _Left as left:
        troubles.append(left.trouble)
    return ModuleTexts(screens, tuple(lines), tuple(troubles))


def marks(text: str) -> list[str]:
    """What must come through a translation untouched: helplines, addresses of pictures, gaps."""
    return sorted(MARKS.findall(text))


def _screen(files: Mapping[str, bytes], name: str, file: str) -> Screen:
    screen = read_screen(_document(files, name), _document(files, file) if file in files else None)
    if screen is None:
        raise _Left(file, "other-shape")
    return screen


def _document(files: Mapping[str, bytes], name: str) -> Document:
    try:
        return read_document(decode(files[name]))
    except DocumentError as error:
        raise _Left(name, "unreadable") from error


def _texts(files: Mapping[str, bytes]) -> list[str]:
    """The module's introduction, then its lessons as they are taught."""
    names = {name for name in files if LESSON_FILE.fullmatch(name)}
    try:
        front = _document(files, INTRODUCTION).front if INTRODUCTION in files else {}
    except _Left:
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
        raise _Left(QUESTIONS, "unreadable") from error
    keys = [item.get("id") for item in items]
    if len(set(map(str, keys))) != len(keys) or not all(isinstance(key, str) for key in keys):
        raise _Left(QUESTIONS, "double-ids")
    return items
