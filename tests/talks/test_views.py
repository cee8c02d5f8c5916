"""Whoever speaks before people finds the kits, reads one, prints the poster."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from pdfminer.high_level import extract_text

from lms.certificates.pdf import PdfLibrariesMissing
from lms.talks import views
from lms.talks.kits import kits
from tests.certificates.people import HERE, Page, Visitor, learner
from tests.factories import Make

KIT = "01-nhan-ra-bao-tin"
TITLE = "Nhận ra bạo lực và báo tin"
A3 = (842, 1191)
Read = Callable[[str], Page]


@pytest.fixture
def read(app: Flask, make: Make) -> Read:
    """Pages as a collaborator opens them."""
    return Visitor(app, make.account(person_id=learner(make))).get


def test_a_collaborator_finds_every_kit_from_her_first_page(read: Read) -> None:
    assert 'href="/noi-chuyen"' in read("/viec-cua-toi").html
    page = read("/noi-chuyen")
    for kit in kits(Path("content")):
        assert f'href="/noi-chuyen/{kit.code}"' in page.html and kit.talk.title in page.main
    assert "/noi-chuyen/to-treo.pdf" in page.html


def test_a_kit_shows_its_talk_its_cards_and_its_scripts_with_todays_numbers(read: Read) -> None:
    page = read(f"/noi-chuyen/{KIT}")
    for words in (
        TITLE,
        "45 phút",
        "Bài nói",
        "Thẻ nhỏ",
        "Bài đọc loa",
        "Thẻ 1. Đo bằng gì?",
        "Căn cứ: Điều 2 khoản 1",
    ):
        assert words in page.main, words
    assert 'href="tel:113"' in page.html and "{{" not in page.html
    assert "<title>Lớp học phường</title>" in page.html


@pytest.fixture
def in_khmer(app: Flask, make: Make) -> Visitor:
    """A collaborator who reads the pages in Khmer."""
    visitor = Visitor(app, make.account(person_id=learner(make)))
    with visitor.client.session_transaction() as session:
        session["language"] = "km"
    return visitor


DRAFT = "Bản nháp, chưa có người đọc Khmer duyệt: chưa in"


def test_khmer_drafts_are_for_whoever_asked_for_khmer(
    app: Flask, read: Read, in_khmer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    vietnamese, khmer = read(f"/noi-chuyen/{KIT}"), in_khmer.get(f"/noi-chuyen/{KIT}")
    monkeypatch.setattr(app.extensions["settings"], "draft_languages", False)
    switched_off = in_khmer.get(f"/noi-chuyen/{KIT}")
    for part in ("talk", "cards", "loa"):
        assert [f'id="{part}-km"' in page.html for page in (vietnamese, khmer, switched_off)] == [False, True, False]
    assert [page.main.count(DRAFT) for page in (vietnamese, khmer, switched_off)] == [0, 3, 0]
    assert "Thẻ 1. Đo bằng gì?" in khmer.main, "the Vietnamese stands behind it"


def test_a_sheet_without_khmer_is_there_in_vietnamese_and_a_read_one_is_no_draft(
    content: Path, in_khmer: Visitor
) -> None:
    (content / KIT / "cards.km.md").unlink()
    script = content / KIT / "loa.km.md"
    script.write_text(script.read_text(encoding="utf-8").replace("status: draft", "status: reviewed"), encoding="utf-8")
    page = in_khmer.get(f"/noi-chuyen/{KIT}")
    assert ['id="cards"' in page.html, 'id="cards-km"' in page.html] == [True, False]
    assert (page.main.count(DRAFT), 'id="loa-km"' in page.html) == (1, True)


def test_parts_are_folded_but_the_first_and_unfold_for_paper(read: Read) -> None:
    assert [read(f"/noi-chuyen/{KIT}{more}").html.count('<details class="part" open>') for more in ("", "?mo=het")] == [
        1,
        3,
    ]


def test_the_khmer_poster_says_on_the_page_that_it_is_a_draft(
    app: Flask, read: Read, in_khmer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "to-treo.km.pdf" in in_khmer.get("/noi-chuyen").html and "to-treo.km.pdf" not in read("/noi-chuyen").html
    words = _lines_of(in_khmer.get("/noi-chuyen/to-treo.km.pdf").answer.data)
    for wanted in ("ក្នុងផ្ទះ គ្មានអ្នកណាត្រូវខ្លាចអ្នកណាទេ", "គ្រោះថ្នាក់៖ ហៅនគរបាលមុនគេ", "ឈ្មោះអ្នករាយការណ៍"):
        assert any(wanted in line for line in words), wanted
    page = extract_text(io.BytesIO(in_khmer.get("/noi-chuyen/to-treo.km.pdf").answer.data))
    assert "Bản nháp, chưa có người đọc Khmer duyệt" in page and "113" in page
    monkeypatch.setattr(app.extensions["settings"], "draft_languages", False)
    assert _lines_of(in_khmer.get("/noi-chuyen/to-treo.km.pdf").answer.data) == [], "the Vietnamese one"


def _lines_of(pdf: bytes) -> list[str]:
    """The texts that lines of the one page say they are (ISO 32000-1, 14.9.4)."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (page,) = document.pages
        steps = [step for step in pikepdf.parse_content_stream(page) if str(step.operator) == "BDC"]
        return [str(step.operands[1].ActualText) for step in steps if "/ActualText" in step.operands[1]]


