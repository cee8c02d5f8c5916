"""Fonts and PDF libraries: print a certificate with Vietnamese and Khmer, and read it back from the file."""

from __future__ import annotations

import io
import re
import unicodedata
from datetime import UTC, date, datetime

import pikepdf

from lms.certificates.paper import CertificatePaper
from lms.certificates.pdf import PdfLibrariesMissing, render_pdf
from lms.config import Settings
from lms.operate.doctor import Finding, bad, ok

VIETNAMESE, KHMER = "Nguyễn Thị Hường Đặng", "សុខ ណារី"
_ENTRY = re.compile(r"<([0-9a-f]+)>\s*<([0-9a-f]+)>", re.IGNORECASE)
_WHOLE_ENTRIES = re.compile(r"beginbfchar(.*?)endbfchar", re.DOTALL)


def prints(settings: Settings) -> list[Finding]:
    try:
        read = read_back(render_pdf(sample(), made_on=datetime(2026, 1, 1, tzinfo=UTC)))
    except PdfLibrariesMissing as missing:
        return bad("certificates cannot be printed: system libraries are missing", str(missing))
    lost = [text for text in (VIETNAMESE, KHMER) if _bare(text) not in _bare(read)]
    if lost:
        return bad(
            f"a printed certificate does not say {', '.join(lost)}",
            "install this version anew: its fonts, or the libraries, are not those that belong to it",
        )
    return ok("a certificate prints, in Vietnamese and Khmer letters")


def sample() -> CertificatePaper:
    return CertificatePaper(
        issuer="Ủy ban nhân dân",
        issuer_place="phường Mẫu",
        honorific="Bà",
        holder_name=VIETNAMESE,
        holder_name_km=KHMER,
        course_title="Thử máy in",
        from_date=date(2026, 1, 1),
        to_date=date(2026, 1, 1),
        result="Đạt",
        serial="0000/THU",
        code="00000000",
        check_url="https://mau.example/c/00000000",
        place="Phường Mẫu",
        issued_on=date(2026, 1, 1),
        demo=True,
    )


def read_back(pdf: bytes) -> str:
    """What a one-page file says: its glyphs by the fonts' own tables, and the text that marked lines carry."""
    said = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        tables = {name: _letters(font) for name, font in page.resources["/Font"].items()}
        letters: dict[str, str] = {}
        for step in pikepdf.parse_content_stream(page):
            operator = str(step.operator)
            if operator == "Tf":
                letters = tables[str(step.operands[0])]
            elif operator in ("Tj", "TJ"):
                said.append(_shown(step.operands[0], letters))
            elif operator == "BDC" and "/ActualText" in step.operands[1]:
                said.append(str(step.operands[1]["/ActualText"]))
    return "".join(said)


def _letters(font: pikepdf.Object) -> dict[str, str]:
    """Glyph number in hexadecimal → letters, from the font's /ToUnicode."""
    table = font.ToUnicode.read_bytes().decode("ascii")
    entries = (one for block in _WHOLE_ENTRIES.findall(table) for one in _ENTRY.findall(block))
    return {glyph.lower(): bytes.fromhex(letters).decode("utf-16-be") for glyph, letters in entries}


def _shown(operand: pikepdf.Object, letters: dict[str, str]) -> str:
    """A string of two-byte glyph numbers, or an array of such strings with shifts between them."""
    parts = list(operand) if isinstance(operand, pikepdf.Array) else [operand]
    numbers = "".join(bytes(part).hex() for part in parts if isinstance(part, pikepdf.String))
    return "".join(letters.get(numbers[at : at + 4], "\ufffd") for at in range(0, len(numbers), 4))


def _bare(text: str) -> str:
    """Spaces may be drawn as shifts; letters may come composed or not."""
    return "".join(unicodedata.normalize("NFC", text).split())
