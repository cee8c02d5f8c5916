"""`lms content sheet-in`: drafts come back into the folder, whole files or none, and nothing else moves."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

import pytest
from flask import Flask

from lms.authoring.checking import context
from lms.authoring.checks import check
from lms.authoring.files import items_of, read_document
from lms.authoring.sheets.blocks import shape
from lms.authoring.sheets.lines import read_module
from lms.authoring.sheets.planning import plan
from lms.authoring.sheets.signed import Signatures
from lms.authoring.sheets.table import COLUMNS, Row, read_rows, write_rows
from lms.courses.folder import read_folder
from lms.quizzes.items import read_item
from tests.authoring.conftest import Files
from tests.authoring.sheets import KHMER, Desk, as_csv, desk, in_khmer, rows_of

MODULES = sorted(Path("content").glob("k[1-6]-*/modules/*"))
BASE = "modules/03-bao-tin/"


@pytest.fixture
def at_desk(app: Flask, gold: Files, tmp_path: Path) -> Desk:
    return desk(app, tmp_path, gold)


@pytest.fixture
def drafted(at_desk: Desk) -> Desk:
    """Every string of the module has a draft."""
    at_desk.fill(in_khmer)
    assert at_desk.take().exit_code == 0
    return at_desk


def test_a_whole_sheet_makes_the_translations(drafted: Desk, gold: Files) -> None:
    for number in range(1, 5):
        vi, km = (read_document(drafted.text(f"lesson-{number:02d}.{lang}.md")) for lang in ("vi", "km"))
        assert shape(km.body) == shape(vi.body)
        assert km.front["title"] == f"{KHMER} {vi.front['title']}"
        assert list(km.front) == ["title", "status", *(["content_note"] if vi.front["content_note"] else [])]
        assert km.front["status"] == "draft"
    assert {path for path in drafted.files() if path not in gold} == {
        BASE + name for name in ("module.km.md", *(f"lesson-{number:02d}.km.md" for number in range(1, 5)))
    }


def test_questions_speak_khmer_and_are_else_as_they_were(drafted: Desk, gold: Files) -> None:
    before = gold[BASE + "questions.yaml"].decode().split("\n")
    after = drafted.text("questions.yaml").split("\n")
    assert [line for line in before if line not in after] == []
    for old, new in zip(items_of("\n".join(before)), items_of("\n".join(after)), strict=True):
        lang = new.pop("lang")
        assert new == old
        assert lang["km"]["status"] == "draft"
        if old["type"] in ("single", "multiple", "true_false"):
            item = read_item(new | {"lang": lang}, "km")
            assert all(text.startswith(KHMER) for text in (item.stem, *(one.feedback for one in item.options)))


def test_nothing_new_is_wrong_with_the_course(drafted: Desk, gold: Files) -> None:
    assert check(drafted.files(), context()) == check(gold, context())


@pytest.mark.parametrize("again", ["--dry-run", "--lang=km"])
def test_the_same_sheet_again_changes_nothing(drafted: Desk, again: str) -> None:
    before = drafted.files()
    told = drafted.take(again)
    assert (told.exit_code, "0 câu đã nhận" in told.output, drafted.files()) == (0, True, before)


def test_out_and_in_again_changes_no_byte(drafted: Desk) -> None:
    before = drafted.files()
    drafted.rows()
    assert drafted.take().exit_code == 0
    assert drafted.files() == before
    assert not drafted.signed.exists()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: f"{path.parts[1][:2]}-{path.name[:2]}")
def test_out_and_in_again_for_every_module_we_ship(module: Path) -> None:
    files = {path.name: path.read_bytes() for path in module.iterdir() if path.is_file()}
    lines = read_module(files, "km").lines
    sheet = read_rows(write_rows(Row(line.file, line.nr, line.source, line.draft) for line in lines))
    made = plan(files, "km", sheet, Signatures(), "2026-11-29")
    assert (made.files, made.taken, made.not_taken) == ({}, 0, 0)


@pytest.mark.parametrize("module", MODULES[::8], ids=lambda path: f"{path.parts[1][:2]}-{path.name[:2]}")
@pytest.mark.parametrize("seed", range(2))
def test_any_words_go_in_and_come_out(module: Path, seed: int) -> None:
    """A random part of the strings, said otherwise: exactly those change, and a second sheet holds them."""
    chance = random.Random(seed)
    files = {path.name: path.read_bytes() for path in module.iterdir() if path.is_file()}
    lines = read_module(files, "km").lines
    drafts = [in_khmer({"source": line.source})["draft"] if chance.random() < 0.9 else line.draft for line in lines]
    rows = [Row(line.file, line.nr, line.source, draft) for line, draft in zip(lines, drafts, strict=True)]
    chance.shuffle(rows)
    made = plan(files, "km", dict(enumerate(rows)), Signatures(), "2026-11-29")
    unfinished = {one.file for one in made.unfinished}
    now = read_module({**files, **made.files}, "km").lines
    wanted = [line.draft if line.file in unfinished else said for line, said in zip(lines, drafts, strict=True)]
    assert [line.draft for line in now] == [said or line.draft for said, line in zip(wanted, lines, strict=True)]
    assert [line.source for line in now] == [line.source for line in lines]


def test_a_file_with_strings_missing_is_left_as_it_was_and_named(at_desk: Desk) -> None:
    at_desk.fill(lambda row: {} if (row["file"], row["nr"]) == ("lesson-02.km.md", "3") else in_khmer(row))
    told = at_desk.take()
    assert told.exit_code == 1
    assert "lesson-02.km.md chưa đủ lời" in told.output
    assert "Còn thiếu số 3." in told.output
    assert not (at_desk.base / "lesson-02.km.md").exists()
    assert (at_desk.base / "lesson-01.km.md").exists()


def test_one_string_changes_alone(drafted: Desk) -> None:
    place = ("lesson-01.km.md", "3")
    before = drafted.text("lesson-01.km.md")
    old = next(row["draft"] for row in drafted.rows() if (row["file"], row["nr"]) == place)
    drafted.fill(lambda row: {"draft": "ពាក្យ​ថ្មី។"} if (row["file"], row["nr"]) == place else {})
    assert "1 câu đã nhận" in drafted.take().output
    assert drafted.text("lesson-01.km.md") == before.replace(old, "ពាក្យ​ថ្មី។")


def test_a_question_half_said_is_shown_in_vietnamese(at_desk: Desk) -> None:
    at_desk.fill(lambda row: in_khmer(row) if row["nr"] in ("k1-m3-q03:stem", "k1-m3-q03:fb.true") else {})
    assert at_desk.take().exit_code == 0
    body = next(item for item in items_of(at_desk.text("questions.yaml")) if item["id"] == "k1-m3-q03")
    assert body["lang"]["km"]["stem"].startswith(KHMER)
    assert read_item(body, "km") == read_item(body)


def test_a_changed_source_is_not_taken_and_named(drafted: Desk) -> None:
    rows = drafted.rows()
    path = drafted.base / "lesson-01.vi.md"
    path.write_text(path.read_text().replace('title: "', 'title: "Nè, '))
    drafted.fill(lambda row: {"draft": f"{row['draft']} {KHMER}"} if row["file"] == "lesson-01.km.md" else {}, rows)
    told = drafted.take()
    assert told.exit_code == 1
    assert "lesson-01.km.md, số 1: câu tiếng Việt đã đổi" in told.output
    assert "Nè" not in drafted.text("lesson-01.km.md")
    assert drafted.text("lesson-01.km.md").count(f" {KHMER}\n") > 2


def test_a_string_whose_number_moved_is_found(drafted: Desk) -> None:
    """A paragraph was put before it, in both languages, after the sheet was made."""
    rows = drafted.rows()
    for lang in ("vi", "km"):
        path = drafted.base / f"lesson-01.{lang}.md"
        path.write_text(path.read_text().replace("---\n::: ", "---\nMới.\n\n::: ", 1))
    drafted.fill(lambda row: {"draft": f"{row['draft']} {KHMER}"} if row["file"] == "lesson-01.km.md" else {}, rows)
    told = drafted.take()
    assert (told.exit_code, "0 câu không nhận" in told.output) == (0, True)


@pytest.mark.parametrize(
    ("source", "draft", "why"),
    [
        ("{{duong-day:", f"{KHMER} 113", "phải giữ nguyên các dấu"),
        ("", f"- {KHMER}", "làm đổi cách trình bày"),
        ("", f"::: luat {KHMER}", "làm đổi cách trình bày"),
        ("", f"# {KHMER}", "làm đổi cách trình bày"),
        ("", f"<!-- {KHMER} -->", "làm đổi cách trình bày"),
    ],
)
def test_words_that_cannot_stand_there(drafted: Desk, source: str, draft: str, why: str) -> None:
    before = drafted.files()
    found = [
        (row["file"], row["nr"])
        for row in drafted.rows()
        if source in row["source"] and row["file"] == "lesson-02.km.md" and int(row["nr"]) > 2
    ]
    drafted.fill(lambda row: {"draft": draft} if (row["file"], row["nr"]) == found[0] else {})
    told = drafted.take()
    assert (told.exit_code, why in told.output, drafted.files()) == (1, True, before)


def test_a_line_break_typed_into_a_cell_is_a_space(drafted: Desk) -> None:
    drafted.fill(lambda row: {"draft": f"{KHMER}\n\n{KHMER}"} if row["nr"] == "3" and "04" in row["file"] else {})
    assert drafted.take().exit_code == 0
    assert f"{KHMER}  {KHMER}" in drafted.text("lesson-04.km.md")


def test_an_empty_draft_takes_nothing_away(drafted: Desk) -> None:
    before = drafted.files()
    drafted.fill(lambda row: {"draft": ""})
    assert (drafted.take().exit_code, drafted.files()) == (0, before)


def test_a_dry_run_writes_nothing(at_desk: Desk, gold: Files) -> None:
    at_desk.fill(lambda row: in_khmer(row) | {"verdict": "đúng", "reader": "Hoa"})
    told = at_desk.take("--dry-run")
    assert "Chạy thử" in told.output
    assert "0 câu không đổi" in told.output
    assert (at_desk.files(), at_desk.signed.exists()) == (dict(gold), False)


def test_line_ends_and_mark_of_a_file_stay(drafted: Desk) -> None:
    path = drafted.base / "lesson-01.km.md"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    drafted.rows()
    drafted.take()
    assert path.read_bytes() == before
    drafted.fill(lambda row: {"draft": KHMER} if row["nr"] == "1" and "lesson-01" in row["file"] else {})
    drafted.take()
    after = path.read_bytes()
    assert after.startswith(b"\xef\xbb\xbf---\r\n")
    assert after.count(b"\r\n") == before.count(b"\r\n") == after.count(b"\n")


def test_another_language(at_desk: Desk) -> None:
    assert at_desk.out("--lang", "en").exit_code == 0
    at_desk.fill(in_khmer, rows_of(at_desk.sheet.read_bytes()))
    assert at_desk.take("--lang", "en").exit_code == 0
    assert "lang:\n    en:\n" in at_desk.text("questions.yaml")
    assert (at_desk.base / "lesson-01.en.md").exists()
    before = at_desk.files()
    told = at_desk.take("--lang", "km")
    assert (told.exit_code, "thứ tiếng khác" in told.output, at_desk.files()) == (1, True, before)


def _semicolons(rows: list[dict[str, str]]) -> bytes:
    return as_csv(rows, delimiter=";")


def _no_mark(rows: list[dict[str, str]]) -> bytes:
    return as_csv(rows).removeprefix(b"\xef\xbb\xbf")


def _utf16_tabs(rows: list[dict[str, str]]) -> bytes:
    return as_csv(rows, delimiter="\t").decode("utf-8-sig").encode("utf-16")


def _decomposed(rows: list[dict[str, str]]) -> bytes:
    return unicodedata.normalize("NFD", as_csv(rows).decode()).encode()


def _empty_rows(rows: list[dict[str, str]]) -> bytes:
    return as_csv(rows).replace(b"questions.yaml", b"\r\n,,,,,,,\r\nquestions.yaml", 1) + b",,,,,,,\r\n" * 40 + b"\r\n"


def _other_columns(rows: list[dict[str, str]]) -> bytes:
    return as_csv([row | {"Column1": ""} for row in rows], columns=["Column1", *reversed(COLUMNS)])


def _newlines_only(rows: list[dict[str, str]]) -> bytes:
    return as_csv(rows).replace(b"\r\n", b"\n")


def _capital_heads(rows: list[dict[str, str]]) -> bytes:
    return b"\xef\xbb\xbf" + as_csv(rows).removeprefix(b"\xef\xbb\xbf").replace(
        b"file,nr,source", b" File,NR ,Source", 1
    )


def _blanks(rows: list[dict[str, str]]) -> bytes:
    return as_csv([{name: f" {cell} " for name, cell in row.items()} for row in rows])


SAVED = [_semicolons, _no_mark, _utf16_tabs, _decomposed, _empty_rows, _other_columns, _newlines_only, _capital_heads]


@pytest.mark.parametrize("saved", [*SAVED, _blanks])
def test_sheets_as_programs_leave_them(at_desk: Desk, drafted: Desk, saved, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    before = drafted.files()
    rows = [row | {"verdict": "Đúng", "reader": "S. Hoa"} for row in drafted.rows()]
    drafted.sheet.write_bytes(saved(rows))
    told = drafted.take()
    assert (told.exit_code, "0 câu đã nhận" in told.output, drafted.files()) == (0, True, before)
    assert len(rows_of(drafted.signed.read_bytes())) <= len(rows)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "trống"),
        (b"file,nr\n" + b"x" * 200_000, "không đọc thành bảng"),
        (b"PK\x03\x04....", "tệp Excel"),
        ("file,nr,source,draft,verdict,reader\nlesson-01.km.md,1,Báo".encode("cp1258", "replace"), "CSV UTF-8"),
        (b"file,nr,source,draft\na,1,b,c\n", "thiếu cột: verdict, reader"),
        (b"file,nr,source,draft,verdict,reader\na,1,b,\x01,,\n", "không hiện ra được"),
        ("file,nr,source,draft,verdict,reader\n\na,1,b,c,được,Hoa\n".encode(), "xem lại hàng 3"),
        ("file,nr,source,draft,verdict,reader\na,1,b,c,đúng,\n".encode(), "chưa ghi tên người đọc"),
        ("file,nr,source,draft,verdict,reader\na,1,b,c,đúng, - \n".encode(), "chưa ghi tên người đọc"),
        (b"file,nr,source,draft,verdict,reader\na,1,b,????? ???,,\n", "dấu hỏi"),
    ],
)
def test_sheets_that_are_refused(drafted: Desk, data: bytes, why: str) -> None:
    before = drafted.files()
    drafted.sheet.write_bytes(data)
    told = drafted.take()
    assert (told.exit_code, drafted.files(), drafted.signed.exists()) == (1, before, False)
    assert why in told.output


def test_two_rows_that_contradict_each_other(drafted: Desk) -> None:
    rows = drafted.rows()
    drafted.sheet.write_bytes(as_csv([*rows, rows[0] | {"draft": "khác"}]))
    told = drafted.take()
    assert told.exit_code == 1
    assert f"Hàng 2, {len(rows) + 2}" in told.output


def test_one_bad_verdict_and_nothing_is_written(at_desk: Desk, gold: Files) -> None:
    at_desk.fill(lambda row: in_khmer(row) | ({"verdict": "ok"} if row["nr"] == "k1-m3-q03:stem" else {}))
    assert at_desk.take().exit_code == 1
    assert read_folder(at_desk.folder) == gold


def test_a_file_that_would_grow_too_large(drafted: Desk) -> None:
    before = drafted.files()
    drafted.fill(lambda row: {"draft": KHMER * 4_000} if row["nr"].endswith(":stem") else {})
    told = drafted.take()
    assert (told.exit_code, "questions.yaml lớn quá" in told.output, drafted.files()) == (1, True, before)


def test_rows_of_no_file(drafted: Desk) -> None:
    rows = drafted.rows()
    more = dict.fromkeys(rows[0], "")
    thanks, stranger = more | {"source": "Cảm ơn chị!"}, more | {"file": "lesson-77.km.md", "nr": "1", "draft": "x"}
    drafted.sheet.write_bytes(as_csv([*rows, thanks, stranger]))
    told = drafted.take()
    assert (told.exit_code, "lesson-77.km.md, số 1" in told.output) == (1, True)
    assert "1 câu không nhận" in told.output


def test_a_translation_of_another_shape_is_left_alone(drafted: Desk) -> None:
    rows = drafted.rows()
    path = drafted.base / "lesson-01.km.md"
    path.write_text(path.read_text() + "\nThêm một đoạn.\n")
    before = drafted.files()
    drafted.fill(lambda row: {"draft": row["draft"] + KHMER} if row["file"] in ("lesson-01.km.md",) else {}, rows)
    told = drafted.take()
    assert told.exit_code == 1
    assert "lesson-01.km.md không cùng số đoạn" in told.output
    assert drafted.files() == before
