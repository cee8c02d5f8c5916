"""`lms content sheet content talks …`: what readers of Khmer do with the kits of talks and the poster."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from lms.authoring.files import read_document
from lms.authoring.sheets.blocks import text_blocks
from lms.authoring.sheets.lines import Trouble, marks
from lms.authoring.sheets.table import read_rows
from lms.authoring.sheets.talks import read_talks
from lms.courses.folder import read_folder
from lms.text.khmer import has_khmer
from tests.authoring.sheets import Row, as_csv, rows_of

CONTENT, REVIEW = Path("content"), Path("content/review/km/noi-chuyen.csv")
KIT = "01-nhan-ra-bao-tin"
CARDS = f"{KIT}/cards.km.md"


@dataclass(frozen=True)
class Reader:
    """`content`: a copy of the shipped content's talks; `sheet`: hers."""

    app: Flask
    content: Path
    sheet: Path

    def out(self) -> list[Row]:
        assert self._run("sheet").exit_code == 0
        return rows_of(self.sheet.read_bytes())

    def take(self, rows: list[Row]) -> Result:
        self.sheet.write_bytes(as_csv(rows))
        return self._run("sheet-in")

    def files(self) -> dict[str, bytes]:
        return read_folder(self.content / "talks")

    def path(self, name: str) -> Path:
        return self.content / "talks" / name

    def _run(self, command: str) -> Result:
        where = [str(self.content), "talks", str(self.sheet)]
        return self.app.test_cli_runner().invoke(args=["content", command, *where])


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Reader:
    shutil.copytree(CONTENT / "talks", tmp_path / "content" / "talks")
    return Reader(app, tmp_path / "content", tmp_path / "noi-chuyen.csv")


def test_the_sheet_that_readers_have_is_of_the_talks_of_today() -> None:
    """After a change: lms content sheet content talks content/review/km/noi-chuyen.csv, and translate."""
    texts = read_talks(read_folder(CONTENT / "talks"), "km")
    rows = read_rows(REVIEW.read_bytes()).values()
    assert texts.troubles == ()
    assert [(row.file, row.nr, row.source, row.draft) for row in rows] == [
        (line.file, line.nr, line.source, line.draft) for line in texts.lines
    ]
    assert [(row.file, row.nr) for row in rows if not row.draft or not row.back_translation] == []


def test_every_string_calls_the_same_lines_as_its_source() -> None:
    """Else no reader could change it: a sheet with other marks is not taken."""
    lines = read_talks(read_folder(CONTENT / "talks"), "km").lines
    assert [(line.file, line.nr) for line in lines if marks(line.draft) != marks(line.source)] == []


def test_every_turn_names_the_passage_that_it_tells() -> None:
    files = read_folder(CONTENT / "talks")
    lines = [(line.file, line.draft) for line in read_talks(files, "km").lines]
    for name in (name for name in files if name.endswith("/talk.km.md")):
        said = [block.text for block in text_blocks(read_document(files[name].decode()).body) if has_khmer(block.text)]
        assert [draft for file, draft in lines if file == name][2:] == said, name


def test_a_changed_passage_is_told_for_its_turn_alone(reader: Reader) -> None:
    rows = reader.out()
    talk = reader.path(f"{KIT}/talk.vi.md")
    talk.write_text(talk.read_text().replace("Sáng một ca nước, chiều", "Sáng một ca, chiều"))
    told = reader.take(rows)
    assert (told.exit_code, told.output.count("đã đổi")) == (1, 1), told.output


def test_out_and_in_again_changes_no_byte(reader: Reader) -> None:
    before = reader.files()
    assert (reader.take(reader.out()).exit_code, reader.files()) == (0, before)


