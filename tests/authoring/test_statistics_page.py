"""The trainer's page of answers says where its numbers come from, and never shows one question in place of another."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from lms.authoring import operations
from lms.authoring.views.editions import opening
from lms.courses.models import Edition
from lms.db import db
from tests.authoring.conftest import QUESTIONS, Files, replaced
from tests.authoring.test_views import AT, answered, text_of
from tests.factories import Make

SCENARIO = "Công an vừa đến một nhà trong khóm."


@pytest.fixture
def second(published: Edition, clean: Files, make: Make) -> None:
    """Five answered k1-m3-q01 and one k1-m3-q07 in edition 1; edition 2 changed the words of the latter."""
    for _ in range(5):
        answered(make.person(), published, "k1-m3-q01", "a")
    answered(make.person(), published, "k1-m3-q07", "c")
    with db.write():
        operations.import_folder(replaced(clean, QUESTIONS, SCENARIO, SCENARIO + " Trời mưa."), publish=True, by="x")


@pytest.mark.usefixtures("second")
class TestSecondEdition:
    def test_answers_of_the_earlier_edition_are_named_as_such(self, trainer: FlaskClient) -> None:
        page = text_of(trainer.get(f"{AT}/thong-ke?cau=k1-m3-q01"))
        assert "Số ở đây lấy từ bản số 1 (5 lượt)." in page
        assert "5 lượt trả lời, 5 lượt đúng Lấy từ bản số 1 (5 lượt)" in page

    def test_an_edition_with_its_own_answers_needs_no_word(self, trainer: FlaskClient) -> None:
        page = text_of(trainer.get(f"{AT}/thong-ke?ban=1&cau=k1-m3-q01"))
        assert "5 lượt trả lời" in page
        assert "ấy từ" not in page

    def test_a_new_wording_starts_at_nothing(self, trainer: FlaskClient) -> None:
        page = text_of(trainer.get(f"{AT}/thong-ke?cau=k1-m3-q07"))
        assert "Câu k1-m3-q07, lời thứ 2" in page
        assert "Chưa ai trả lời câu này" in page
        assert "5 lượt trả lời" not in page


def test_a_question_that_is_not_in_the_edition_is_said_so(published: Edition, trainer: FlaskClient, make: Make) -> None:
    answered(make.person(), published, "k1-m3-q01", "a")
    page = text_of(trainer.get(f"{AT}/thong-ke?cau=k1-m3-q55"))
    assert "Chưa ai trả lời câu này Câu k1-m3-q55 không có trong bản số 1." in page
    assert "lời thứ" not in page, "no other question in its place"


def test_true_false_has_the_words_of_the_quiz(published: Edition, trainer: FlaskClient) -> None:
    page = text_of(trainer.get(f"{AT}/thong-ke?cau=k1-m3-q03"))
    assert "Không đúng" in page
    assert "Sai" not in page


def test_equal_stems_are_told_apart_by_their_story(published: Edition, trainer: FlaskClient) -> None:
    trainer.post(f"{AT}/ban-nhap")
    for at in (f"{AT}/thong-ke", f"{AT}/cau-hoi"):
        assert "k1-m3-q07: Công an vừa đến một nhà trong khóm. Chị…" in text_of(trainer.get(at))


def test_the_opening_of_a_story() -> None:
    assert opening("Bữa **nào** cơm trễ.") == "Bữa nào cơm trễ."
    assert opening("một hai ba bốn năm sáu bảy tám chín") == "một hai ba bốn năm sáu bảy tám chín"
    assert opening("một hai ba bốn năm sáu bảy tám chín. Mười").endswith("tám chín…")
    assert opening("") == ""
