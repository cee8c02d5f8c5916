"""The poster (content/talks/poster.vi.md, poster.km.md) as one A3 page.

What stands below the mark `het-chu` is for whoever lays it out, not for the wall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from flask import render_template

from lms.certificates.pdf import print_page
from lms.courses.content import TOKEN
from lms.text.words import km_wrap

POSTER = "poster"
END = "<!-- het-chu -->"
_STATIC = Path(__file__).parents[1] / "web" / "static"
_FONTS = (f"{name}-{weight}.woff2" for name in ("be-vietnam-pro", "noto-sans-khmer") for weight in (400, 600))
ASSETS = (_STATIC / "poster.css", *(_STATIC / "fonts" / name for name in _FONTS))
HEAD = re.compile(r"\*\*(?P<words>.+)\*\*")
NUMBERED = re.compile(r"[0-9]+\. +(?P<words>.+)")


@dataclass(frozen=True)
class Line:
    """`key`: of the helpline whose number stands behind the words, "" for words alone."""

    words: str
    key: str = ""


@dataclass(frozen=True)
class Strip:
    head: str
    lines: Sequence[Line]

    @property
    def said(self) -> list[Line]:
        return [line for line in self.lines if not line.key]

    @property
    def numbers(self) -> list[Line]:
        return [line for line in self.lines if line.key]


@dataclass(frozen=True)
class Poster:
    """Danger with its numbers, the doors that take a report, what to say to somebody who is afraid, the last line."""

    title: str
    danger: Strip
    doors: Strip
    words: Strip
    last: str


def read_poster(body: str) -> Poster:
    """The words of the wall; a Khmer line can break after each word.

    ValueError unless they are a title (# …) and four strips (**…**).
    """
    title = ""
    strips: list[Strip] = []
    for line in _lines(body):
        head = HEAD.fullmatch(line)
        if line.startswith("# "):
            title = line.removeprefix("# ").strip()
        elif head:
            strips.append(Strip(head["words"], ()))
        elif title and strips:
            strips[-1] = Strip(strips[-1].head, (*strips[-1].lines, _line(line)))
    if not title or len(strips) != 4:
        raise ValueError(f"no poster: the title {title!r} and {len(strips)} strips")
    return Poster(title, strips[0], strips[1], strips[2], strips[3].head)


def poster_pdf(
    poster: Poster, numbers: Mapping[str, str], checked_on: date | None, lang: str = "vi", draft: bool = False
) -> bytes:
    """`numbers`: helpline key → number to print; where one is missing a dashed box waits for a pen.

    `draft`: the page itself says that nobody has read its Khmer. PdfLibrariesMissing without Pango.
    """
    page = {"poster": poster, "numbers": numbers, "checked_on": checked_on, "lang": lang, "draft": draft}
    return _printed(render_template("talks/poster.html", **page))


@lru_cache(maxsize=4)
def _printed(page: str) -> bytes:
    return print_page(page, ASSETS)


def _lines(body: str) -> Iterator[str]:
    for line in km_wrap(body.partition(END)[0]).splitlines():
        if line.strip():
            yield line.strip()


def _line(text: str) -> Line:
    numbered, keys = NUMBERED.fullmatch(text), TOKEN.findall(text)
    if len(keys) > 1:
        raise ValueError(f"no poster: a line has room for one number: {text!r}")
    words = numbered["words"] if numbered else text
    return Line(TOKEN.sub("", words).strip(" :៖"), keys[0] if keys else "")