@pytest.mark.parametrize("code", ["99-khong-co", "01", "poster.vi.md"])
def test_a_kit_that_is_not_there_is_not_found(read: Read, code: str) -> None:
    assert read(f"/noi-chuyen/{code}").answer.status_code == 404


def test_an_office_without_talks_sees_an_empty_page(
    app: Flask, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_content", lambda: tmp_path)
    trainer = Visitor(app, make.account(capability="trainer", unit=HERE))
    page = trainer.get("/noi-chuyen")
    assert "Chưa có bộ nào" in page.main and "to-treo" not in page.html
    assert trainer.get("/noi-chuyen/to-treo.pdf").answer.status_code == 404


def test_the_poster_is_one_sheet_a3_and_prints_no_number_that_nobody_checked(read: Read) -> None:
    answer = read("/noi-chuyen/to-treo.pdf").answer
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        (sheet,) = pdf.pages
        assert tuple(round(float(side)) for side in sheet.mediabox[2:]) == A3
        assert str(pdf.docinfo["/Title"]) == "Lớp học phường"
    words = " ".join(extract_text(io.BytesIO(answer.data)).split())
    for wanted in (
        "Trong nhà, không ai phải sợ ai",
        "Sáu cửa nhận tin",
        "113",
        "115",
        "111",
        "Tên người báo được giữ kín",
    ):
        assert wanted in words, wanted
    assert "hỏi số của phường" not in words and "Khổ và lưới" not in words


@pytest.fixture
def content(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the talks, to be broken."""
    shutil.copytree("content/talks", tmp_path / "talks")
    monkeypatch.setattr(views, "_content", lambda: tmp_path)
    return tmp_path / "talks"


@pytest.mark.parametrize("text", ["không có dòng ---", "---\ntitle: [\n---\nx", "---\ntitle: a\n---\n\x07"])
def test_one_broken_kit_hides_no_other_and_says_so_on_its_page(
    content: Path, read: Read, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    (content / KIT / "talk.km.md").write_text(text, encoding="utf-8")
    (content / "poster.vi.md").write_text(text, encoding="utf-8")
    page = read("/noi-chuyen")
    assert page.answer.status_code == 200 and "Giữ kín" in page.main and "Tờ treo" not in page.main
    broken = read(f"/noi-chuyen/{KIT}")
    assert (broken.answer.status_code, "không đọc được" in broken.main) == (409, True)
    assert "a talk kit cannot be read" in caplog.text and "the poster cannot be read" in caplog.text


def test_odd_laws_and_another_poster_are_no_fault_of_the_server(content: Path, read: Read) -> None:
    cards = content / KIT / "cards.vi.md"
    cards.write_text(cards.read_text(encoding="utf-8").replace("law: [", "law: 5 #", 1), encoding="utf-8")
    assert read(f"/noi-chuyen/{KIT}").answer.status_code == 200
    (content / "poster.vi.md").write_text("---\ntitle: a\n---\n# Tên\n**Một**\n", encoding="utf-8")
    answer = read("/noi-chuyen/to-treo.pdf")
    assert (answer.answer.status_code, "chưa đúng mẫu" in answer.main) == (409, True)


def test_a_server_that_cannot_print_says_so(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> bytes:
        raise PdfLibrariesMissing

    monkeypatch.setattr(views, "poster_pdf", missing)
    answer = read("/noi-chuyen/to-treo.pdf")
    assert (answer.answer.status_code, "chưa in được" in answer.main) == (503, True)


def test_a_kit_is_unsigned_until_somebody_stands_for_it(content: Path, read: Read) -> None:
    assert "chưa ai ký duyệt" in read(f"/noi-chuyen/{KIT}").main and "chưa ai ký duyệt" in read("/noi-chuyen").main
    talk = content / KIT / "talk.vi.md"
    talk.write_text(
        talk.read_text(encoding="utf-8").replace("---\n", "---\nsigned_by: [Ban mẫu]\n", 1), encoding="utf-8"
    )
    assert "chưa ai ký duyệt" not in read(f"/noi-chuyen/{KIT}").main
