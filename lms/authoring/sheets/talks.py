"""The strings of the kits of talks and of the poster, and their translations, as the lines of a sheet. Pure.

Cards, scripts for the loudspeaker and the poster are translated block by block, like a lesson. What is said in a talk
is not: it is told again in turns, for two speakers. So each turn names the Vietnamese passage that it tells, in a
comment nobody sees: `<!-- vi: its first words ~ its last words -->`. The passage is the turn's source: changed, it has
to be read again; gone, it is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from lms.authoring.files import Document
from lms.authoring.sheets.blocks import text_blocks, with_texts
from lms.authoring.sheets.lines import LeftOut, Line, ModuleTexts, Trouble, document_in, screen_lines, screen_of
from lms.authoring.sheets.screens import Screen
from lms.talks.kits import CARDS, CODE, LOUDSPEAKER, TALK
from lms.talks.poster import END, POSTER

ORDER = (TALK, CARDS, LOUDSPEAKER, POSTER)
SHEETS = re.compile(rf"(?:{CODE.pattern}/(?:{TALK}|{CARDS}|{LOUDSPEAKER})|{POSTER})\.vi\.md")
TOLD = re.compile(r"<!-- vi: (?P<first>.+?)(?: ~ (?P<last>.+?))? -->")


def read_talks(files: Mapping[str, bytes], lang: str) -> ModuleTexts:
    """`files`: the folder of talks, path → bytes. A file that cannot be read is told and left out."""
    screens: dict[str, Screen] = {}
    lines: list[Line] = []
    troubles: list[Trouble] = []
    for name in sorted((name for name in files if SHEETS.fullmatch(name)), key=_as_used):
        file = name.replace(".vi.md", f".{lang}.md")
        try:
            screen, gone = _read(files, name, file)
        except LeftOut as left:
            troubles.append(left.trouble)
            continue
        if screen is not None:
            screens[file] = screen
            lines += (line for line in screen_lines(file, screen) if line.source != line.draft)
        troubles += (Trouble(file, "passage-gone", words) for words in gone)
    return ModuleTexts(screens, tuple(lines), tuple(troubles))


def _as_used(path: str) -> tuple[str, int]:
    """Kit by kit: what is said, the cards, the scripts; then the poster."""
    kit, _slash, name = path.rpartition("/")
    part = name.partition(".")[0]
    return kit or "~", ORDER.index(part) if part in ORDER else len(ORDER)


def _read(files: Mapping[str, bytes], name: str, file: str) -> tuple[Screen | None, list[str]]:
    """The two texts beside each other, and the words of passages that are gone. No turns yet: no screen."""
    source = _up_to_end(document_in(files, name))
    if not name.endswith(f"{TALK}.vi.md"):
        return screen_of(source, files, file), []
    if file not in files:
        return None, []
    turns, gone = _in_turns(source, document_in(files, file))
    return screen_of(turns, files, file), gone


def _up_to_end(document: Document) -> Document:
    """What stands below is for whoever lays the poster out, and is not translated."""
    return replace(document, body=document.body.partition(END)[0])


def _in_turns(source: Document, turns: Document) -> tuple[Document, list[str]]:
    """The Vietnamese in the shape of its turns: a passage in place of each block that names one."""
    said, told, gone = _plain(source.body), {}, []
    for at, comment in _told(turns.body):
        passage = _passage(said, comment)
        if passage:
            told[at] = passage
        else:
            gone.append(comment["first"])
    return replace(source, body=with_texts(turns.body, told)), gone


def _told(body: str) -> Iterator[tuple[int, re.Match[str]]]:
    """The number of a block, and the comment between it and the next."""
    starts = [block.start for block in text_blocks(body)]
    for at, (start, end) in enumerate(pairwise([*starts, len(body)])):
        comment = TOLD.search(body, start, end)
        if comment is not None:
            yield at, comment


def _plain(body: str) -> str:
    """All its words in one line, without the marks of tables and of emphasis."""
    words = (block.text for block in text_blocks(body) if block.text != ">")
    return " ".join(" ".join(words).replace("*", "").replace("|", " ").split())


def _passage(said: str, told: re.Match[str]) -> str:
    """From the first words to the last, both included; "" where the first do not stand in one place only."""
    first, last = told["first"], told["last"] or ""
    start = said.find(first)
    end = said.find(last, start + len(first)) if last else start + len(first)
    if start < 0 or end < 0 or said.find(first, start + 1) >= 0:
        return ""
    return said[start : end + len(last)]
