"""The kits that ship: complete, with laws and helplines that our tables have, and with the care of the courses."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from lms.authoring.checks.findings import Context
from lms.authoring.checks.texts import HALL, of_markdown
from lms.authoring.checks.words import word_findings
from lms.authoring.sheets.lines import MARKS, marks
from lms.authoring.sheets.talks import read_talks
from lms.courses.content import TOKEN
from lms.courses.documents import DocumentError
from lms.courses.folder import read_folder
from lms.courses.law import LawTable, read_law
from lms.courses.passages import count_words, faults
from lms.talks.kits import CARDS, FOLDER, LOUDSPEAKER, PARTS, TALK, Sheet, kit_of, kits, sheet_of
from lms.talks.poster import Line, read_poster
from lms.text.khmer import has_khmer
from lms.web.helplines import _read

CONTENT = Path("content")
KITS = kits(CONTENT)
SHEETS = [(f"{kit.code}/{part}", sheet) for kit in KITS for part, sheet in kit.sheets.items()]
MOST_A_MINUTE = 90
"""Words said slowly enough to be followed, with pauses; the rest of the time belongs to the people."""


@pytest.fixture(scope="module")
def law() -> LawTable:
    return read_law((CONTENT / "law.yaml").read_bytes())


@pytest.fixture(scope="module")
def hotlines() -> frozenset[str]:
    return frozenset(row["key"] for row in _read(str(CONTENT / "hotlines.yaml"), 0))


def test_every_kit_is_a_talk_of_45_minutes_with_cards_and_scripts() -> None:
    assert len(KITS) >= 6
    for kit in KITS:
        assert tuple(kit.sheets) == PARTS, kit.code
        assert kit.talk.minutes == 45 and kit.talk.audience, kit.code
        assert sum(count_words(kit.talk.body)) < 45 * MOST_A_MINUTE, kit.code


@pytest.mark.parametrize(("name", "sheet"), SHEETS, ids=[name for name, _ in SHEETS])
def test_a_sheet_cites_what_is_there_and_blames_nobody(
    name: str, sheet: Sheet, law: LawTable, hotlines: frozenset[str]
) -> None:
    assert sheet.content_note, "what is heard is said before"
    assert [key for key in sheet.law if not law.knows(key)] == []
    assert faults(sheet.body, knows_law=law.knows, knows_hotline=hotlines.__contains__) == []
    context = Context(law=law, hotlines=hotlines, place_names=(), today=date(2026, 11, 29))
    passages = of_markdown(name, sheet.body, sheet.body, sheet.law, HALL)
    assert [one for one in word_findings(passages, context) if not one.allowed_reason] == []


def test_everything_is_there_in_khmer_and_is_a_draft() -> None:
    for kit in KITS:
        assert tuple(kit.khmer) == PARTS, kit.code
        assert all(sheet.draft and sheet.front["status"] == "draft" for sheet in kit.khmer.values()), kit.code
        assert all(has_khmer(sheet.title) and has_khmer(sheet.content_note) for sheet in kit.khmer.values()), kit.code
    poster = sheet_of(CONTENT / FOLDER / "poster.km.md")
    assert poster is not None and poster.draft


def test_khmer_goes_through_the_whole_talk_with_the_same_numbers() -> None:
    """The steps of the 45 minutes one after the other, the lines to call that the Vietnamese names, five answers."""
    for kit in KITS:
        body = kit.khmer[TALK].body
        steps = re.findall(r"^## .*phút (\d+–\d+)\)$", body, re.MULTILINE)
        assert steps == ["0–5", "5–13", "13–20", "20–35", "35–40", "40–45"], kit.code
        assert set(TOKEN.findall(body)) == set(TOKEN.findall(kit.talk.body)), kit.code
        turns = [int(number) for number in re.findall(r"^(\d+)\. ", body, re.MULTILINE)]
        answers = turns[-5:]
        assert answers == [1, 2, 3, 4, 5] and turns[:-5] == sorted(set(turns[:-5])), kit.code


def test_cards_scripts_and_poster_say_in_khmer_block_by_block_what_the_vietnamese_says() -> None:
    """The same headings, lists and number of blocks; in each the same lines to call and the same written numbers."""
    texts = read_talks(read_folder(CONTENT / FOLDER), "km")
    assert texts.troubles == ()
    lines = [line for line in texts.lines if not line.file.endswith(f"{TALK}.km.md")]
    assert {line.file for line in lines} == {
        "poster.km.md",
        *(f"{kit.code}/{part}.km.md" for kit in KITS for part in (CARDS, LOUDSPEAKER)),
    }
    for line in lines:
        assert has_khmer(line.draft) or not re.search(r"[^\W\d]", MARKS.sub("", line.source)), (line.file, line.nr)
        assert marks(line.draft) == marks(line.source), (line.file, line.nr)
        assert _numbers(line.source) - _numbers(line.draft) == Counter(), (line.file, line.nr)


def _numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+", MARKS.sub("", text)))


@pytest.mark.parametrize("code", ["..", "01", "../review", "01-nhan-ra-bao-tin/..", "99-khong-co", ""])
def test_no_name_leads_out_of_the_folder(code: str) -> None:
    assert kit_of(CONTENT, code) is None


def test_other_folders_are_no_kits_and_a_broken_one_is_told(tmp_path: Path) -> None:
    for name in ("01-chua-co-bai-noi", "ghi-chep"):
        (tmp_path / "talks" / name).mkdir(parents=True)
    assert kits(tmp_path) == [] == kits(tmp_path / "nowhere")
    (tmp_path / "talks" / "01-chua-co-bai-noi" / f"{TALK}.vi.md").write_text("không có dòng ---", encoding="utf-8")
    with pytest.raises(DocumentError):
        kit_of(tmp_path, "01-chua-co-bai-noi")
    assert kits(tmp_path) == []


def test_the_poster_is_read_up_to_its_end() -> None:
    body = (
        "# Tên\n\n**Một**\nCâu {{duong-day:cong-an}}\nCâu hai\n**Hai**\n1. Cửa: {{duong-day:x}}\n**Ba**\n**Bốn**\n"
        "<!-- het-chu -->\n**Năm**"
    )
    poster = read_poster(body)
    assert (poster.title, poster.danger.head, poster.last) == ("Tên", "Một", "Bốn")
    assert (poster.danger.numbers, poster.danger.said) == ([Line("Câu", "cong-an")], [Line("Câu hai")])
    assert list(poster.doors.lines) == [Line("Cửa", "x")]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "# Tên",
        "**Một**\nCâu",
        "# Tên\n**Một**\nGọi {{duong-day:a}} hay {{duong-day:b}}\n**Hai**\n**Ba**\n**Bốn**",
        "# Tên\n**Một**\n**Hai**\n<!-- het-chu -->\n**Ba**\n**Bốn**",
    ],
)
def test_a_text_of_another_shape_is_no_poster(body: str) -> None:
    with pytest.raises(ValueError, match="no poster"):
        read_poster(body)
