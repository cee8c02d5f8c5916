"""From the script of a screen to its recording on a learner's phone."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from lms.access import GrantValue, Viewer
from lms.authoring import operations, recordings
from lms.authoring.checks import check
from lms.authoring.recordings import keep_recording, script_of
from lms.courses import enrolments
from lms.courses import operations as courses
from lms.courses.law import LawTable, read_law
from lms.courses.media import M4A, MP3, kind_of
from lms.courses.media_notes import without_notes
from lms.courses.models import Edition
from lms.courses.snapshot import LessonView
from lms.db import db
from lms.web.refusals import Refusal
from tests.authoring.conftest import FOLDER, LESSON, MODULE, Files, ReadAs
from tests.authoring.test_checks import CONTEXT
from tests.factories import Make

AT = "/soan-bai/k1"
SLOT = f"modules/{FOLDER}/media/lesson-01.vi.mp3"
FRAME = b"\xff\xfb\x90\x00" + bytes(413)
"""One frame of MPEG 1, layer III, 128 kbit/s."""
TAGGED = b"ID3\x04\x00\x00\x00\x00\x00\x00" + FRAME
FROM_A_PHONE = b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42"


def lesson(body: str, **front: Any) -> LessonView:
    return LessonView(1, 1, "lesson-01.vi.md", "Gọi ai trước?", body, front, {}, 3)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (FRAME, MP3),
        (TAGGED, MP3),
        (FROM_A_PHONE, M4A),
        (FROM_A_PHONE.replace(b"M4A ", b"qt  "), None),
        (b"\xff\xff\xff\xff" + bytes(20), None),
        (b"\xff\xeb\x90\x00" + bytes(20), None),
        (b"\xff\xfb", None),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", None),
        (b"<html>", None),
    ],
)
def test_a_sound_is_told_by_its_bytes(data: bytes, kind: str | None) -> None:
    assert kind_of(data) == kind


def test_the_script_says_all_that_is_on_the_screen_and_how() -> None:
    law = read_law(
        b"schema: lhp-law/1\ninstruments: {L13: {name: Lu\xe1\xba\xadt m\xe1\xba\xabu}}\n"
        b"articles: {'L13:5.1': {mark: V}}\n"
    )
    body = (
        "Một **câu**.\n\n![Một bàn tay](media/a.svg)\n\n::: luat L13:5.1\nLời luật.\n:::\n\n"
        "Gọi {{duong-day:cong-an}} hay {{duong-day:cong-an-phuong}}.\n\n::: ghi-nho\nMột.\n\nHai.\n:::\n"
    )
    script = script_of(lesson(body, content_note="Có nhắc lời dọa."), law, {"cong-an": "113"}.get)
    assert script.lines == [
        ("Tên bài", "Gọi ai trước?"),
        ("Trước khi nghe", "Có nhắc lời dọa."),
        ("", "Một câu."),
        ("", "Trong hình: Một bàn tay"),
        ("Căn cứ: Điều 5 khoản 1 Luật mẫu", "Lời luật."),
        ("", "Gọi 1 1 3 hay số ghi trên màn hình."),
        ("Ghi nhớ", "Một."),
        ("", "Hai."),
    ]
    assert (script.slot, script.minutes > 0) == ("media/lesson-01.vi.mp3", True)


def test_every_word_of_our_lessons_is_in_their_scripts() -> None:
    script = script_of(
        lesson("| Giờ | Việc |\n|---|---|\n| 0 | Chào |\n\n- một\n- hai\n"), LawTable({}, {}), lambda _: None
    )
    assert [words for _, words in script.lines[1:]] == ["Giờ", "Việc", "0", "Chào", "một", "hai"]


@pytest.mark.usefixtures("trainer")
class TestSlots:
    def test_a_recording_goes_into_its_slot_and_the_lesson_names_it(self, draft: Edition, clean: Files) -> None:
        with db.write():
            keep_recording(draft, LESSON, FRAME)
        files = courses.export_files(draft)
        assert files[SLOT] == FRAME
        assert files.keys() - clean.keys() == {SLOT}
        without = re.sub(r'audio: "media/lesson-01.vi.mp3"\naudio_says: "?[0-9a-f]{12}"?\n', "", files[LESSON].decode())
        assert without == clean[LESSON].decode()
        assert [one for one in check(files, CONTEXT) if one.counts] == []

    def test_another_one_replaces_it_and_taking_it_out_leaves_nothing(self, draft: Edition, clean: Files) -> None:
        for data in (FRAME, FROM_A_PHONE, FROM_A_PHONE):
            with db.write():
                keep_recording(draft, LESSON, data)
        assert courses.export_files(draft).keys() - clean.keys() == {SLOT.replace(".mp3", ".m4a")}
        for _ in range(2):
            with db.write():
                recordings.drop_recording(draft, LESSON)
        assert courses.export_files(draft) == clean

    def test_when_the_words_change_the_recording_is_told_to_be_old_until_it_is_sent_again(self, draft: Edition) -> None:
        def stale() -> bool:
            return "audio-stale" in {one.detail for one in check(courses.export_files(draft), CONTEXT)}

        with db.write():
            keep_recording(draft, LESSON, FRAME)
        assert not stale()
        text = courses.export_files(draft)[LESSON].decode()
        changed = text.replace("\n---\n", "\n---\nMột câu mới.\n\n", 1).encode()
        with db.write():
            courses.write_draft_file(draft, LESSON, changed)
        assert stale()
        with db.write():
            keep_recording(draft, LESSON, FRAME)
        assert not stale()

    @pytest.mark.parametrize("data", [b"", b"RIFF....WAVE", b"\x89PNG\r\n\x1a\n"])
    def test_what_is_no_recording_is_refused(self, draft: Edition, clean: Files, data: bytes) -> None:
        with pytest.raises(Refusal, match="MP3"), db.write():
            keep_recording(draft, LESSON, data)
        db.session.rollback()
        assert courses.export_files(draft) == clean

    def test_one_that_is_too_large_is_refused_and_the_earlier_one_stays(self, draft: Edition) -> None:
        with db.write():
            keep_recording(draft, LESSON, FRAME)
        with pytest.raises(Refusal), db.write():
            keep_recording(draft, LESSON, FRAME + bytes(4_000_000))
        db.session.rollback()
        assert courses.export_files(draft)[SLOT] == FRAME


@pytest.mark.parametrize(
    ("files", "detail"),
    [
        ({}, "audio-missing"),
        ({SLOT: b"\x89PNG\r\n\x1a\n"}, "audio-kind"),
        ({SLOT: FRAME}, None),
    ],
)
def test_the_checks_miss_a_recording_that_is_named(clean: Files, files: Files, detail: str | None) -> None:
    named = clean[LESSON].decode().replace("---\n", "---\naudio: media/lesson-01.vi.mp3\n", 1).encode()
    found = {one.detail for one in check(clean | files | {LESSON: named}, CONTEXT)}
    assert found & {"audio-missing", "audio-kind"} == ({detail} if detail else set())


class TestPages:
    def test_a_trainer_reads_sends_hears_and_takes_out(self, draft: Edition, trainer: FlaskClient) -> None:
        page = trainer.get(f"{AT}/phan/{FOLDER}/bai-doc")
        assert page.status_code == 200
        for words in ("media/lesson-01.vi.mp3", "Người thật đọc", "Gửi bản thu"):
            assert words in page.text, words
        sent = trainer.post(f"{AT}/thu-am/{LESSON}", data={"tep": (io.BytesIO(FRAME), "ghi am 1.mp3")})
        assert (sent.status_code, sent.location) == (303, f"{AT}/phan/{FOLDER}/bai-doc")
        page = trainer.get(sent.location)
        assert "Đã có bản thu, 1\N{NO-BREAK SPACE}kB" in page.text
        heard = trainer.get(address_in(page.text))
        assert (heard.data, heard.mimetype) == (FRAME, MP3)
        seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page.text)
        assert seen is not None
        assert trainer.post(f"{AT}/thu-am/{LESSON}", data={"bo": "1", "seen": seen[1]}).status_code == 303
        assert "<audio" not in trainer.get(sent.location).text

    def test_nothing_chosen_is_said(self, draft: Edition, trainer: FlaskClient) -> None:
        answer = trainer.post(f"{AT}/thu-am/{LESSON}", data={})
        assert (answer.status_code, "chưa chọn tệp" in answer.text) == (400, True)

    @pytest.mark.parametrize("path", ["modules/99-khong/lesson-01.vi.md", "course.yaml"])
    def test_there_are_slots_for_lessons_alone(self, draft: Edition, trainer: FlaskClient, path: str) -> None:
        assert trainer.post(f"{AT}/thu-am/{path}", data={"tep": (io.BytesIO(FRAME), "a.mp3")}).status_code == 404

    def test_no_module_no_page(self, draft: Edition, trainer: FlaskClient) -> None:
        assert trainer.get(f"{AT}/phan/09-khong-co/bai-doc").status_code == 404

    def test_a_learner_hears_it_and_her_phone_may_fetch_a_part(
        self, draft: Edition, trainer: FlaskClient, make: Make, read_as: ReadAs
    ) -> None:
        with db.write():
            keep_recording(draft, LESSON, FRAME)
            operations.publish_draft(draft, by="test")
        person = make.person("Huỳnh Thị Út")
        with db.write():
            enrolments.enrol(person, draft.course)
        learner = read_as(Viewer(account_id=9, person_id=person, grants=(GrantValue("learner"),)))
        page = learner.get("/khoa-hoc/k1/bai/1")
        assert "Nghe bài này (1\N{NO-BREAK SPACE}kB)" in page.text
        part = learner.get(address_in(page.text), headers={"Range": "bytes=4-9"})
        assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, FRAME[4:10], "bytes 4-9/417")


def address_in(page: str) -> str:
    found = re.search(r'<audio controls preload="none" src="([^"]+)"', page)
    assert found is not None
    return found[1]


def box(name: bytes, inside: bytes) -> bytes:
    return (8 + len(inside)).to_bytes(4) + name + inside


def test_where_and_with_what_it_was_recorded_is_not_kept() -> None:
    place = box(b"udta", box(b"\xa9xyz", b"+09.9347+106.3453/"))
    voice = box(b"mdat", b"the voice")
    film = box(b"moov", box(b"mvhd", b"1") + box(b"trak", place) + place)
    before = FROM_A_PHONE + film + box(b"uuid", b"gps") + voice
    after = without_notes(before)
    assert len(after) == len(before) and b"106.3453" not in after and b"gps" not in after
    assert after.endswith(voice) and kind_of(after) == M4A
    tag = b"ID3\x04\x00\x00\x00\x00\x00\x05Hoa A"
    assert without_notes(tag + FRAME + b"TAG" + b"x" * 125) == FRAME
    assert without_notes(FRAME) == FRAME


@given(st.binary(max_size=200))
def test_any_bytes_after_the_head_of_a_recording_are_looked_through(data: bytes) -> None:
    assert len(without_notes(FROM_A_PHONE + data)) == len(FROM_A_PHONE + data)
    without_notes(b"ID3" + data)


class TestSlotsOfOthers:
    def test_what_is_no_lesson_has_no_slot(self, draft: Edition, trainer: FlaskClient) -> None:
        for path in (MODULE, f"modules/{FOLDER}/lesson-77.vi.md"):
            sent = trainer.post(f"{AT}/thu-am/{path}", data={"tep": (io.BytesIO(FRAME), "a.mp3")})
            assert sent.status_code == 404

    def test_a_lesson_that_cannot_be_read_is_told(self, draft: Edition, trainer: FlaskClient) -> None:
        with db.write():
            courses.write_draft_file(draft, LESSON, b"---\ntitle: [\n---\nx")
        sent = trainer.post(f"{AT}/thu-am/{LESSON}", data={"tep": (io.BytesIO(FRAME), "a.mp3")})
        assert (sent.status_code, "sửa bài trước" in sent.text) == (409, True)

    @pytest.mark.usefixtures("trainer")
    def test_a_picture_that_was_named_by_mistake_stays(self, draft: Edition) -> None:
        picture = f"modules/{FOLDER}/media/hinh.svg"
        drawn = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'
        text = courses.export_files(draft)[LESSON].decode().replace("---\n", "---\naudio: media/hinh.svg\n", 1)
        with db.write():
            courses.write_draft_file(draft, picture, drawn)
            courses.write_draft_file(draft, LESSON, text.encode())
            keep_recording(draft, LESSON, FRAME)
        assert courses.export_files(draft)[picture] == drawn

    def test_an_old_page_takes_no_newer_recording_out(self, draft: Edition, trainer: FlaskClient) -> None:
        with db.write():
            keep_recording(draft, LESSON, FRAME)
        for fields in ({"bo": "1"}, {"bo": "1", "seen": "0" * 64}):
            answer = trainer.post(f"{AT}/thu-am/{LESSON}", data=fields)
            assert (answer.status_code, "vừa có người thay" in answer.text) == (409, True)
        assert courses.export_files(draft)[SLOT] == FRAME
