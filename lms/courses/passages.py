"""What a text says, piece by piece: for counting words, for the page of notes, for the linter. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from markdown_it.token import Token

from lms.courses.content import KEEP, LAW, LOOKS, TOKEN, blank_comments, parse, without_comments

FENCE = re.compile(r" {0,3}(?P<colons>:{3,})[ \t]*(?P<name>\S*)[ \t]*(?P<key>\S*)")


@dataclass(frozen=True)
class Passage:
    """Words that a learner sees together: a paragraph, an item, a cell. `container` "": running text."""

    text: str
    container: str = ""
    key: str = ""


@dataclass(frozen=True)
class Fault:
    """What an author should mend; `line` counts from 1 in the body, `arg` is the word at fault."""

    code: str
    line: int
    arg: str = ""


def passages(markdown: str) -> list[Passage]:
    """The visible text in reading order, without marks; a hotline token counts as one word."""
    found, container, key = [], "", ""
    for token in parse(without_comments(markdown)):
        if token.type.startswith("container_"):
            opens = token.nesting == 1
            container, _, key = token.info.strip().partition(" ") if opens else ("", "", "")
        elif token.type == "inline":
            found.append(Passage(_words(token.children or []), container, key.strip()))
    return [passage for passage in found if passage.text]


@lru_cache(maxsize=8192)  # the hours of a module and of its screens ask for the same texts
def count_words(markdown: str) -> tuple[int, int]:
    """(words outside `luat` blocks, words inside them); a word is a syllable between spaces."""
    outside = inside = 0
    for passage in passages(markdown):
        words = sum(any(sign.isalnum() for sign in word) for word in passage.text.split())
        outside, inside = (outside, inside + words) if passage.container == LAW else (outside + words, inside)
    return outside, inside


def to_remember(markdown: str) -> list[str]:
    """The lines of the `ghi-nho` blocks."""
    return [passage.text for passage in passages(markdown) if passage.container == KEEP]


def faults(markdown: str, *, knows_law: Callable[[str], bool], knows_hotline: Callable[[str], bool]) -> list[Fault]:
    """Containers unknown, open or nested; keys of law and hotlines that no table has; addresses outside."""
    text = blank_comments(markdown)
    found = [*_fence_faults(text.split("\n"), knows_law)]
    for number, line in enumerate(text.split("\n"), 1):
        found += [Fault("hotline-unknown", number, key) for key in TOKEN.findall(line) if not knows_hotline(key)]
    for token in parse(text):
        at = (token.map or [0])[0] + 1
        found += [Fault(code, at, arg) for code, arg in _address_faults(token.children or [])]
    return sorted(found, key=lambda fault: fault.line)


def _words(children: list[Token]) -> str:
    parts = []
    for child in children:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "hotline":
            parts.append("số")
    return " ".join("".join(parts).split())


def _fence_faults(lines: list[str], knows_law: Callable[[str], bool]) -> Iterator[Fault]:
    opened = 0
    for number, line in enumerate(lines, 1):
        match = FENCE.match(line)
        if match is None:
            continue
        name, key = match["name"], match["key"]
        if opened and name:
            yield Fault("container-nested", number, name)
        elif name and name not in LOOKS:
            yield Fault("container-unknown", number, name)
        elif name == LAW and not knows_law(key):
            yield Fault("law-unknown", number, key)
        elif not name and not opened:
            yield Fault("container-not-open", number)
        opened = number if name else 0
    if opened:
        yield Fault("container-open", opened)


def _address_faults(children: list[Token]) -> Iterator[tuple[str, str]]:
    for child in children:
        if child.type == "link_open":
            yield "link-outside", str(child.attrs.get("href", ""))
        elif child.type == "image":
            source = str(child.attrs.get("src", ""))
            if not source.startswith("media/"):
                yield "image-outside", source
            if not child.content.strip():
                yield "image-words-missing", source
