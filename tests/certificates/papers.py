"""An invented certificate, and ways to read a PDF back."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
from pdfminer.converter import PDFPageAggregator
from pdfminer.high_level import extract_pages, extract_text
from pdfminer.layout import LTChar, LTPage, LTTextBox
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage

from lms.certificates.paper import CertificatePaper
from lms.certificates.pdf import render_pdf

MADE_ON = datetime(2026, 11, 24, 3, 4, 5, tzinfo=UTC)
CODE = "7K4P22M9QXRT5W8D"
CHECK_URL = f"https://lophoc.example/c/{CODE}"

PAPER = CertificatePaper(
    issuer_parent="Ủy ban nhân dân tỉnh Vĩnh Long",
    issuer="Ủy ban nhân dân",
    issuer_place="phường Nguyệt Hóa",
    honorific="Bà",
    holder_name="Nguyễn Thị Hồng Ánh Đặng Phước",
    birth_text="sinh năm 1971",
    role_and_unit="cộng tác viên dân số, Khóm 13, phường Nguyệt Hóa",
    course_title="Kiến thức chung về phòng, chống bạo lực gia đình",
    from_date=date(2026, 11, 3),
    to_date=date(2026, 11, 24),
    tiet_online=Decimal(8),
    result="Đạt",
    approved_programme="Quyết định số 00/QĐ-SVHTTDL (số mẫu)",
    serial="0147/2026",
    code=CODE,
    check_url=CHECK_URL,
    place="Nguyệt Hóa",
    issued_on=date(2026, 11, 24),
    signer_title_lines=("TM. Ủy ban nhân dân", "KT. Chủ tịch", "Phó Chủ tịch"),
)


def printed(**changes: Any) -> bytes:
    return render_pdf(replace(PAPER, **changes), made_on=MADE_ON)


def one_line(text: str) -> str:
    return " ".join(text.split())


def text_of(pdf: bytes) -> str:
    """What pdfminer reads, on one line, because long texts are broken over lines."""
    return one_line(extract_text(io.BytesIO(pdf)))


def letters_of(pdf: bytes) -> str:
    """Every letter in the order of the file, without spaces: nothing depends on where lines break."""
    resources = PDFResourceManager()
    reader = PDFPageAggregator(resources, laparams=None)
    for page in PDFPage.get_pages(io.BytesIO(pdf)):
        PDFPageInterpreter(resources, reader).process_page(page)
    letters = (part.get_text() for part in reader.get_result() if isinstance(part, LTChar))
    return "".join(letters).replace(" ", "")


def copied_from(pdf: bytes, folder: Path) -> str:
    """What poppler reads: as copying in a viewer does, it honours /ActualText."""
    (folder / "paper.pdf").write_bytes(pdf)
    return run("pdftotext", str(folder / "paper.pdf"), "-").decode()


def run(*command: str) -> bytes:
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def pages_of(pdf: bytes) -> list[LTPage]:
    return list(extract_pages(io.BytesIO(pdf)))


def text_boxes(page: LTPage) -> dict[str, LTTextBox]:
    return {one_line(box.get_text()): box for box in page if isinstance(box, LTTextBox)}


def embedded_fonts(pdf: bytes) -> Iterator[tuple[str, bool]]:
    """Each font of the file: its name, and whether its letters are inside the file as a subset."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor":
                name = str(thing.FontName).removeprefix("/")
                yield name.partition("+")[2], "/FontFile2" in thing and name[6] == "+"
