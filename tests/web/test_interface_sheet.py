"""The learner's screens go out to readers of Khmer and come back signed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lms.authoring.sheets.table import Row, SheetFault, read_rows, write_rows
from tools import catalogues, interface_sheet

GREETING = "Việc của tôi"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the catalogues, to be written on."""
    shutil.copytree(catalogues.FOLDER, tmp_path / "translations")
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path / "translations")
    return tmp_path


def rows_of(sheet: Path) -> list[Row]:
    return list(read_rows(sheet.read_bytes()).values())


def out(folder: Path) -> list[Row]:
    interface_sheet.out(folder / "a.csv")
    return rows_of(folder / "a.csv")


def take_in(folder: Path, *rows: Row) -> tuple[int, list[str]]:
    (folder / "a.csv").write_bytes(write_rows(rows))
    return interface_sheet.take_in(folder / "a.csv", folder / "signed.csv")


def of(rows: list[Row], source: str) -> Row:
    return next(row for row in rows if row.source == source)


def test_a_learners_texts_and_no_office_texts_go_out(folder: Path) -> None:
    texts = {row.source for row in out(folder)}
    assert {GREETING, "Thoát nhanh", "Bắt đầu học", "Nộp bài"} <= texts
    assert not texts & {"Nhập danh sách", "Soạn bài", "Sổ cấp giấy"}


def test_out_and_in_again_changes_nothing(folder: Path) -> None:
    before = catalogues.path_of("km").read_bytes()
    assert take_in(folder, *out(folder)) == (0, [])
    assert catalogues.path_of("km").read_bytes() == before


def test_a_better_draft_goes_in_and_two_readers_make_it_reviewed(folder: Path) -> None:
    row = replace(of(out(folder), GREETING), draft="ការងារខ្ញុំ", verdict="đúng", reader="Reader One")
    assert take_in(folder, row) == (1, [])
    message = catalogues.stored("km").get(GREETING)
    assert message is not None and (message.string, message.fuzzy) == ("ការងារខ្ញុំ", True)
    assert take_in(folder, row, replace(row, reader="reader one")) == (0, [])
    assert catalogues.stored("km").get(GREETING).fuzzy, "the same reader twice is one reader"  # type: ignore[union-attr]
    assert take_in(folder, replace(row, reader="Reader Two")) == (0, [])
    assert not catalogues.stored("km").get(GREETING).fuzzy  # type: ignore[union-attr]
    assert take_in(folder, replace(row, verdict="sửa", reader="Reader Two")) == (0, [])
    assert catalogues.stored("km").get(GREETING).fuzzy  # type: ignore[union-attr]


def test_readers_words_stay_in_the_next_sheet(folder: Path) -> None:
    row = replace(of(out(folder), GREETING), back_translation="Việc tôi", note="Hỏi: …")
    (folder / "a.csv").write_bytes(write_rows([row]))
    assert of(out(folder), GREETING) == row


def test_what_cannot_go_in_is_told_and_the_rest_goes_in(folder: Path) -> None:
    rows = out(folder)
    holding = next(row for row in rows if "%(" in row.source)
    count, left = take_in(
        folder,
        replace(holding, draft="គ្មាន"),
        replace(of(rows, GREETING), draft="ការងារខ្ញុំ"),
        Row("giao-dien", "00000000", "Không trang nào nói câu này", "ទេ"),
    )
    assert count == 1
    assert [line.partition(":")[0] for line in left] == ["row 2", "row 4"]


@pytest.mark.parametrize("changes", [{"verdict": "ok"}, {"verdict": "đúng", "reader": ""}, {"draft": "??? ???"}])
def test_a_bad_sheet_writes_nothing(folder: Path, changes: dict[str, str]) -> None:
    before = catalogues.path_of("km").read_bytes()
    with pytest.raises(SheetFault):
        take_in(folder, replace(of(out(folder), GREETING), **changes))
    assert catalogues.path_of("km").read_bytes() == before and not (folder / "signed.csv").exists()


def test_the_sheet_that_readers_have_is_of_the_texts_of_today() -> None:
    """After a change of a learner's text: python -m tools.interface_sheet out content/review/km/giao-dien.csv"""
    sheet = catalogues.ROOT / "content" / "review" / "km" / "giao-dien.csv"
    told = [(row.source, row.draft) for row in rows_of(sheet)]
    assert told == [(line.source, line.draft) for line in interface_sheet.lines()]
