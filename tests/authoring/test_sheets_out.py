"""`lms content sheet`: the strings of a module as a table, what readers wrote kept where the words are the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.authoring.files import items_of
from lms.authoring.sheets.blocks import holds, text_blocks, with_texts
from lms.authoring.sheets.items import parts
from lms.authoring.sheets.lines import read_module
from tests.authoring.conftest import Files, replaced
from tests.authoring.sheets import Desk, as_csv, desk, in_khmer, rows_of

COURSE = Path("content/k1-kien-thuc-chung")
REVIEW = Path("content/review/km")
SHEETS = sorted(REVIEW.glob("[0-9]*.csv"))
MODULES = sorted(Path("content").glob("k[1-6]-*/modules/*"))

LESSON = """---
title: "Báo ở đâu?"
content_note: "Có tiếng la."
---
Một đoạn
viết hai dòng.

<!-- cho-phep: E07 lời dặn -->
::: luat L13:1
“Chữ của luật.”
:::

## Đầu đề

1. Một
2. **Hai**
   - Trong

> Lời trích

| Ai | Gì |
|---|:--|
| Cô | {{duong-day:cong-an}} |

![Hình](media/hem.svg)
"""


@pytest.fixture
def at_desk(app: Flask, gold: Files, tmp_path: Path) -> Desk:
    return desk(app, tmp_path, gold)


def strings_of(lesson: str) -> list[tuple[str, str]]:
    files = {"module.vi.md": b"---\ntitle: T\n---\n", "lesson-01.vi.md": lesson.encode()}
    return [(line.nr, line.source) for line in read_module(files, "km").lines if line.file == "lesson-01.km.md"]


def test_what_is_a_string() -> None:
    assert [text for _nr, text in strings_of(LESSON)] == [
        *("Báo ở đâu?", "Có tiếng la.", "Một đoạn\nviết hai dòng.", "“Chữ của luật.”", "Đầu đề"),
        *("Một", "**Hai**", "Trong", "Lời trích", "| Ai | Gì |", "| Cô | {{duong-day:cong-an}} |"),
        "![Hình](media/hem.svg)",
    ]
    assert [nr for nr, _text in strings_of(LESSON)] == [str(at) for at in range(1, 13)]


@pytest.mark.parametrize(
    "text", ["- b", "1. b", "# b", "> b", "| b |", "::: luu-y", "b\n\nc", "b\n- c", "<!-- b -->", ""]
)
@pytest.mark.parametrize("body", ["a\n", "- a\n", "1. a\n2. c\n", "> a\n", "::: luu-y\na\n:::\n"])
def test_words_that_would_open_something_else(body: str, text: str) -> None:
    assert holds(body, 0, "**ខ្មែរ** 1. a")
    assert not holds(body, 0, text)


LINE = st.sampled_from(
    ["", "a", "  b ", "- c", "  - d", "2. e", "> f", "# g", "::: luu-y", ":::", "| h | i |", "|---|---|"]
)


@given(st.lists(LINE | st.text("a-|:<!># \n", max_size=9), max_size=14), st.data())
@settings(max_examples=200, deadline=None)
def test_a_block_said_again_or_otherwise_leaves_the_rest(lines: list[str], data: st.DataObject) -> None:
    body = "\n".join(lines)
    blocks = text_blocks(body)
    single = {at: block.text for at, block in enumerate(blocks) if "\n" not in block.text}
    assert with_texts(body, single) == body
    for at in single:
        text = data.draw(st.sampled_from(["ខ្មែរ", "- x", "x | y", ":::", "a b"]))
        if holds(body, at, text):
            now = text_blocks(with_texts(body, {at: text}))
            assert [block.text for block in now] == [text if n == at else block.text for n, block in enumerate(blocks)]


def test_a_row_keeps_its_cells() -> None:
    table = "| a | b |\n|---|---|\n| c | d |\n"
    assert [holds(table, 1, text) for text in ("| e | f |", "| e |", "| e | f | g |", "e", "| e \\| | f |")] == [
        *(True, False, False, False, True),
    ]


def test_without_a_note_the_text_follows_the_title() -> None:
    assert strings_of(LESSON.replace('"Có tiếng la."', '""'))[1] == ("2", "Một đoạn\nviết hai dòng.")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.stem)
def test_the_sheets_we_have_hold_the_same_rows(sheet: Path) -> None:
    """A row of theirs that is not made today is one whose string, or its translation, was changed since."""
    folder = COURSE / "modules" / sheet.stem
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    made = {(line.file, line.source, line.draft) for line in read_module(files, "km").lines}
    for row in rows_of(sheet.read_bytes()):
        if (row["file"], row["source"], row["draft"]) not in made and row["file"].startswith("lesson"):
            vi, km = (folder / row["file"].replace(".km.", ".vi.")).read_text(), (folder / row["file"]).read_text()
            assert row["source"] not in vi or row["draft"] not in km, row


@pytest.mark.parametrize("module", MODULES, ids=lambda path: f"{path.parts[1][:2]}-{path.name[:2]}")
def test_every_module_we_ship_makes_a_sheet(module: Path) -> None:
    texts = read_module({path.name: path.read_bytes() for path in module.iterdir() if path.is_file()}, "km")
    assert texts.troubles == ()
    assert len({(line.file, line.nr) for line in texts.lines}) == len(texts.lines)
    assert {line.file for line in texts.lines} >= {"module.km.md", "lesson-01.km.md", "questions.yaml"}


def test_the_order_of_the_rows(at_desk: Desk) -> None:
    files = list(dict.fromkeys(row["file"] for row in at_desk.rows()))
    assert files == ["module.km.md", *(f"lesson-{n:02d}.km.md" for n in range(1, 5)), "questions.yaml"]
    assert at_desk.sheet.read_bytes().startswith(
        b"\xef\xbb\xbffile,nr,source,draft,back_translation,note,verdict,reader"
    )


def test_the_parts_of_a_question(gold: Files) -> None:
    items = {item["id"]: item for item in items_of(gold["modules/03-bao-tin/questions.yaml"].decode())}
    assert [part.name for part in parts(items["k1-m3-q03"])] == ["stem", "fb.true", "fb.false"]
    single = [part.name for part in parts(items["k1-m3-q06"])]
    assert single[:5] == ["content_note", "scenario", "stem", "a.text", "a.fb"]
    case = {part.name: part.path for part in parts(items["k1-m3-c01"])}
    assert case["n1.a.fb"] == ("nodes", "n1", "choices", "a", "feedback")


def test_other_types_of_questions() -> None:
    gaps = {"text": "[[1]]", "gaps": {1: {"options": ["một", "hai"], "answer": "một"}, 2: {"options": ["3", "4"]}}}
    assert [part.name for part in parts(gaps)] == ["text", "gap.1.1", "gap.1.2"]
    more = {"left": [{"id": "a", "text": "x"}], "zones": [{"id": "b", "label": "y", "fb": "z"}], "alt": "w"}
    more |= {"rubric": [{"criterion": "c", "good": "g", "points": 1}], "media": {"alt": "m"}, "hint": "h"}
    names = ["hint", "media.alt", "alt", "left.a.text", "b.label", "b.fb", "rubric.1.criterion", "rubric.1.good"]
    assert [part.name for part in parts(more)] == names


def test_what_readers_wrote_stays_where_the_words_are_the_same(at_desk: Desk) -> None:
    said = {"note": "hỏi lại", "back_translation": "x", "verdict": "đúng", "reader": "S.H."}
    at_desk.fill(lambda row: in_khmer(row) if row["file"] == "lesson-01.km.md" else {})
    assert at_desk.take().exit_code == 0
    at_desk.fill(lambda row: said if row["file"] == "lesson-01.km.md" else {})
    path = at_desk.base / "lesson-01.vi.md"
    path.write_text(path.read_text().replace("title: ", "title: Mới, ", 1).replace('Mới, "', '"Mới, '))
    at_desk.out()
    rows = [row for row in rows_of(at_desk.sheet.read_bytes()) if row["file"] == "lesson-01.km.md"]
    assert [{key: row[key] for key in said} == said for row in rows] == [False] + [True] * (len(rows) - 1)


def test_what_found_no_place_is_kept_beside(at_desk: Desk) -> None:
    rows = at_desk.rows()
    assert at_desk.out().exit_code == 0
    assert not at_desk.sheet.with_name("sheet.cu-1.csv").exists()
    old = as_csv([row | {"draft": "lời của người đọc"} if row["nr"] == "1" else row for row in rows])
    for number in (1, 2):
        at_desk.sheet.write_bytes(old)
        assert "phiếu cũ còn ở" in at_desk.out().output
        assert at_desk.sheet.with_name(f"sheet.cu-{number}.csv").read_bytes() == old


def test_a_file_that_is_no_sheet_is_not_written_over(at_desk: Desk) -> None:
    at_desk.sheet.write_bytes(b"ten;tuoi\nHoa;3\n")
    told = at_desk.out()
    assert told.exit_code == 1
    assert "thiếu cột" in told.output
    assert at_desk.sheet.read_bytes() == b"ten;tuoi\nHoa;3\n"


def test_a_translation_of_another_shape_is_named_and_the_rest_goes_on(app: Flask, gold: Files, tmp_path: Path) -> None:
    km = {"modules/03-bao-tin/lesson-01.km.md": b'---\ntitle: "x"\nstatus: draft\n---\nM\xe1\xbb\x99t.\n'}
    at = desk(app, tmp_path, gold | km)
    told = at.out()
    assert told.exit_code == 1
    assert "lesson-01.km.md không cùng số đoạn" in told.output
    assert "lesson-02.km.md" in {row["file"] for row in rows_of(at.sheet.read_bytes())}
    assert "lesson-01.km.md" not in {row["file"] for row in rows_of(at.sheet.read_bytes())}


def test_questions_that_cannot_be_read_are_named(app: Flask, gold: Files, tmp_path: Path) -> None:
    files = replaced(gold, "modules/03-bao-tin/questions.yaml", "id: k1-m3-q02", "id: k1-m3-q01")
    told = desk(app, tmp_path, files).out()
    assert (told.exit_code, "questions.yaml có hai câu trùng mã" in told.output) == (1, True)


@pytest.mark.parametrize("module", ["03-bao-tin", "3", "03"])
def test_a_module_by_its_name_or_number(at_desk: Desk, module: str) -> None:
    told = Desk(at_desk.app, at_desk.folder, module, at_desk.sheet).out()
    assert told.exit_code == 0


def test_a_sheet_in_a_folder_that_is_not_there_yet(at_desk: Desk, tmp_path: Path) -> None:
    at = Desk(at_desk.app, at_desk.folder, "3", tmp_path / "review" / "km" / "3.csv")
    assert at.rows()
    assert at.sheet.stat().st_mode & 0o777 == 0o644


def test_a_module_or_a_course_that_is_none(at_desk: Desk, tmp_path: Path) -> None:
    told = Desk(at_desk.app, at_desk.folder, "4", at_desk.sheet).out()
    assert (told.exit_code, "Có: 03-bao-tin" in told.output) == (1, True)
    shutil.copytree(at_desk.folder / "modules", tmp_path / "none" / "modules")
    told = Desk(at_desk.app, tmp_path / "none", "3", at_desk.sheet).out()
    assert (told.exit_code, "không phải một khóa học" in told.output) == (1, True)
