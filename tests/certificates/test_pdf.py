"""The certificate as a file: what can be read out of it, what it looks like, and what it must never fetch."""

from __future__ import annotations

import builtins
import io
import shutil
import unicodedata
import urllib.request
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import zxingcpp
from PIL import Image

from lms.certificates import pdf as printing
from lms.certificates.page import paper_html
from lms.certificates.paper import paper_from_json, paper_to_json
from lms.certificates.qr import qr_data_uri
from tests.certificates.papers import (
    CHECK_URL,
    MADE_ON,
    PAPER,
    copied_from,
    embedded_fonts,
    letters_of,
    one_line,
    pages_of,
    printed,
    run,
    text_boxes,
    text_of,
)

poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")

VOWELS = ["a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y"]
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
STACKED = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES) + "đ"

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src="http://127.0.0.1:9/x.png">',
    '"><link rel=attachment href="file:///etc/passwd">',
    "<style>@import url(http://127.0.0.1:9/x.css)</style>",
    "file:///etc/passwd",
    "{{7*7}} {% raw %} {0.__class__} %s %(x)s ${7*7}",
    "&lt;b&gt; &amp; &#x41;",
]
FREE_TEXTS = [
    "holder_name",
    "course_title",
    "role_and_unit",
    "approved_programme",
    "place",
    "signer_name",
    "result",
]


@pytest.mark.parametrize("name", ["Nguyễn Thị Hồng Ánh Đặng Phước", "Thạch Thị Sa Rươl", "Huỳnh Thị Út"])
def test_the_name_is_read_back_as_it_was_given(name: str) -> None:
    text = text_of(printed(holder_name=name))
    assert f"Ủy ban nhân dân phường Nguyệt Hóa chứng nhận Bà {name} sinh năm 1971, cộng tác viên" in text


@pytest.mark.parametrize("letters", [STACKED, STACKED.upper()])
def test_every_vietnamese_letter_is_there_in_bold_roman_and_italic(letters: str) -> None:
    groups = " ".join(letters[at : at + 6] for at in range(0, len(letters), 6))
    text = text_of(printed(holder_name=groups, role_and_unit=groups, place=groups))
    assert f"Bà {groups} sinh năm 1971, {groups} đã hoàn thành" in text
    assert f"{groups}, ngày 24 tháng 11 năm 2026" in text


def test_a_decomposed_name_is_printed_composed_and_without_invisible_characters() -> None:
    typed = unicodedata.normalize("NFD", "Nguyễn Thị\u00a0Hồng") + "\u202e\u200b\u00ad"
    assert "Bà Nguyễn Thị Hồng sinh năm" in text_of(printed(holder_name=typed))


@poppler
@pytest.mark.parametrize("name", ["ថាច់ សារួល", "ស្រី សុភ័ក្ត្រ", "ខ្មែរ ញ្ញា ស្ត្រី", "ថាច់សារួល" * 11])
def test_a_khmer_name_is_copied_back_as_it_was_given(name: str, tmp_path: Path) -> None:
    copied = copied_from(printed(holder_name="Thạch Thị Sa Rươl", holder_name_km=name), tmp_path)
    assert name in copied.splitlines()
    assert "Bà Thạch Thị Sa Rươl" in copied.splitlines()


def test_a_khmer_name_says_its_language_to_a_screen_reader() -> None:
    with pikepdf.open(io.BytesIO(printed(holder_name_km="ថាច់ សារួល"))) as document:
        steps = pikepdf.parse_content_stream(document.pages[0])
        lines = [step.operands[1] for step in steps if str(step.operator) == "BDC"]
        said = [line for line in lines if "/ActualText" in line]
    assert [(str(line["/ActualText"]), str(line["/Lang"])) for line in said] == [("ថាច់ សារួល", "km")]


