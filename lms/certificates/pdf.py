"""The certificate as a PDF: one A4 page, our own fonts inside, nothing fetched from anywhere else."""

from __future__ import annotations

import atexit
import mimetypes
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from fontTools.ttLib import TTFont

from lms.certificates.actual_text import Spot, spot, with_actual_text, with_khmer_lines
from lms.certificates.page import SQUEEZES, paper_html
from lms.certificates.paper import CertificatePaper, clean_text, cleaned, texts
from lms.certificates.qr import qr_data_uri
from lms.text.khmer import has_khmer

_STATIC = Path(__file__).parents[1] / "web" / "static"
_KHMER_FONT = "noto-sans-khmer-400.woff2"
_FONTS = ("tinos-400.woff2", "tinos-400-italic.woff2", "tinos-700.woff2", _KHMER_FONT)
_ASSETS = (_STATIC / "paper.css", _STATIC / "paper-frame.svg", *(_STATIC / "fonts" / name for name in _FONTS))
_LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
# In CSS pixels, 96 to the inch: 3 mm, and 272 mm from the left.
_GAP = 11.3
_RIGHT_EDGE = 1028.0

# One layout at a time: Pango and the font configuration are shared, and are not safe to use from two threads.
_pango = Lock()


class PdfLibrariesMissing(RuntimeError):
    """The system has no Pango; everything but PDFs works without it."""

    def __init__(self, words: str = f"PDFs need system libraries. As root: apt-get install -y {_LIBRARIES}") -> None:
        super().__init__(words)  # as it is raised once more from another process


class UnprintableText(ValueError):
    """The paper has letters which none of our fonts can draw; printing would leave boxes in a name."""


class PaperTooFull(ValueError):
    """The texts are too long for one page even at the smallest size."""


@dataclass(frozen=True)
class _Press:
    """WeasyPrint with our style sheet and fonts read once."""

    html: Any
    fetcher: Any
    style: Any
    fonts: Any


def render_pdf(paper: CertificatePaper, *, made_on: datetime) -> bytes:
    """A tagged PDF/A-3 file of one page; the same paper and moment give the same bytes.

    `made_on` must carry its time zone. Raises PdfLibrariesMissing, UnprintableText or PaperTooFull.
    """
    if made_on.tzinfo is None:
        raise ValueError("a moment without a time zone is no date of making")
    if missing := unprintable(paper):
        raise UnprintableText(" ".join(f"{letter} (U+{ord(letter):04X})" for letter in sorted(missing)))
    with _pango:
        document = _laid_out(_press(), paper, made_on.isoformat(timespec="seconds"))
        pdf: bytes = document.write_pdf(pdf_variant="pdf/a-3a")
    khmer = cleaned(paper).holder_name_km
    return with_actual_text(pdf, khmer, font="Noto Sans Khmer", language="km") if has_khmer(khmer) else pdf


def print_page(page: str, assets: tuple[Path, ...]) -> bytes:
    """A page of ours (HTML) as a PDF. `assets`: its style sheet, then the files that names. PdfLibrariesMissing."""
    khmer = has_khmer(page)
    with _pango:
        press = _press(assets)
        html = press.html(string=page, url_fetcher=press.fetcher)
        document = html.render(font_config=press.fonts, stylesheets=[press.style])
        printed: bytes = document.write_pdf(pdf_tags=khmer)
        lines = [_lines_on(one) for one in document.pages] if khmer else []
    return with_khmer_lines(printed, lines) if khmer else printed


def _lines_on(page: Any) -> dict[Spot, str]:
    """The lines of a page laid out by WeasyPrint; it has no public way to ask for them."""
    boxes = [box for box in page._page_box.descendants() if getattr(box, "text", None)]
    return {spot(box.position_x, box.position_y + box.baseline): box.text for box in boxes}


def unprintable(paper: CertificatePaper) -> set[str]:
    """The letters of the paper that our fonts do not have; ask before somebody confirms a name for print.

    Khmer letters have their own line, `holder_name_km`, and are not printable anywhere else.
    """
    paper = cleaned(paper)
    latin = unprintable_in("".join(texts(replace(paper, holder_name_km=""))))
    return latin | set(paper.holder_name_km) - _letters(_FONTS[0]) - _letters(_KHMER_FONT)


def unprintable_in(text: str) -> set[str]:
    """The letters of a text, a name for instance, that could not be printed on a paper."""
    return set(clean_text(text)) - _letters(_FONTS[0])


@lru_cache
def _letters(font: str) -> frozenset[str]:
    return frozenset(map(chr, TTFont(_STATIC / "fonts" / font).getBestCmap()))


def _laid_out(press: _Press, paper: CertificatePaper, made_on: str) -> Any:
    press.fetcher.picture = qr_data_uri(cleaned(paper).check_url)
    for squeeze in SQUEEZES:
        page = paper_html(paper, squeeze=squeeze, made_on=made_on)
        source = press.html(string=page, url_fetcher=press.fetcher)
        document = source.render(font_config=press.fonts, stylesheets=[press.style])
        if _fits(document):
            return document
    raise PaperTooFull(f"certificate {paper.serial}: the texts do not fit on one page")


def _fits(document: Any) -> bool:
    """One page, the middle part ends well above QR and signature, and the unbroken Khmer line ends inside."""
    if len(document.pages) != 1:
        return False
    anchors = document.pages[0].anchors
    body_end, right = anchors["body-end"][1] + _GAP, anchors.get("km-end", (0, 0))[0]
    foot = min(anchors["proof"][1], anchors["signer"][1])
    return bool(body_end <= foot and right <= _RIGHT_EDGE)


@lru_cache(maxsize=2)
def _press(assets: tuple[Path, ...] = _ASSETS) -> _Press:
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except OSError as error:
        raise PdfLibrariesMissing from error
    # WeasyPrint removes its copies of the fonts when it is let go; at the end of Python that is too late.
    atexit.register(_press.cache_clear)
    fetcher, fonts = our_files_only(assets), FontConfiguration()
    style = CSS(url=assets[0].as_uri(), url_fetcher=fetcher, font_config=fonts)
    return _Press(HTML, fetcher, style, fonts)


def our_files_only(assets: tuple[Path, ...] = _ASSETS) -> Any:
    """A fetcher for WeasyPrint that gives the bundled files, held in memory, and the one QR set as `picture`.

    Anything else is refused before it is opened: it can only have come from outside (safety S27).
    """
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OurFilesOnly(URLFetcher):  # type: ignore[misc]
        files = {path.as_uri(): path.read_bytes() for path in assets}
        picture = ""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url == self.picture:
                return super().fetch(url, headers)
            if url not in self.files:
                raise PermissionError(f"not one of our files: {url[:80]}")
            kind = mimetypes.guess_type(url)[0] or "application/octet-stream"
            return URLFetcherResponse(url, self.files[url], {"Content-Type": kind})

    return OurFilesOnly(allowed_protocols={"data"}, allow_redirects=False)
