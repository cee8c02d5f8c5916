"""A learner's way through the quiz, page by page, by plain forms: intro, items, overview, result."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.certificates.models import Achievement, Certificate
from lms.certificates.operations import revoke
from lms.db import db
from lms.quizzes.attempts import answers_of
from lms.quizzes.queries.intro import Intro
from tests.certificates.people import Page, Visitor, certificates
from tests.editions import CANARY
from tests.factories import Make
from tests.quizzes.learners import (
    Learner,
    attempt_of,
    begin,
    begin_in,
    count,
    hidden,
    items,
    new_learner,
    nothing_won,
    right,
    submissions,
    wrong,
)

pytestmark = pytest.mark.both
CLIENT_ID = "4f8f5b7e-3d0e-4b11-9f0a-0a0f4a5f2c11"


def answer_all(browser: Visitor, ticket: str, but: dict[int, list[str]] | None = None) -> None:
    for place, item in enumerate(items(ticket), 1):
        chosen = (but or {}).get(place, right(item))
        browser.post(f"/lam-bai/{ticket}/{place}", {"choice": chosen, "next": "1"})


def hand_in(browser: Visitor, ticket: str) -> str:
    page = browser.get(f"/lam-bai/{ticket}/nop")
    fields = {name: hidden(page, name) for name in ("client_id", "unanswered")}
    return browser.post(f"/lam-bai/{ticket}/nop", fields).location


def options(page: Page) -> list[str]:
    return re.findall(r'name="choice" value="([^"]+)"', page.html)


def test_from_the_intro_to_the_certificate(browser: Visitor) -> None:
    intro = browser.get("/khoa-hoc/k1/kiem-tra")
    assert "10 câu. Làm đúng từ 8 câu là đạt." in intro.main
    assert "nghỉ giữa chừng" in intro.main
    ticket = begin_in(browser)
    assert browser.get(f"/lam-bai/{ticket}").location.endswith(f"/lam-bai/{ticket}/1")

    for place, item in enumerate(items(ticket), 1):
        assert f"Câu {place} / 10" in browser.get(f"/lam-bai/{ticket}/{place}").main
        moved = browser.post(f"/lam-bai/{ticket}/{place}", {"choice": right(item), "next": "1"})
        assert moved.status == 303
        assert moved.location.endswith("/nop" if place == 10 else f"/{place + 1}")

    assert "trả lời hết 10 câu" in browser.get(f"/lam-bai/{ticket}/nop").main
    assert nothing_won()
    assert hand_in(browser, ticket) == f"/ket-qua/{ticket}"
    result = browser.get(f"/ket-qua/{ticket}")
    assert "Anh/Chị đã đạt" in result.main
    assert "10 / 10 điểm, cần 8" in result.main
    assert submissions()[0].receipt in result.main
    assert "/giay-chung-nhan/" in result.html
    assert (count(Achievement), count(Certificate)) == (1, 1)


@pytest.mark.attack("S19")
def test_no_page_tells_an_answer_before_the_attempt_is_closed(browser: Visitor) -> None:
    ticket = begin_in(browser)
    answer_all(browser, ticket, but={1: wrong(items(ticket)[0])})
    walked = ["/khoa-hoc/k1/kiem-tra", f"/lam-bai/{ticket}/nop", f"/ket-qua/{ticket}", "/viec-cua-toi", "/khoa-hoc/k1"]
    walked += [f"/lam-bai/{ticket}/{place}{more}" for place in range(1, 11) for more in ("", "?xem=1")]
    walked += [f"/khoa-hoc/k1/bai/{n}/luyen-tap?cau={k}&chon={a}" for n in (1, 2) for k in (1, 2) for a in "abc"]
    for url in walked:
        page = browser.get(url)
        assert CANARY not in page.html, url
        assert "correct" not in page.html, url
        assert "bắt buộc" not in page.main, url
    saved = browser.post(
        f"/lam-bai/{ticket}/1", {"choice": wrong(items(ticket)[0])}, headers={"Accept": "application/json"}
    )
    assert set(saved.answer.get_json()) == {"closed", "saved"}

    hand_in(browser, ticket)
    after = browser.get(f"/ket-qua/{ticket}")
    drawn = {item.stem for item in items(ticket)}
    not_drawn = [f"Câu hỏi số {n}?" for n in range(1, 12) if f"Câu hỏi số {n}?" not in drawn]
    assert CANARY in after.html
    assert not any(stem in after.html for stem in not_drawn)


def test_leaving_hands_nothing_in_and_one_comes_back_to_the_same_question(browser: Visitor) -> None:
    ticket = begin_in(browser)
    browser.post(f"/lam-bai/{ticket}/1", {"choice": right(items(ticket)[0]), "next": "1"})
    order = options(browser.get(f"/lam-bai/{ticket}/2?xem=1"))
    assert attempt_of(ticket).closed_at is None
    assert "Làm tiếp bài đang dở" in browser.get("/khoa-hoc/k1/kiem-tra").main
    assert begin_in(browser) == ticket
    assert browser.get(f"/lam-bai/{ticket}").location.endswith("/2")
    assert len(order) > 1
    assert options(browser.get(f"/lam-bai/{ticket}/2?xem=1")) == order


def test_an_answer_can_be_changed_and_moving_on_without_choosing_erases_nothing(browser: Visitor) -> None:
    ticket = begin_in(browser)
    first = items(ticket)[0]
    browser.post(f"/lam-bai/{ticket}/1", {"choice": wrong(first), "next": "1"})
    browser.post(f"/lam-bai/{ticket}/1", {"choice": right(first), "save": "1"})
    back = browser.post(f"/lam-bai/{ticket}/2", {"prev": "1"})
    assert back.location.endswith("/1")
    assert browser.post(f"/lam-bai/{ticket}/1", {"next": "1"}).location.endswith("/2")
    page = browser.get(f"/lam-bai/{ticket}/1")
    assert "Đã lưu lúc" in page.main
    for name in right(first):
        assert f'value="{name}" checked' in page.html
    assert page.html.count(" checked") == len(right(first))


def test_boxes_can_be_emptied_again(browser: Visitor) -> None:
    """What is handed in is what the screen shows: no box ticked there, none counted here."""
    ticket = begin_in(browser)
    place = next(place for place, item in enumerate(items(ticket), 1) if item.type == "multiple")
    browser.post(f"/lam-bai/{ticket}/{place}", {"choice": ["a", "c"], "save": "1"})
    fields = {"answered": hidden(browser.get(f"/lam-bai/{ticket}/{place}"), "answered")}
    browser.post(f"/lam-bai/{ticket}/{place}", fields | {"next": "1"})
    assert answers_of(attempt_of(ticket)) == {}
    assert "Chưa trả lời" in browser.get(f"/lam-bai/{ticket}/{place}").main


def test_handing_in_with_gaps_is_asked_about_first(browser: Visitor) -> None:
    ticket = begin_in(browser)
    page = browser.get(f"/lam-bai/{ticket}/nop")
    assert "Còn 10 câu chưa trả lời" in page.main
    client_id = hidden(page, "client_id")
    asked = browser.post(f"/lam-bai/{ticket}/nop", {"client_id": client_id})
    assert asked.location.endswith("/nop")
    assert "Xin xem lại rồi bấm nộp lần nữa" in browser.get(asked.location).main
    assert attempt_of(ticket).closed_at is None
    sure = browser.post(f"/lam-bai/{ticket}/nop", {"client_id": client_id, "unanswered": "10"})
    assert sure.location == f"/ket-qua/{ticket}"
    assert "Chưa trả lời" in browser.get(sure.location).main
    assert attempt_of(ticket).passed is False


def test_a_double_tap_and_the_back_button_lead_to_one_result(browser: Visitor) -> None:
    ticket = begin_in(browser)
    answer_all(browser, ticket)
    page = browser.get(f"/lam-bai/{ticket}/nop")
    fields = {"client_id": hidden(page, "client_id"), "unanswered": "0"}
    taps = [browser.post(f"/lam-bai/{ticket}/nop", fields).location for _ in range(2)]
    from_history = browser.post(f"/lam-bai/{ticket}/nop", fields | {"client_id": CLIENT_ID})
    assert {*taps, from_history.location} == {f"/ket-qua/{ticket}"}
    assert (len(submissions()), count(Achievement), count(Certificate)) == (1, 1, 1)
    for url in (f"/lam-bai/{ticket}", f"/lam-bai/{ticket}/3", f"/lam-bai/{ticket}/nop"):
        assert browser.get(url).location == f"/ket-qua/{ticket}"
    assert browser.post(f"/lam-bai/{ticket}/3", {"choice": "a"}).location == f"/ket-qua/{ticket}"


def test_a_must_be_right_item_decides_at_ninety_percent(browser: Visitor) -> None:
    ticket = begin_in(browser)
    place, item = next((place, item) for place, item in enumerate(items(ticket), 1) if item.must_be_right)
    answer_all(browser, ticket, but={place: wrong(item)})
    result = browser.get(hand_in(browser, ticket))
    assert attempt_of(ticket).points == 9
    assert attempt_of(ticket).passed is False
    assert nothing_won()
    assert "còn một điều về an toàn" in result.main
    assert "Đọc lại bài 1" in result.main


def test_after_a_failure_one_rests_first(app: Flask, browser: Visitor, learner: Learner) -> None:
    with time_machine.travel(datetime(2027, 3, 1, 7, 0, tzinfo=UTC), tick=False) as clock:
        today = Visitor(app, learner.account_id)
        ticket = begin_in(today)
        today.post(f"/lam-bai/{ticket}/nop", {"client_id": CLIENT_ID, "unanswered": "10"})
        early = today.post("/khoa-hoc/k1/kiem-tra")
        assert early.status == 409
        assert "Làm lại được từ 14:10" in early.main
        assert "nghỉ một chút" in today.get("/khoa-hoc/k1/kiem-tra").main
        clock.shift(timedelta(minutes=10))
        assert begin_in(Visitor(app, learner.account_id)) != ticket


def test_a_revoked_pass_leaves_the_course_to_do_and_it_can_be_done_again(browser: Visitor) -> None:
    first = begin_in(browser)
    answer_all(browser, first)
    hand_in(browser, first)
    assert browser.post("/khoa-hoc/k1/kiem-tra").status == 409, "done, and it still counts"
    act_as(SYSTEM)
    with db.write():
        revoke(certificates()[0].code, "Thi hộ")
    assert "Đã đạt" not in browser.get("/viec-cua-toi").main
    assert "Đã đạt" not in browser.get("/khoa-hoc/k1").main
    assert "Làm lại bài" in browser.get("/khoa-hoc/k1/kiem-tra").main
    again = begin_in(browser)
    answer_all(browser, again)
    hand_in(browser, again)
    assert "Đã đạt" in browser.get("/viec-cua-toi").main
    assert [one.revoked_at is None for one in certificates()] == [False, True]


def test_two_slots_of_one_category_never_draw_an_item_twice(make: Make, app: Flask) -> None:
    """Eight and three of eleven items of which two are one pair: each comes once, and one wording of the pair."""
    twice = [{"module": "k1-m1", "count": 8}, {"module": "k1-m1", "count": 3}]
    make.edition(quiz={"draw": twice})
    drawn = [item.id for item in items(begin(new_learner(make)))]
    assert len(drawn) == len(set(drawn)) == 10
    assert len({"k1-m1-q01", "k1-m1-q02"} & set(drawn)) == 1


@pytest.mark.attack("S66")
def test_lessons_come_first(app: Flask, browser: Visitor, make: Make) -> None:
    halfway = new_learner(make, lessons=1)
    other = Visitor(app, halfway.account_id)
    assert "Còn 1 bài chưa học" in other.get("/khoa-hoc/k1/kiem-tra").main
    refused = other.post("/khoa-hoc/k1/kiem-tra")
    assert (refused.status, "Còn 1 bài chưa học" in refused.main) == (409, True)


def test_of_many_lessons_left_the_next_ones_are_named(app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Intro, "MOST_NAMED", 1)
    make.edition()
    page = Visitor(app, new_learner(make, lessons=0).account_id).get("/khoa-hoc/k1/kiem-tra")
    linked = re.findall(r'<a class="(\w+)" href="/khoa-hoc/k1/bai/(\d)"', page.html)
    assert linked == [("action", "1"), ("hit", "1")], "what to do comes before what is left"
    assert "Xem mục lục" in page.main


@pytest.mark.attack("S66")
def test_the_printed_name_is_asked_about_first(app: Flask, browser: Visitor, make: Make) -> None:
    unasked = new_learner(make, identity=None)
    other = Visitor(app, unasked.account_id)
    assert other.get("/khoa-hoc/k1/kiem-tra").location == "/xac-nhan-thong-tin?next=/khoa-hoc/k1/kiem-tra"
    assert other.post("/khoa-hoc/k1/kiem-tra").status == 409


def test_nobody_sees_the_attempt_of_another(app: Flask, browser: Visitor, make: Make) -> None:
    ticket = begin_in(browser)
    other = Visitor(app, new_learner(make).account_id)
    for url in (f"/lam-bai/{ticket}", f"/lam-bai/{ticket}/1", f"/lam-bai/{ticket}/nop", f"/ket-qua/{ticket}"):
        assert other.get(url).status == 404
    assert other.post(f"/lam-bai/{ticket}/1", {"choice": "a"}).status == 404
    assert other.post(f"/lam-bai/{ticket}/nop", {"client_id": CLIENT_ID}).status == 404


def test_a_note_comes_before_an_item_and_it_can_be_passed_by(browser: Visitor) -> None:
    ticket = begin_in(browser)
    place = next(place for place, item in enumerate(items(ticket), 1) if item.content_note)
    page = browser.get(f"/lam-bai/{ticket}/{place}")
    assert "Có nhắc một lời dọa." in page.main
    assert "Bỏ qua câu này" in page.main
    assert "tính là chưa trả lời" in page.main
    stem = items(ticket)[place - 1].stem
    assert stem not in page.main
    assert stem in browser.get(f"/lam-bai/{ticket}/{place}?xem=1").main


def test_the_practice_of_a_lesson_answers_kindly_and_stores_nothing(browser: Visitor, learner: Learner) -> None:
    asked = browser.get("/khoa-hoc/k1/bai/1/luyen-tap")
    assert "Câu hỏi số 1?" in asked.main
    assert CANARY not in asked.html
    assert asked.html.count("<h1") == 1
    said = browser.get("/khoa-hoc/k1/bai/1/luyen-tap?cau=1&chon=a")
    assert f"{CANARY} câu 1 ý a" in said.main
    assert f"{CANARY} câu 1 ý b" in said.main
    assert f"{CANARY} câu 1 ý c" not in said.main
    assert browser.get("/khoa-hoc/k1/bai/1/luyen-tap?cau=9").location == "/khoa-hoc/k1/bai/1"
    assert "Xem lời đáp" in browser.get("/khoa-hoc/k1/bai/1/luyen-tap?cau=1&chon=zz&chon=%00").main
    begin_in(browser)
    assert "đang làm dở bài kiểm tra" in browser.get("/khoa-hoc/k1/bai/1/luyen-tap?cau=1&chon=a").main


def test_the_way_to_the_overview_has_words(browser: Visitor) -> None:
    ticket = begin_in(browser)
    assert f'href="/lam-bai/{ticket}/nop">Xem lại các câu</a>' in browser.get(f"/lam-bai/{ticket}/3").html


class TestHome:
    """What stands on the first page once the lessons are done."""

    def home(self, browser: Visitor) -> Page:
        return browser.get("/viec-cua-toi")

    def test_before_the_first_attempt(self, browser: Visitor) -> None:
        page = self.home(browser)
        assert "Làm bài kiểm tra" in page.main
        assert '<a href="/khoa-hoc/k1" lang="vi">' in page.html, "the lessons stay one tap away"

    def test_half_done_it_says_where(self, browser: Visitor) -> None:
        ticket = begin_in(browser)
        assert "Làm tiếp bài kiểm tra, đang ở câu 1" in self.home(browser).main
        drawn = items(ticket)
        for place in (1, 2, 4):
            browser.post(f"/lam-bai/{ticket}/{place}", {"choice": right(drawn[place - 1]), "next": "1"})
        page = self.home(browser)
        assert "Làm tiếp bài kiểm tra, đang ở câu 3" in page.main
        assert f'href="/lam-bai/{ticket}"' in page.html
        assert "Làm tiếp bài kiểm tra, đang ở câu 3" in browser.get("/khoa-hoc/k1").main

    def test_all_answered_it_is_to_hand_in(self, browser: Visitor) -> None:
        answer_all(browser, begin_in(browser))
        assert "Xem lại rồi nộp bài kiểm tra" in self.home(browser).main

    def test_while_waiting_it_says_from_when(self, app: Flask, browser: Visitor, learner: Learner) -> None:
        with time_machine.travel(datetime(2027, 3, 1, 7, 0, tzinfo=UTC), tick=False) as clock:
            today = Visitor(app, learner.account_id)
            ticket = begin_in(today)
            today.post(f"/lam-bai/{ticket}/nop", {"client_id": CLIENT_ID, "unanswered": "10"})
            page = self.home(today)
            assert "Làm lại được từ 14:10" in page.main
            assert f'href="/ket-qua/{ticket}"' in page.html
            clock.shift(timedelta(minutes=10))
            page = self.home(Visitor(app, learner.account_id))
            assert "Làm lại bài kiểm tra" in page.main and "Làm lại được từ" not in page.main

    def test_it_costs_one_statement(self, browser: Visitor) -> None:
        ticket = begin_in(browser)
        browser.post(f"/lam-bai/{ticket}/1", {"choice": right(items(ticket)[0]), "next": "1"})
        seen: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            self.home(browser)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert sum("attempt" in statement for statement in seen) == 1