@poppler
def test_the_qr_code_on_the_printed_page_leads_to_the_check_page(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(printed())
    picture = run("pdftoppm", "-r", "110", "-png", str(tmp_path / "paper.pdf"))
    assert [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))] == [CHECK_URL]


def test_the_lines_stand_in_the_order_of_an_official_paper() -> None:
    text = text_of(printed(tiet_in_person=Decimal("1.5"), demo=True))
    wanted = [
        "ỦY BAN NHÂN DÂN TỈNH VĨNH LONG ỦY BAN NHÂN DÂN PHƯỜNG NGUYỆT HÓA",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc",
        "GIẤY CHỨNG NHẬN",
        "đã hoàn thành khóa bồi dưỡng Kiến thức chung về phòng, chống bạo lực gia đình",
        "từ ngày 03 tháng 11 năm 2026 đến ngày 24 tháng 11 năm 2026,",
        "08 tiết trực tuyến và 1,5 tiết tập trung, kết quả: Đạt.",
        "Chương trình được phê duyệt theo Quyết định số 00/QĐ-SVHTTDL (số mẫu).",
        "Nguyệt Hóa, ngày 24 tháng 11 năm 2026",
        "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH PHÓ CHỦ TỊCH",
    ]
    places = [text.find(line) for line in wanted]
    assert -1 not in places and places == sorted(places)
    for line in ("Số vào sổ: 0147/2026", "lophoc.example/c Mã 7K4P-22M9-QXRT-5W8D", "Bản mẫu, dữ liệu bịa"):
        assert line in text


def test_what_is_not_known_leaves_no_line_behind() -> None:
    nothing = dict.fromkeys(("approved_programme", "birth_text", "role_and_unit", "issuer_parent"), "")
    text = text_of(printed(**nothing, tiet_online=Decimal(0)))
    assert "phê duyệt" not in text and "VĨNH LONG" not in text and "Bản mẫu" not in text
    assert "Phước đã hoàn thành khóa bồi dưỡng" in text
    assert "năm 2026, kết quả: Đạt." in text


def test_one_day_is_written_as_one_day() -> None:
    text = text_of(printed(from_date=date(2026, 2, 5), to_date=date(2026, 2, 5)))
    assert "gia đình ngày 05 tháng 02 năm 2026, 08 tiết trực tuyến" in text


def test_without_a_signer_there_is_a_line_for_the_pen() -> None:
    assert "(Họ và tên người ký)" in text_of(printed())
    signed = text_of(printed(signer_name="Trần Văn Mẫu"))
    assert "Trần Văn Mẫu" in signed and "người ký" not in signed


LONG = {
    "a name of 60 letters": {"holder_name": "Nguyễn Thị Hồng Ánh Đặng Phước Công Tằng Tôn Nữ Hoàng Khánh"},
    "in capitals": {"holder_name": "NGUYỄN THỊ HỒNG ÁNH ĐẶNG PHƯỚC CÔNG TẰNG TÔN NỮ HOÀNG KHÁNH"},
    "a name as long as the column": {"holder_name": ("NGUYỄN THỊ " * 15)[:160].strip()},
    "a name without spaces": {"holder_name": "M" * 160},
    "a long title": {"course_title": ("Bồi dưỡng kiến thức, kỹ năng " * 7)[:200].strip()},
    "a long post": {"role_and_unit": ("cộng tác viên dân số, " * 16).strip()},
    "everything long": {
        "holder_name": ("NGUYỄN THỊ " * 15)[:160].strip(),
        "holder_name_km": "ថាច់សារួល" * 11,
        "course_title": ("Bồi dưỡng kiến thức, kỹ năng " * 7)[:200].strip(),
        "role_and_unit": ("cộng tác viên dân số, " * 12).strip(),
        "approved_programme": ("Quyết định số 00/QĐ-SVHTTDL, " * 7).strip(),
        "issuer": "Sở Văn hóa, Thể thao và Du lịch tỉnh Vĩnh Long và Trung tâm bồi dưỡng",
        "check_url": "https://lop-hoc-phuong.so-van-hoa.tinh-vinh-long.gov.vn/c/7K4P22M9QXRT5W8D",
    },
}


