"""Who found which string right: two different readers on every string make a file reviewed, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from lms.authoring.files import items_of, read_document
from lms.authoring.sheets.table import Row, folded, verdict_of
from lms.db import utc_now
from lms.text.dates import local_today
from tests.authoring.conftest import Files
from tests.authoring.sheets import KHMER, Desk, desk, in_khmer, rows_of

FILE = "lesson-01.km.md"
Told = dict[str, str]
Change = Callable[[dict[str, str]], Told]


@pytest.fixture
def at_desk(app: Flask, gold: Files, tmp_path: Path) -> Desk:
    at = desk(app, tmp_path, gold)
    at.fill(in_khmer)
    assert at.take().exit_code == 0
    return at


def said(at: Desk, name: str = FILE) -> tuple[str, str | None]:
    front = read_document(at.text(name)).front
    return front["status"], front.get("reviewed_on")


def right(reader: str, file: str = FILE) -> Change:
    return lambda row: {"verdict": "đúng", "reader": reader} if row["file"] == file else {}


def today() -> str:
    return local_today(utc_now()).isoformat()


def read(at: Desk, change: Change) -> str:
    """A sheet of now, filled and taken in: what was said of it."""
    at.fill(lambda row: {"verdict": "", "reader": ""} | change(row))
    return at.take().output


def test_one_reader_is_not_enough(at_desk: Desk) -> None:
    read(at_desk, right("Hoa"))
    assert said(at_desk) == ("draft", None)
    assert {row["reader"] for row in rows_of(at_desk.signed.read_bytes())} == {"Hoa"}


def test_two_readers_make_a_file_reviewed(at_desk: Desk) -> None:
    read(at_desk, right("Hoa"))
    before = at_desk.text(FILE)
    told = read(at_desk, right("Sa Rinh"))
    assert f"Đã đủ hai người đọc: {FILE}." in told
    assert said(at_desk) == ("reviewed", today())
    assert said(at_desk, "lesson-02.km.md") == ("draft", None)
    assert at_desk.text(FILE).split("---\n", 2)[2] == before.split("---\n", 2)[2]


@pytest.mark.parametrize("again", ["Hoa", " hoa ", "HOA.", "H.o.a"])
def test_the_same_reader_twice_is_one_reader(at_desk: Desk, again: str) -> None:
    read(at_desk, right("Hoa"))
    read(at_desk, right(again))
    assert said(at_desk)[0] == "draft"


def test_one_string_without_a_second_reader_is_enough_to_stay_a_draft(at_desk: Desk) -> None:
    read(at_desk, right("Hoa"))
    read(at_desk, lambda row: {} if row["nr"] == "2" else right("Lan")(row))
    assert said(at_desk)[0] == "draft"
    read(at_desk, lambda row: right("Na Ry")(row) if row["nr"] == "2" else {})
    assert said(at_desk)[0] == "reviewed"


def test_the_second_sheet_again_changes_nothing(at_desk: Desk) -> None:
    read(at_desk, right("Hoa"))
    read(at_desk, right("Lan"))
    before, signed = at_desk.files(), at_desk.signed.read_bytes()
    assert "0 câu đã nhận" in at_desk.take().output
    assert (at_desk.files(), at_desk.signed.read_bytes()) == (before, signed)


def test_a_changed_draft_loses_its_signatures(at_desk: Desk) -> None:
    for reader in ("Hoa", "Lan"):
        read(at_desk, right(reader))
    read(at_desk, lambda row: {"draft": KHMER, "verdict": "sửa", "reader": "Lan"} if _at(row, "3") else {})
    assert said(at_desk) == ("draft", None)
    read(at_desk, lambda row: right("Lan")(row) if _at(row, "3") else {})
    assert said(at_desk)[0] == "draft"
    read(at_desk, lambda row: right("Hoa")(row) if _at(row, "3") else {})
    assert said(at_desk)[0] == "reviewed"


def test_a_changed_source_loses_its_signatures(at_desk: Desk) -> None:
    for reader in ("Hoa", "Lan"):
        read(at_desk, right(reader))
    path = at_desk.base / "lesson-01.vi.md"
    path.write_text(path.read_text().replace('title: "', 'title: "Nè, '))
    read(at_desk, lambda row: {})
    assert said(at_desk) == ("draft", None)


def test_who_corrects_and_finds_the_correction_right_has_signed_it(at_desk: Desk) -> None:
    read(at_desk, right("Hoa"))
    read(at_desk, lambda row: right("Lan")(row) | ({"draft": KHMER} if _at(row, "3") else {}))
    assert said(at_desk)[0] == "draft"
    read(at_desk, lambda row: right("Hoa")(row) if _at(row, "3") else {})
    assert said(at_desk)[0] == "reviewed"


def test_a_reader_may_take_a_signature_back(at_desk: Desk) -> None:
    for reader in ("Hoa", "Lan"):
        read(at_desk, right(reader))
    read(at_desk, lambda row: {"verdict": "sửa", "reader": "hoa"} if _at(row, "3") else {})
    assert said(at_desk) == ("draft", None)


def test_an_older_sheet_does_not_bring_back_what_was_corrected(at_desk: Desk) -> None:
    """Both readers got the same sheet; the first corrected a string, the second found its old words right."""
    old = at_desk.rows()
    read(at_desk, lambda row: {"draft": KHMER, "verdict": "sửa", "reader": "Hoa"} if _at(row, "3") else {})
    corrected = at_desk.text(FILE)
    at_desk.fill(right("Lan"), old)
    told = at_desk.take()
    assert told.exit_code == 1
    assert f"{FILE}, số 3: phiếu còn giữ lời cũ" in told.output
    assert at_desk.text(FILE) == corrected
    at_desk.fill(lambda row: {"verdict": "sửa", "reader": "Lan"} if _at(row, "3") else {}, old)
    assert "1 câu đã nhận" in at_desk.take().output
    assert at_desk.text(FILE) != corrected


@pytest.mark.parametrize(
    "change",
    [{"draft": KHMER}, {"verdict": "đúng", "reader": "Hoa"}, {"verdict": "sửa", "draft": KHMER, "reader": "Hoa"}],
)
def test_a_review_written_by_hand_stays_until_somebody_signs_or_changes(at_desk: Desk, change: Told) -> None:
    path = at_desk.base / FILE
    path.write_text(path.read_text().replace("status: draft", "status: reviewed\nreviewed_on: 2026-11-01"))
    read(at_desk, lambda row: {})
    assert said(at_desk) == ("reviewed", "2026-11-01")
    read(at_desk, lambda row: change if _at(row, "3") else {})
    assert said(at_desk) == ("draft", None)
    before = at_desk.files()
    at_desk.take()
    assert at_desk.files() == before


def test_a_new_file_read_by_two_in_one_sheet(app: Flask, gold: Files, tmp_path: Path) -> None:
    """Two readers who share a sheet put their rows one below the other."""
    at = desk(app, tmp_path, gold)
    rows = [row | in_khmer(row) for row in at.rows() if row["file"] == FILE]
    both = [row | {"verdict": "đúng", "reader": reader} for row in rows for reader in ("Hoa", "Lan")]
    at.fill(lambda row: {}, both)
    assert f"{len(rows)} câu đã nhận" in at.take().output
    assert said(at) == ("reviewed", today())


def test_a_question_is_reviewed_by_itself(at_desk: Desk) -> None:
    for reader in ("Hoa", "Lan"):
        told = read(at_desk, lambda row, reader=reader: _question("k1-m3-q03", row, reader))
    assert "Đã đủ hai người đọc: k1-m3-q03." in told
    status = {item["id"]: item["lang"]["km"]["status"] for item in items_of(at_desk.text("questions.yaml"))}
    assert {key for key, value in status.items() if value == "reviewed"} == {"k1-m3-q03"}


def test_signatures_go_where_they_are_told(at_desk: Desk, tmp_path: Path) -> None:
    at_desk.fill(right("Hoa"))
    book = tmp_path / "elsewhere.csv"
    assert at_desk.take("--signed", str(book)).exit_code == 0
    assert not at_desk.signed.exists()
    row = rows_of(book.read_bytes())[0]
    assert list(row) == ["file", "source_sha256", "draft_sha256", "verdict", "reader", "date"]
    assert (row["file"], row["reader"], row["date"]) == (f"k1/03-bao-tin/{FILE}", "Hoa", today())


def test_signatures_that_cannot_be_read(at_desk: Desk) -> None:
    at_desk.signed.write_bytes(b"x,y\n1,2\n")
    before = at_desk.files()
    at_desk.fill(right("Hoa"))
    told = at_desk.take()
    assert (told.exit_code, "signed.csv: Tệp này thiếu cột" in told.output, at_desk.files()) == (1, True, before)
    assert at_desk.signed.read_bytes() == b"x,y\n1,2\n"


def test_a_verdict_on_nothing(app: Flask, gold: Files, tmp_path: Path) -> None:
    at = desk(app, tmp_path, gold)
    at.fill(right("Hoa"))
    told = at.take()
    assert (told.exit_code, "ô draft trống" in told.output, at.signed.exists()) == (1, True, False)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("đúng", "đúng"), (" Đúng. ", "đúng"), ("ĐÚNG", "đúng"), ("ðúng", "đúng"), ("Sửa", "sửa")]
    + [(typed, "") for typed in ("", "dung", "đừng", "đúng?sai", "ok", "x", "✓")],
)
def test_verdicts(typed: str, meant: str) -> None:
    assert verdict_of(Row("f", "1", "s", "d", verdict=typed)) == meant


def test_khmer_readers_are_told_apart() -> None:
    assert folded("សុខា") != folded("សុខ")
    assert folded("Hường") != folded("Hương")


def _at(row: dict[str, str], nr: str) -> bool:
    return (row["file"], row["nr"]) == (FILE, nr)


def _question(key: str, row: dict[str, str], reader: str) -> Told:
    return {"verdict": "đúng", "reader": reader} if row["nr"].startswith(f"{key}:") else {}