@pytest.mark.parametrize("file", [CARDS, f"{KIT}/loa.km.md", "poster.km.md"])
def test_a_correction_changes_that_string_and_nothing_else(reader: Reader, file: str) -> None:
    rows, before = reader.out(), reader.files()
    row = next(row for row in rows if row["file"] == file and row["nr"] == "7")
    said = row["draft"]
    row |= {"draft": "ខ្មែរ", "verdict": "sửa", "reader": "S."} if "{{" not in said else {}
    told = reader.take(rows)
    after = reader.files()
    assert (told.exit_code, "1 câu đã nhận" in told.output) == (0, True), told.output
    assert [name for name in after if after[name] != before[name]] == [file]
    old, new = before[file].decode().split("\n"), after[file].decode().split("\n")
    ((was, now),) = [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
    assert was.replace(said, "ខ្មែរ") == now


def test_two_readers_make_the_cards_reviewed(reader: Reader) -> None:
    for name in ("T. Hoa", "S. Ri"):
        rows = [row | {"verdict": "đúng", "reader": name} for row in reader.out() if row["file"] == CARDS]
        told = reader.take(rows)
        reader.sheet.unlink()
    assert f"Đã đủ hai người đọc: {CARDS}" in told.output
    assert (
        "status: reviewed" in reader.path(CARDS).read_text()
        and "status: draft" in reader.path("poster.km.md").read_text()
    )


def test_what_the_vietnamese_no_longer_says_is_told(reader: Reader) -> None:
    rows = reader.out()
    source = reader.path(f"{KIT}/cards.vi.md")
    source.write_text(source.read_text().replace("Đừng đo bằng tiếng ồn.", "Đừng đo bằng tiếng động."))
    told = reader.take(rows)
    assert told.exit_code == 1
    assert [line for line in told.output.splitlines() if "đã đổi" in line] == [
        f"{CARDS}, số 6: câu tiếng Việt đã đổi sau khi làm phiếu; xin làm phiếu mới cho câu này."
    ]


def test_cards_in_khmer_come_whole_or_not_at_all(reader: Reader) -> None:
    rows = [row for row in reader.out() if row["file"] == CARDS]
    made = reader.path(CARDS).read_bytes()
    reader.path(CARDS).unlink()
    assert (reader.take(rows[:-1]).exit_code, reader.path(CARDS).exists()) == (1, False)
    assert (reader.take(rows).exit_code, reader.path(CARDS).read_bytes()) == (0, made)


TALK = """---
title: Bài
---
## Mở lời

> Con chào **ông bà**, cô bác.
>
> Mình ngồi tới … giờ. Mình về.
"""
TURNS = """---
title: ខ្មែរ
status: draft
---
Lời để nói.

1. ខ្មែរ។
<!-- vi: Con chào ~ cô bác. -->
2. ខ្មែរ ខ្មែរ។
<!-- vi: Mình về. -->
"""


def test_a_turn_of_a_talk_stands_beside_the_passage_it_tells() -> None:
    files = {f"{KIT}/talk.vi.md": TALK.encode(), f"{KIT}/talk.km.md": TURNS.encode()}
    lines = read_talks(files, "km").lines
    assert [(line.nr, line.source, line.draft) for line in lines] == [
        ("1", "Bài", "ខ្មែរ"),
        ("3", "Con chào ông bà, cô bác.", "ខ្មែរ។"),
        ("4", "Mình về.", "ខ្មែរ ខ្មែរ។"),
    ]
    assert read_talks({f"{KIT}/talk.vi.md": TALK.encode()}, "km").lines == (), "no turns yet, no lines"


@pytest.mark.parametrize("words", ["Con thưa", "Mình"], ids=["gone", "in two places"])
def test_a_passage_that_is_not_there_once_is_told(words: str) -> None:
    turns = TURNS.replace("Con chào ~ cô bác.", words)
    texts = read_talks({f"{KIT}/talk.vi.md": TALK.encode(), f"{KIT}/talk.km.md": turns.encode()}, "km")
    assert texts.troubles == (Trouble(f"{KIT}/talk.km.md", "passage-gone", words),)
    assert [line.nr for line in texts.lines] == ["1", "4"]
