"""The printed line is really read back."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from flask import Flask
from pdfminer.high_level import extract_text

from lms.certificates import pdf
from lms.certificates.pdf import PdfLibrariesMissing
from lms.config import Settings
from lms.operate.doctor import paper


def test_what_is_read_back_is_what_another_reader_finds() -> None:
    made = pdf.render_pdf(paper.sample(), made_on=datetime(2026, 1, 1, tzinfo=UTC))
    ours, theirs = paper.read_back(made), extract_text(io.BytesIO(made))
    for words in (paper.VIETNAMESE, "phường Mẫu", "Thử máy in"):
        assert "".join(words.split()) in "".join(ours.split())
        assert "".join(words.split()) in "".join(theirs.split())
    assert paper.KHMER in ours


def test_libraries_that_are_missing(app: Flask, fit: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> bytes:
        raise PdfLibrariesMissing

    monkeypatch.setattr(paper, "render_pdf", missing)
    found = paper.prints(fit)
    assert (found[0].state, "apt-get install" in found[0].mend) == ("bad", True)


@pytest.mark.parametrize("lost", ["VIETNAMESE", "KHMER"])
def test_letters_that_do_not_come_out(app: Flask, fit: Settings, monkeypatch: pytest.MonkeyPatch, lost: str) -> None:
    made = pdf.render_pdf(paper.sample(), made_on=datetime(2026, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(paper, "render_pdf", lambda *_, **__: made)
    assert paper.prints(fit)[0].state == "ok"
    monkeypatch.setattr(paper, lost, getattr(paper, lost) + "ក")
    assert paper.prints(fit)[0].state == "bad"


def test_a_font_without_its_table_is_noticed(app: Flask, fit: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "_letters", lambda font: {})
    assert paper.prints(fit)[0].state == "bad"
