"""Khmer that can be copied out of a PDF as it was put in.

Khmer glyphs stand in another order than their letters, and some above or below each other: programs that
read a PDF glyph by glyph find wrong spaces and a wrong order. PDF has /ActualText for this (ISO 32000-1,
14.9.4); WeasyPrint 70 does not write it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence

import pikepdf

from lms.text.khmer import ZERO_WIDTH_SPACE, has_khmer

Spot = tuple[int, int]
"""Where a line of text begins: hundredths of a CSS pixel from the left edge and down to its baseline."""
_Step = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


def with_actual_text(pdf: bytes, text: str, *, font: str, language: str) -> bytes:
    """The same one-page file, its one line in a font of that family saying which text and language it is.

    ValueError if there is not exactly one such line.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        steps = list(pikepdf.parse_content_stream(page))
        lines = list(_lines_in(steps, _names_of(page, font)))
        if len(lines) != 1:
            raise ValueError(f"{len(lines)} lines are set in {font}, not one")
        steps[lines[0]] = _saying(steps[lines[0]], text, language)
        page.Contents = document.make_stream(pikepdf.unparse_content_stream(steps))
        saved = io.BytesIO()
        document.save(saved, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return saved.getvalue()


def with_khmer_lines(pdf: bytes, pages: Sequence[Mapping[Spot, str]]) -> bytes:
    """The same tagged file, every line that has Khmer saying its text; `pages`: what begins where, page by page."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page, lines in zip(document.pages, pages, strict=True):
            steps = list(pikepdf.parse_content_stream(page))
            for at, spot in _beginnings(steps):
                if has_khmer(lines.get(spot, "")):
                    steps[at] = _saying(steps[at], lines[spot].replace(ZERO_WIDTH_SPACE, ""), "km")
            page.Contents = document.make_stream(pikepdf.unparse_content_stream(steps))
        saved = io.BytesIO()
        document.save(saved, deterministic_id=True)
    return saved.getvalue()


def spot(x: float, y: float) -> Spot:
    return round(x * 100), round(y * 100)


def _beginnings(steps: list[_Step]) -> Iterator[tuple[int, Spot]]:
    """Each marked line, and where its first letters are put."""
    start = None
    for at, step in enumerate(steps):
        operator = str(step.operator)
        if operator == "BDC":
            start = at
        elif operator == "Tm" and start is not None:
            yield start, spot(float(step.operands[4]), float(step.operands[5]))
            start = None


def _names_of(page: pikepdf.Page, font: str) -> set[str]:
    family = font.replace(" ", "-")
    fonts = page.resources["/Font"].items()
    return {name for name, found in fonts if str(found.BaseFont).endswith(f"+{family}")}


def _lines_in(steps: list[_Step], names: set[str]) -> Iterator[int]:
    """Where each marked line starts in which a font of these names is chosen."""
    start = None
    for at, step in enumerate(steps):
        operator = str(step.operator)
        if operator == "BDC":
            start = at
        elif operator == "Tf" and str(step.operands[0]) in names and start is not None:
            yield start
            start = None


def _saying(line: _Step, text: str, language: str) -> _Step:
    tag, properties = line.operands
    said = {"/ActualText": pikepdf.String(text), "/Lang": pikepdf.String(language)}
    marked = pikepdf.Dictionary({**dict(properties.items()), **said})
    return pikepdf.ContentStreamInstruction([tag, marked], line.operator)
