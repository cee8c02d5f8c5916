"""What the publish page says that a draft changes."""

from __future__ import annotations

from flask.testing import FlaskClient

from lms.authoring.changes import Change, changes
from lms.courses.models import Edition
from tests.authoring.conftest import LESSON, MODULE, QUESTIONS, Files, replaced
from tests.authoring.test_views import AT, text_of

OTHER_LESSON = LESSON.replace("01", "02")


def test_nothing_changed(clean: Files) -> None:
    assert changes(clean, dict(reversed(clean.items()))) == []


def test_lessons_and_questions_by_their_words_and_other_files_by_their_name(clean: Files) -> None:
    after = replaced(clean, LESSON, "Bảy giờ tối", "Tám giờ tối")
    after = replaced(after, QUESTIONS, "difficulty: 1", "difficulty: 2")
    new = LESSON.replace("01", "05")
    after |= {new: after.pop(OTHER_LESSON), "README.md": b"x"}
    found = changes(clean, after)
    assert [(one.sort, one.kind) for one in found if one.kind == "lesson"] == [
        ("changed", "lesson"),
        ("removed", "lesson"),
        ("added", "lesson"),
    ]
    assert {one.title for one in found if one.kind == "lesson"} == {"Ai phải báo tin?", "Báo ở đâu? Sáu nơi nhận tin"}
    assert {one.sort for one in found if one.kind == "question"} == {"changed"}
    assert found[-1] == Change("added", "other", "README.md")


def test_a_question_that_goes_and_one_that_comes(clean: Files) -> None:
    after = replaced(clean, QUESTIONS, "id: k1-m3-q01\n", "id: k1-m3-q91\n")
    after = replaced(after, MODULE, "k1-m3-q01", "k1-m3-q91")
    found = [one for one in changes(clean, after) if one.kind == "question"]
    assert {one.sort for one in found} == {"added", "removed"} and len({one.title for one in found}) == 1


def test_the_page_shows_them_before_anybody_presses(published: Edition, trainer: FlaskClient) -> None:
    trainer.post(f"{AT}/ban-nhap")
    assert "Bản nháp giống hệt bản đang dùng." in text_of(trainer.get(f"{AT}/phat-hanh"))
    trainer.post(f"{AT}/phan/03-bao-tin/bai-moi", data={"title": "Gọi rồi, làm gì nữa?"})
    page = text_of(trainer.get(f"{AT}/phat-hanh"))
    assert "Thay đổi so với bản số 1" in page
    assert "Bài mới: Gọi rồi, làm gì nữa?" in page
