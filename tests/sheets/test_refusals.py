"""Every file that is not a readable spreadsheet gets its own clear refusal (safety.md B3, S13, S15)."""

from __future__ import annotations

import resource

import pytest

from lms.sheets.apart import read_workbook_apart
from lms.sheets.model import Limits, Refused
from lms.sheets.reading import read_workbook
from tests.people.roster import sheets as lists
from tests.sheets import files


def refusal(data: bytes, **limits: int) -> Refused:
    with pytest.raises(Refused) as caught:
        read_workbook(data, "danh sach.xlsx", **limits)
    return caught.value


@pytest.mark.parametrize("data", [b"", b"\0\0\0\0", b" \r\n\t ", b"\xef\xbb\xbf\r\n"])
def test_empty_file(data: bytes) -> None:
    assert refusal(data).code == "empty"


def test_workbook_without_any_text() -> None:
    assert refusal(lists.xlsx({"DS": [["", " ", "\u00a0"]]})).code == "empty"
    assert refusal(lists.xls({"DS": []})).code == "empty"
    assert refusal(b";;;\r\n;;\r\n").code == "empty"


@pytest.mark.parametrize("data", [files.encrypted_xlsx(), files.encrypted_xls()])
def test_password(data: bytes) -> None:
    assert refusal(data).code == "password"


@pytest.mark.parametrize("data", [files.docx(), b"{\\rtf1 DANH SACH}"])
def test_word_document(data: bytes) -> None:
    assert refusal(data).code == "word_document"


@pytest.mark.parametrize("data", [files.png(), b"\xff\xd8\xff\xe0....JFIF", b"RIFF\x00\x00\x00\x00WEBPVP8 "])
def test_picture(data: bytes) -> None:
    assert refusal(data).code == "picture"


def test_pdf() -> None:
    assert refusal(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n").code == "pdf"


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html><table><tr><td>STT</td></tr></table>",
        files.zipped({"a.txt": "b"}),
        b"\x7fELF\x02\x01\x01\x00\x00\x00",
        b"Ho ten\x00\x01\x02;1968",
    ],
)
def test_not_a_spreadsheet(data: bytes) -> None:
    assert refusal(data).code == "not_spreadsheet"


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_broken_files(cut: float) -> None:
    for whole in (files.small_xlsx(), files.small_xls()):
        assert refusal(whole[: int(len(whole) * cut)]).code == "broken"


def test_sixty_thousand_rows_say_how_many_and_how_many_are_allowed() -> None:
    row = '<row><c t="inlineStr"><is><t>a</t></is></c></row>'
    found = refusal(files.raw_xlsx(row * 60_000))
    assert (found.code, found.details["rows"], found.details["limit"]) == ("too_many_rows", 60_000, 50_000)


def test_sixty_thousand_rows_of_csv() -> None:
    found = refusal(b"a;b\r\n" * 60_000)
    assert (found.code, found.details["rows"]) == ("too_many_rows", 60_000)


def test_too_many_columns() -> None:
    found = refusal(lists.xlsx({"DS": [["x"] * 61]}))
    assert (found.code, found.details["columns"]) == ("too_many_columns", 61)
    assert refusal(lists.xls({"DS": [["x"] * 61]})).code == "too_many_columns"
    assert refusal(b";".join([b"x"] * 61)).code == "too_many_columns"


def test_limits_can_be_set() -> None:
    assert refusal(lists.xlsx({"DS": [["x"]] * 11}), max_rows=10).code == "too_many_rows"
    assert refusal(lists.many(100), max_unpacked=10_000).code == "too_large"
    assert len(read_workbook(lists.xlsx({"DS": [["x"]] * 10}), "a", max_rows=10).sheets[0].rows) == 10


def test_one_cell_far_away_is_refused_before_a_table_is_built() -> None:
    last = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refusal(files.raw_xlsx(last)).code == "too_many_rows"
    assert refusal(files.raw_xlsx('<row r="1"><c r="XFD1"><v>1</v></c></row>')).code == "too_many_columns"


def test_empty_formatted_cells_far_away_are_no_rows() -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="900000"><c r="A900000" s="1"/></row>'
    assert len(read_workbook(files.raw_xlsx(cells), "a").sheets[0].rows) == 1


def test_repeated_cells_of_ods_count_in_full() -> None:
    wide = f"<table:table-row>{files.ods_cell('a', repeated=10_000)}</table:table-row>"
    high = f'<table:table-row table:number-rows-repeated="900000">{files.ods_cell("a")}</table:table-row>'
    assert refusal(files.ods(wide)).code == "too_many_columns"
    assert refusal(files.ods(high)).code == "too_many_rows"


@pytest.mark.attack("S13")
def test_zip_bomb_is_refused_by_its_directory_and_takes_no_memory() -> None:
    data = files.bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusal(data).code == "too_large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.attack("S13")
def test_zip_with_a_lying_directory() -> None:
    assert refusal(files.lying_bomb()).code in ("broken", "too_large")


@pytest.mark.attack("S13")
def test_one_long_text_used_by_thousands_of_cells() -> None:
    text = f"<si><t>{'x' * 1_000_000}</t></si>"
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 2_001))
    assert refusal(files.raw_xlsx(cells, strings=text)).code == "too_large"


@pytest.mark.attack("S15")
def test_entities_are_refused() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row>'
    for prolog in (laughs, outside):
        assert refusal(files.raw_xlsx(cell, prolog=prolog)).code == "broken"


def test_two_parts_of_one_name() -> None:
    data = files.raw_xlsx('<row r="1"><c r="A1"><v>1</v></c></row>')
    twice = data.replace(b"[Content_Types].xml", b"xl/WORKSHEETS/x.xml")
    assert read_workbook(twice, "a").sheets
    same = data.replace(b"xl/_rels/workbook.xml.rels", b"XL/worksheets/SHEET1.xmlxx")
    assert refusal(same).code == "broken"


def test_a_cell_reference_that_is_none() -> None:
    for reference in ("1A", "A0000000001234567", "A-1", "?"):
        cell = f'<row r="1"><c r="{reference}"><v>1</v></c></row>'
        assert refusal(files.raw_xlsx(cell)).code in ("broken", "too_many_columns", "too_many_rows")


def test_apart_a_refusal_keeps_its_code_and_details() -> None:
    with pytest.raises(Refused) as caught:
        read_workbook_apart(lists.xlsx({"DS": [["x"]] * 11}), "a.xlsx", Limits(rows=10))
    assert (caught.value.code, caught.value.details["rows"]) == ("too_many_rows", 11)


def test_apart_a_file_that_takes_too_much_is_refused_and_we_live() -> None:
    with pytest.raises(Refused) as caught:
        read_workbook_apart(lists.many(20_000), "a.xlsx", memory=260_000_000, seconds=1)
    assert caught.value.code == "too_large"