@pytest.mark.parametrize("changes", LONG.values(), ids=LONG)
def test_long_texts_shrink_and_stay_on_one_page(changes: dict[str, Any]) -> None:
    pdf = printed(**changes)
    pages = pages_of(pdf)
    assert len(pages) == 1
    assert (round(pages[0].width), round(pages[0].height)) == (842, 595)
    boxes = text_boxes(pages[0])
    assert all(box.x0 > 45 and box.x1 < 797 and box.y0 > 40 and box.y1 < 555 for box in boxes.values())
    long_texts = [value for name, value in changes.items() if name in FREE_TEXTS]
    assert all(value.replace(" ", "") in letters_of(pdf) for value in long_texts)


@pytest.mark.parametrize("changes", [{}, *LONG.values()], ids=["usual", *LONG])
def test_no_text_stands_on_another(changes: dict[str, Any]) -> None:
    lines = [line for box in text_boxes(pages_of(printed(**changes))[0]).values() for line in box]
    for one, other in combinations(lines, 2):
        apart = one.x1 < other.x0 or other.x1 < one.x0
        # a line's box reaches a little over its letters
        assert apart or min(one.y1, other.y1) - max(one.y0, other.y0) < 4, (one.get_text(), other.get_text())


@pytest.mark.parametrize("changes", LONG.values(), ids=LONG)
def test_what_is_certified_ends_above_the_signature(changes: dict[str, Any]) -> None:
    boxes = text_boxes(pages_of(printed(**changes))[0])
    facts = next(box for text, box in boxes.items() if "Chương trình được phê duyệt" in text)
    signature = next(box for text, box in boxes.items() if text.startswith("Nguyệt Hóa, ngày"))
    assert facts.y0 > signature.y1


def test_texts_that_can_not_fit_are_refused_and_not_cut() -> None:
    with pytest.raises(printing.PaperTooFull):
        printed(role_and_unit="cộng tác viên dân số, " * 200)
    with pytest.raises(printing.PaperTooFull):
        printed(holder_name_km="ថាច់សារួល" * 40)


@pytest.mark.parametrize("km", ["", "ថាច់ សារួល"])
def test_only_our_own_fonts_are_inside_as_subsets(km: str) -> None:
    fonts = dict(embedded_fonts(printed(holder_name_km=km)))
    khmer = {"Noto-Sans-Khmer"} if km else set()
    assert set(fonts) == {"Tinos", "Tinos-Bold", "Tinos-Italic"} | khmer
    assert all(fonts.values())


@pytest.mark.parametrize("stray", ["北", "ខ", "\N{SNOWMAN}"])
def test_letters_our_fonts_lack_are_refused_and_not_printed_as_boxes(stray: str) -> None:
    with pytest.raises(printing.UnprintableText, match=f"{ord(stray):04X}"):
        printed(holder_name=f"Lê {stray}")


@pytest.mark.attack("S27")
@pytest.mark.parametrize("field", FREE_TEXTS)
def test_markup_in_a_value_stays_text(field: str) -> None:
    hostile = " ".join(HOSTILE)
    assert hostile.replace(" ", "") in letters_of(printed(**{field: hostile}))


