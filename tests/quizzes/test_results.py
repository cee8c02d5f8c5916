"""What a learner reads after an attempt: the lesson to read again, and words that fit where they stand."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.courses.snapshot import edition_view
from lms.quizzes.items import read_item
from lms.quizzes.queries.results import lessons_for
from lms.quizzes.wording import as_reason, feedback_text
from tests.certificates.people import Page, Visitor
from tests.editions import Body, multiple, single, true_false
from tests.factories import Make
from tests.quizzes.learners import attempt_of, begin, new_learner

SECOND = "lesson-02.vi.md"


class TestLessons:
    """The tiny course: items 1 and 2 are practised in lesson 1, 3 and 4 in lesson 2; both teach one outcome."""

    def read_again(self, make: Make, body: Body, lessons: int = 2) -> list[int]:
        edition = edition_view(make.edition([single(1), single(2), body], draw=3, lessons=lessons))
        return [lesson.position for lesson in lessons_for(edition, read_item(body))]

    def test_the_named_lesson_comes_before_the_one_that_practises(self, make: Make) -> None:
        assert self.read_again(make, single(3, read_again="lesson-01.vi.md")) == [1]

    def test_else_the_lesson_that_practises_it(self, make: Make) -> None:
        assert self.read_again(make, single(3)) == [2]

    def test_a_lesson_that_shares_the_outcome_is_no_guess(self, make: Make) -> None:
        edition = edition_view(make.edition([single(n) for n in range(1, 6)], draw=3))
        assert lessons_for(edition, read_item(single(5))) == []

    def test_the_only_lesson_of_the_outcome_is_one(self, make: Make) -> None:
        edition = edition_view(make.edition([single(n) for n in range(1, 4)], draw=3, lessons=1))
        assert [lesson.position for lesson in lessons_for(edition, read_item(single(3)))] == [1]

    def test_a_file_that_is_not_there_is_passed_over(self, make: Make) -> None:
        assert self.read_again(make, single(3, read_again="lesson-99.vi.md")) == [2]


@pytest.mark.parametrize(
    ("feedback", "reason"),
    [
        ("Đúng. Nơi lánh phải được giữ kín.", "Nơi lánh phải được giữ kín."),
        ("Đúng, luật cho quyền ấy.", "Luật cho quyền ấy."),
        ("Đúng: sáng, có người.", "Sáng, có người."),
        ("Đúng, **đó** là lăng mạ.", "**Đó** là lăng mạ."),
        ("Đúng. “Cố ý” là phải biết.", "“Cố ý” là phải biết."),
        ("Đúng chữ của luật.", "Đúng chữ của luật."),
        ("Đúng.", "Đúng."),
        ("Giữ kín là quý.", "Giữ kín là quý."),
    ],
)
def test_praise_becomes_a_reason(feedback: str, reason: str) -> None:
    assert as_reason(feedback) == reason


def test_praise_stays_only_with_who_chose_it() -> None:
    item = read_item(single(1, "b") | {"options": praised(single(1, "b")["options"])})
    right = next(option for option in item.options if option.correct)
    assert feedback_text(item, right, ["b"]) == "Đúng. Lý do b."
    assert feedback_text(item, right, ["a"]) == "Lý do b."
    assert feedback_text(item, item.options[0], ["a"]) == "Đúng. Lý do a.", "a wrong option's words stay as they are"
    item = read_item(true_false(2) | {"fb": {"true": "Chưa.", "false": "Đúng. Lý do."}})
    assert feedback_text(item, item.options[1], ["false"]) == "Lý do.", "beside the answer “Không đúng”"


def praised(options: list[Body]) -> list[Body]:
    return [option | {"fb": f"Đúng. Lý do {option['id']}."} for option in options]


def handed_in(app: Flask, make: Make, items: list[Body], answers: dict[str, list[str]]) -> Page:
    """The result page of a learner who handed these answers in."""
    app.config["WTF_CSRF_ENABLED"] = False
    make.edition(items, draw=len(items))
    learner = new_learner(make)
    ticket = begin(learner)
    browser = Visitor(app, learner.account_id)
    for place, drawn in enumerate(attempt_of(ticket).items, 1):
        if drawn["key"] in answers:
            browser.post(f"/lam-bai/{ticket}/{place}", {"choice": answers[drawn["key"]], "next": "1"})
    fields = {"client_id": "4f8f5b7e-3d0e-4b11-9f0a-0a0f4a5f2c11", "unanswered": str(len(items) - len(answers))}
    assert browser.post(f"/lam-bai/{ticket}/nop", fields).location == f"/ket-qua/{ticket}"
    return browser.get(f"/ket-qua/{ticket}")


@pytest.mark.both
def test_the_page_explains_without_praising_and_cuts_the_score(app: Flask, make: Make) -> None:
    several = multiple(1, "abc", score="each")
    options = praised(several["options"]) + [{"id": "d", "text": "Ý d", "fb": "Chưa."}]
    several |= {"options": options, "read_again": SECOND}
    alone = true_false(2) | {"fb": {"true": "Nghĩ vậy cũng phải.", "false": "Đúng. Thiếu một điều."}}
    page = handed_in(app, make, [several, alone], {"k1-m1-q01": ["a"], "k1-m1-q02": ["true"]})
    assert "0,3 / 2 điểm" in page.main
    told = "Ý a của câu 1 Lý do a. Ý b của câu 1 Lý do b. Ý c của câu 1 Lý do c."
    assert f"Vì sao nên chọn vậy {told}" in page.main, "each reason stands under the option it is about"
    assert "Vì sao nên chọn vậy Thiếu một điều." in page.main
    assert "Đọc lại bài 2" in page.main


def test_practice_praises_only_what_was_chosen(app: Flask, make: Make) -> None:
    several = multiple(1, "ab")
    alone = true_false(2) | {"fb": {"true": "Nghĩ vậy cũng phải.", "false": "Đúng. Thiếu một điều."}}
    make.edition([several | {"options": praised(several["options"])}, alone], draw=2)
    browser = Visitor(app, new_learner(make).account_id)
    page = browser.get("/khoa-hoc/k1/bai/1/luyen-tap?cau=1&xem=1&chon=a").main
    assert "Ý a của câu 1 Đúng. Lý do a." in page
    assert "Ý b của câu 1 Lý do b." in page
    assert "Không đúng Thiếu một điều." in browser.get("/khoa-hoc/k1/bai/1/luyen-tap?cau=2&xem=1&chon=false").main
