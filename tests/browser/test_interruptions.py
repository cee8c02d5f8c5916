"""What goes wrong on a phone: no signal, a closed tab, two taps, the back button, an ended session. Nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import func, select, update

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.accounts import hashing
from lms.accounts.models import Account, SignInSession
from lms.accounts.operations import end_every_session
from lms.db import db
from lms.people.scope import unscoped
from lms.quizzes.attempts import answers_of
from lms.quizzes.models import Attempt, Submission
from tests.browser.conftest import PIN
from tests.factories import Make
from tests.quizzes.learners import Learner, begin, items, new_learner, right

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
PHONE = {"width": 360, "height": 740}
NUMBER, E164 = "0933 111 222", "+84933111222"
Open = Callable[..., Page]


@pytest.fixture
def learner(site: str, make: Make) -> Learner:
    """All lessons of K1 behind her, the quiz before her."""
    found = new_learner(make)
    with db.write() as session:
        session.execute(
            update(Account).where(Account.id == found.account_id).values(phone=E164, pin_hash=hashing.hash_secret(PIN)),
            execution_options={"synchronize_session": False},
        )
    return found


@pytest.fixture
def phone(chromium: Browser) -> BrowserContext:
    return chromium.new_context(viewport=PHONE, color_scheme="dark")  # type: ignore[arg-type]


@pytest.fixture
def signed_in(phone: BrowserContext, site: str, learner: Learner) -> Open:
    """Opens a path in a new tab, signed in."""

    def open_page(path: str = "/viec-cua-toi") -> Page:
        page = phone.new_page()
        page.goto(site + path)
        if "/dang-nhap" in page.url:
            enter(page)
        return page

    return open_page


def enter(page: Page, number: str = NUMBER, pin: str = PIN) -> None:
    page.fill("input[name=phone]", number)
    page.fill("input[name=pin]", pin)
    press(page, "Vào học")


def press(page: Page, words: str) -> None:
    page.locator("main").get_by_text(words, exact=True).last.click()
    page.wait_for_load_state()


def question(page: Page) -> str:
    """The question on the screen, past the note before it."""
    if page.get_by_text("Xem câu hỏi", exact=True).count():
        press(page, "Xem câu hỏi")
    return page.locator("legend h1").inner_text()


def choose(page: Page, option: str) -> None:
    page.locator(f"label.option:has(input[value='{option}']) span").click()


def saved(page: Page) -> None:
    expect(page.locator(".saved .mark")).to_contain_text("Đã lưu lúc")


def stored(ticket: str) -> dict[int, list[str]]:
    db.session.rollback()
    query = unscoped(select(Attempt).where(Attempt.ticket == ticket), "test")
    return answers_of(db.session.scalars(query).one())


def rows(model: type[Attempt] | type[Submission]) -> int:
    db.session.rollback()
    return db.session.scalar(unscoped(select(func.count()).select_from(model), "test")) or 0


def answer_all(learner: Learner, ticket: str) -> None:
    """By the operations: what is tried here comes after the questions."""
    from lms.quizzes.attempts import save_answer

    with db.write():
        for place, item in enumerate(items(ticket), 1):
            save_answer(learner.viewer, ticket, place, right(item))


def test_a_closed_tab_resumes_at_the_same_question(signed_in: Open, learner: Learner) -> None:
    ticket = begin(learner)
    first, second = items(ticket)[:2]
    page = signed_in(f"/lam-bai/{ticket}/1")
    question(page)
    choose(page, right(first)[0])
    press(page, "Câu tiếp theo")
    asked = question(page)
    page.close()
    again = signed_in("/khoa-hoc/k1/kiem-tra")
    press(again, "Làm tiếp bài đang dở")
    assert again.url.split("?")[0].endswith(f"/lam-bai/{ticket}/2")
    assert question(again) == asked == second.stem.replace("**", "")
    assert list(stored(ticket)) == [1]


def test_without_a_signal_the_answer_is_kept_and_saved_when_it_is_back(
    phone: BrowserContext, signed_in: Open, learner: Learner
) -> None:
    ticket = begin(learner)
    first = items(ticket)[0]
    page = signed_in(f"/lam-bai/{ticket}/1")
    asked = question(page)
    phone.set_offline(True)
    choose(page, right(first)[0])
    state = page.locator(".saved .mark")
    expect(state).to_contain_text("Đang mất mạng")
    press(page, "Câu tiếp theo")
    assert question(page) == asked, "the page with the answer stays instead of the browser's error"
    assert stored(ticket) == {}
    phone.set_offline(False)
    saved(page)
    assert stored(ticket)[1][:1] == right(first)[:1]
    press(page, "Câu tiếp theo")
    assert "/2" in page.url


def test_an_answer_that_never_left_the_phone_is_there_after_a_reload(
    phone: BrowserContext, signed_in: Open, learner: Learner
) -> None:
    ticket = begin(learner)
    option = right(items(ticket)[0])[0]
    page = signed_in(f"/lam-bai/{ticket}/1")
    question(page)
    page.route("**/lam-bai/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    choose(page, option)
    expect(page.locator(".saved .mark")).to_contain_text("Chưa lưu được, đang giữ trên máy này")
    page.unroute("**/lam-bai/**")
    page.reload()
    question(page)
    saved(page)
    assert page.locator(f"input[value='{option}']").is_checked()
    assert stored(ticket) == {1: [option]}


def test_of_two_quick_choices_the_last_one_counts(signed_in: Open, learner: Learner) -> None:
    """The first request is held back: on a slow line it would arrive after the second and win."""
    ticket = begin(learner)
    place = next(place for place, item in enumerate(items(ticket), 1) if item.type == "single")
    first, second = [option.id for option in items(ticket)[place - 1].options][:2]
    page = signed_in(f"/lam-bai/{ticket}/{place}?xem=1")
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    done: list[str] = []
    page.on("requestfinished", lambda request: done.append(request.url) if request.method == "POST" else None)
    page.route("**/lam-bai/**", hold_the_first)
    choose(page, first)
    choose(page, second)
    page.wait_for_timeout(300)
    held[0].continue_()
    for _ in range(50):
        page.wait_for_timeout(0 if len(done) == 2 else 100)
    saved(page)
    assert stored(ticket) == {place: [second]}


def test_two_taps_on_handing_in_give_one_attempt_and_one_receipt(signed_in: Open, learner: Learner) -> None:
    ticket = begin(learner)
    answer_all(learner, ticket)
    page = signed_in(f"/lam-bai/{ticket}/nop")
    page.locator("main").get_by_text("Nộp bài", exact=True).last.dblclick()
    expect(page).to_have_url(re.compile("/ket-qua/"))
    receipt = page.locator(".receipt .code").inner_text()
    page.go_back()
    page.reload()
    assert "/ket-qua/" in page.url
    assert page.locator(".receipt .code").inner_text() == receipt
    assert (rows(Attempt), rows(Submission)) == (1, 1)


def test_the_back_button_in_the_quiz_shows_what_was_answered(signed_in: Open, learner: Learner) -> None:
    ticket = begin(learner)
    option = right(items(ticket)[0])[0]
    page = signed_in(f"/lam-bai/{ticket}/1")
    asked = question(page)
    choose(page, option)
    saved(page)
    press(page, "Câu tiếp theo")
    page.go_back()
    assert question(page) == asked
    assert page.locator(f"input[value='{option}']").is_checked()
    press(page, "Câu tiếp theo")
    assert "/2" in page.url
    assert (rows(Attempt), rows(Submission)) == (1, 0)


def test_a_session_that_ended_comes_back_to_the_same_question(signed_in: Open, learner: Learner, app: Flask) -> None:
    ticket = begin(learner)
    first = items(ticket)[0]
    page = signed_in(f"/lam-bai/{ticket}/1")
    asked = question(page)
    act_as(SYSTEM)
    with db.write():
        assert end_every_session() == 1
    choose(page, right(first)[0])
    expect(page.locator(".saved .mark")).to_contain_text("Chưa lưu được, đang giữ trên máy này")
    press(page, "Lưu câu này")
    assert "Đăng nhập lại để tiếp tục" in page.locator("main").inner_text()
    page.fill("input[name=unlock_phone]", NUMBER)
    page.fill("input[name=unlock_pin]", PIN)
    press(page, "Tiếp tục")
    assert question(page) == asked
    assert stored(ticket) == {1: right(first)[:1]}
    assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 2


def test_ten_wrong_pins_are_told_kindly_and_then_wait(phone: BrowserContext, site: str, learner: Learner) -> None:
    page = phone.new_page()
    page.goto(f"{site}/dang-nhap")
    for _ in range(10):
        enter(page, pin="730461")
        assert page.locator("input[name=phone]").input_value() == NUMBER, "the number need not be typed again"
        assert page.locator("input[name=pin]").input_value() == ""
        assert "Mã PIN: " in page.locator("main").inner_text()
    enter(page)
    assert "tạm khóa để giữ an toàn. Xin thử lại sau 15 phút" in page.locator("main").inner_text()
    page.goto(f"{site}/viec-cua-toi")
    assert "/dang-nhap" in page.url


def test_leaving_quickly_shows_no_lesson_on_the_way_back(signed_in: Open, app: Flask, site: str) -> None:
    neutral = app.extensions["settings"].exit_url
    page = signed_in("/khoa-hoc/k1/bai/1")
    lesson = page.locator("main h1").first.inner_text()
    page.goto(f"{site}/khoa-hoc/k1/bai/2")
    page.route(neutral, lambda route: route.fulfill(content_type="text/html", body="<title>Thời tiết</title>"))
    page.click("a.exit")
    page.wait_for_url(neutral)
    for _ in range(2):
        page.go_back()
        shown = page.locator("body").inner_text()
        assert lesson not in shown and "Nhập mã PIN" in shown
        assert "bạo lực" not in shown.lower()
    page.fill("input[name=unlock_pin]", PIN)
    press(page, "Tiếp tục")
    assert site in page.url and "Nhập mã PIN" not in page.locator("body").inner_text()


def test_by_keyboard_alone(phone: BrowserContext, site: str, learner: Learner) -> None:
    ticket = begin(learner)
    place = next(place for place, item in enumerate(items(ticket), 1) if item.type == "single")
    page = phone.new_page()
    page.goto(f"{site}/dang-nhap?next=/lam-bai/{ticket}/{place}%3Fxem%3D1")
    tab_to(page, "input[name=phone]")
    page.keyboard.type(NUMBER)
    page.keyboard.press("Tab")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/lam-bai/{ticket}/{place}?xem=1")
    tab_to(page, "input[name=choice]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    saved(page)
    chosen = page.locator("input[name=choice]:checked").get_attribute("value")
    tab_to(page, "button[name=next]")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "one sees where one is"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/lam-bai/{ticket}/{place + 1 if place < len(items(ticket)) else 'nop'}")
    assert stored(ticket) == {place: [chosen]}


def tab_to(page: Page, selector: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")


def test_dark_screens_of_a_small_phone_are_accessible(
    phone: BrowserContext, site: str, signed_in: Open, learner: Learner
) -> None:
    ticket = begin(learner)
    page = phone.new_page()
    page.goto(f"{site}/dang-nhap")
    assert_accessible(page)
    page = signed_in("/khoa-hoc/k1/bai/2")
    assert_accessible(page)
    page.goto(f"{site}/lam-bai/{ticket}/1")
    question(page)
    choose(page, right(items(ticket)[0])[0])
    saved(page)
    assert_accessible(page)
    answer_all(learner, ticket)
    page.goto(f"{site}/lam-bai/{ticket}/nop")
    press(page, "Nộp bài")
    assert "/ket-qua/" in page.url
    assert_accessible(page)


def assert_accessible(page: Page) -> None:
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    found = Axe().run(page).response["violations"]
    assert not found, [(page.url, one["id"], one["nodes"][0]["html"]) for one in found]
