"""The text blocks of a Markdown body, each with where its words stand, so that one can change and nothing else. Pure.

A block is what a reader signs: a paragraph, one item of a list, one row of a table, a heading, a quoted line. Fences
(`:::`), the line under a table's head and blank lines are structure: a translation has the same ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lms.courses.content import HIDDEN
from lms.courses.passages import FENCE

RULE = re.compile(r"(?=.*-)(?=.*\|)[ \t|:-]+")
LEAD = re.compile(r"(?P<margin>[ \t]*)(?P<mark>(?:[-*+]|\d+[.)]|#{1,6}|>)[ \t]+)?")
COMMENT = re.compile(rf"(?<![ \t])[ \t]*{HIDDEN}[ \t]*", re.DOTALL)
CELL_WALL = re.compile(r"(?<!\\)\|")
PARAGRAPH = "p"


@dataclass(frozen=True)
class Block:
    """`kind` says what a translation must share: the sort of block, its depth, for a row how many cells.

    `text` stands at body[start:end]; without text it is structure.
    """

    kind: str
    start: int
    end: int
    text: str = ""


def text_blocks(body: str) -> list[Block]:
    return [block for block in all_blocks(body) if block.text]


def shape(body: str) -> list[str]:
    """What two texts that say the same share, structure included."""
    return [block.kind for block in all_blocks(body)]


def with_texts(body: str, texts: Mapping[int, str]) -> str:
    """The body with some of its `text_blocks`, by their place from 0, saying something else."""
    for at, block in reversed([*enumerate(text_blocks(body))]):
        if at in texts:
            body = body[: block.start] + texts[at] + body[block.end :]
    return body


def holds(body: str, at: int, text: str) -> bool:
    """Whether block number `at` may say this: it opens no list, no fence and no second paragraph there."""
    said = with_texts(body, {at: text})
    if shape(said) != shape(body) or text_blocks(said)[at].text != text:
        return False
    return shape(text)[0] == shape(text_blocks(body)[at].text)[0]  # within a list too: "- # x" is a heading in it


def all_blocks(body: str) -> list[Block]:
    """Text and structure in their order; lines that run on without a blank line are one block."""
    found: list[Block] = []
    open_ = False
    for start, line in _lines(body):
        block = _block(start, line)
        if block is not None and block.kind == PARAGRAPH and open_:
            found[-1] = _longer(body, found[-1], block.end)
        elif block is not None:
            found.append(block)
        open_ = block is not None and bool(block.text) and not block.kind.startswith(("row", "#"))
    return found


def _lines(body: str) -> Iterator[tuple[int, str]]:
    """Where each line starts, and the line; notes to fellow authors count as blank."""
    plain = COMMENT.sub(lambda note: re.sub(r"[^\n]", " ", note[0]), body)
    at = 0
    for line in plain.split("\n"):
        yield at, line
        at += len(line) + 1


def _block(start: int, line: str) -> Block | None:
    text = line.strip()
    if not text:
        return None
    if FENCE.match(line):
        return Block(" ".join(text.split()), start, start)
    if text.startswith("|"):
        cells = len(CELL_WALL.findall(text))
        return _text("row" + str(cells), start, line, len(line) - len(line.lstrip()), RULE.fullmatch(text) is None)
    lead = LEAD.match(line)
    assert lead is not None  # it matches the empty string too
    if lead["mark"] is None:
        return _text(PARAGRAPH, start, line, lead.end())
    return _text(_mark(lead["mark"]) + str(len(lead["margin"].expandtabs(4)) // 2), start, line, lead.end())


def _mark(mark: str) -> str:
    """One name for all bullets, one for all numbers: how the numbers run is the text's own affair."""
    sign = mark.strip()
    return "1" if sign[0].isdigit() else "-" if sign in "*+" else sign


def _text(kind: str, start: int, line: str, lead: int, is_text: bool = True) -> Block:
    text = line[lead:].rstrip()
    if not text or not is_text:
        return Block(f"{kind} without words", start, start)
    return Block(kind, start + lead, start + lead + len(text), text)


def _longer(body: str, block: Block, end: int) -> Block:
    lines = body[block.start : end].split("\n")
    return Block(block.kind, block.start, end, "\n".join(line.strip() for line in lines))