@pytest.mark.attack("S27")
def test_nothing_is_opened_for_a_hostile_value(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    real = urllib.request.OpenerDirector.open

    def watched(self: Any, request: Any, *more: Any, **options: Any) -> Any:
        opened.append(getattr(request, "full_url", request))
        return real(self, request, *more, **options)

    monkeypatch.setattr(urllib.request.OpenerDirector, "open", watched)
    everywhere = dict.fromkeys([*FREE_TEXTS, "issuer", "issuer_parent", "issuer_place", "serial"], HOSTILE[2])
    pdf = printed(**everywhere, signer_title_lines=(HOSTILE[1],))
    assert set(opened) == {qr_data_uri(CHECK_URL)}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert not document.attachments


@pytest.mark.attack("S27")
@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/x.css",
        "https://example.org/font.woff2",
        "ftp://example.org/x",
        "data:text/css,*{color:red}",
        "data:image/svg+xml;charset=utf-8,%3Csvg/%3E",
        (printing._STATIC / "fonts" / "LICENCE.md").as_uri(),
        (printing._STATIC / "fonts" / ".." / ".." / "__init__.py").as_uri(),
        printing._ASSETS[0].as_uri() + "?x",
    ],
)
def test_the_fetcher_refuses_everything_but_our_own_files(url: str) -> None:
    with pytest.raises(PermissionError):
        printing.our_files_only().fetch(url)


def test_the_fetcher_gives_our_own_files() -> None:
    sheet = printing._ASSETS[0]
    answer = printing.our_files_only().fetch(sheet.as_uri())
    assert answer.read() == sheet.read_bytes() and answer.content_type == "text/css"


def test_the_file_is_tagged_archival_and_says_what_it_is() -> None:
    with pikepdf.open(io.BytesIO(printed(holder_name_km="ថាច់ សារួល"))) as document:
        assert document.Root.Lang == "vi" and document.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in document.Root
        with document.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "A")
            assert about["dc:title"] == "Lớp học phường: giấy chứng nhận 0147/2026"
            assert about["xmp:CreateDate"] == "2026-11-24T03:04:05+00:00"
        parts = [thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary)]
        pictures = [str(part.Alt) for part in parts if part.get("/S") == "/Figure"]
        assert pictures == ["Mã vuông dẫn tới trang kiểm tra giấy chứng nhận này"]


@pytest.mark.parametrize("km", ["", "ថាច់ សារួល"])
def test_the_same_paper_gives_the_same_file(km: str) -> None:
    assert printed(holder_name_km=km) == printed(holder_name_km=km)
    assert printed(holder_name_km=km) != printed(holder_name_km=km, serial="0148/2026")


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        printing.render_pdf(PAPER, made_on=datetime(2026, 11, 24))


def test_without_system_libraries_the_error_says_how_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def bare_machine(name: str, *more: Any, **options: Any) -> Any:
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *more, **options)

    printing._press.cache_clear()
    monkeypatch.setattr(builtins, "__import__", bare_machine)
    with pytest.raises(printing.PdfLibrariesMissing, match="apt-get install -y libpango-1.0-0"):
        printing.render_pdf(PAPER, made_on=MADE_ON)


def test_nothing_on_the_sheet_is_strange_to_the_printer(caplog: pytest.LogCaptureFixture) -> None:
    """A warning for each certificate would hide the one that matters."""
    printing._press.cache_clear()
    with caplog.at_level("WARNING", logger="weasyprint"):
        printing.render_pdf(replace(PAPER, replaces="0012/2026"), made_on=MADE_ON)
    assert caplog.messages == []


def test_a_stored_paper_prints_the_same() -> None:
    stored = paper_to_json(PAPER)
    assert paper_from_json(stored) == PAPER
    assert stored["from_date"] == "2026-11-03" and stored["tiet_online"] == "8"


def test_the_same_page_can_be_shown_on_a_screen() -> None:
    page = paper_html(PAPER, stylesheet="/static/paper.css")
    assert '<link rel="stylesheet" href="/static/paper.css">' in page
    assert "style=" not in page and "<script" not in page
    assert "Nguyễn Thị Hồng Ánh Đặng Phước" in one_line(page)


def test_an_address_that_does_not_end_in_the_code_is_printed_whole() -> None:
    assert "lophoc.example/kt?so=9" in text_of(printed(check_url="https://lophoc.example/kt?so=9"))
