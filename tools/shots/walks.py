"""Screens that need steps before them: each walk is one person's way through the copied demo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from tests.people.lists import person, xlsx
from tools.shots.camera import Camera
from tools.shots.site import Account

Walk = Callable[[Browser, list[Account]], None]
LIST = [
    person("Nguyễn Thị Ánh Mẫu", 1971, "Khóm 3", phone="0912 000 111"),
    person("Thạch Sa Mẫu", "01/02/1968", "Khóm 3", "HGV", sex="Nam"),
    person("Lê Văn Mẫu", 1980, "Khóm 99", "Trưởng khóm", sex="Nam"),
    person("Trần Thị Mẫu", "19xx", "Khóm 3", "Tổ phó an ninh"),
    person("Trần Thị Mẫu", 1975, "Khóm 3"),
]


def account(accounts: list[Account], capability: str, state: str = "") -> Account:
    return next(one for one in accounts if one["capability"] == capability and state in one["state"])


def wrong_pin(browser: Browser, accounts: list[Account]) -> None:
    camera = Camera(browser, None)
    camera.sign_in("0900 000 000", "111222")
    camera.take("sign-in-wrong", khmer=False)


def quiz(browser: Browser, accounts: list[Account]) -> None:
    """One who has not begun: the whole way to a result that is not a pass."""
    camera = Camera(browser, account(accounts, "learner", "chưa học"))
    camera.take("home-new")
    camera.go("/khoa-hoc/k1")
    camera.take("course-new")
    camera.press("Bắt đầu học")
    _study(camera)
    camera.go("/khoa-hoc/k1/bai/3/luyen-tap")
    camera.take("practice")
    camera.go("/khoa-hoc/k1/kiem-tra")
    if "/xac-nhan-thong-tin" in camera.page.url:
        camera.take("identity")
        camera.press("Đúng rồi")
    camera.take("quiz-intro-new")
    camera.press("Bắt đầu làm bài")
    _answer(camera)


def _study(camera: Camera) -> None:
    """Every lesson of the course, by the button that ends it."""
    camera.go("/khoa-hoc/k1")
    lessons = camera.page.locator("main details.part li a").count()
    for number in range(1, lessons + 1):
        camera.go(f"/khoa-hoc/k1/bai/{number}")
        if number in (1, 4, 7, 12):
            camera.take(f"lesson-{number}")
        camera.page.locator("main button.action[type=submit]").last.click()
        if number == 1:
            camera.go("/khoa-hoc/k1/kiem-tra")
            camera.take("quiz-intro-lessons")
        elif number == lessons:
            camera.take("module-done")


def _answer(camera: Camera) -> None:
    taken = False
    while True:
        if camera.page.get_by_text("Xem câu hỏi", exact=True).count():
            camera.take("quiz-content-note")
            camera.press("Xem câu hỏi")
        camera.page.locator("label.option").first.click()
        if not taken:
            camera.take("quiz-item", khmer=False)
        taken = True
        last = camera.page.get_by_text("Xem lại rồi nộp", exact=True).count()
        camera.press("Xem lại rồi nộp" if last else "Câu tiếp theo")
        if last:
            break
    camera.take("quiz-overview")
    camera.press("Nộp bài")
    camera.take("quiz-result")
    camera.go("/khoa-hoc/k1/kiem-tra")
    camera.take("quiz-intro-waiting")


def certificate(browser: Browser, accounts: list[Account]) -> None:
    camera = Camera(browser, account(accounts, "learner", "đã đạt"))
    camera.go("/ho-so")
    link = camera.page.locator("a[href$='.pdf']").first.get_attribute("href") or ""
    camera.take_pdf("certificate", link)
    camera.go(link.removesuffix(".pdf"))
    camera.take("certificate")
    camera.go("/c/" + link.rsplit("/", 1)[1].removesuffix(".pdf"))
    camera.take("check-valid")


def roster(browser: Browser, accounts: list[Account]) -> None:
    camera = Camera(browser, account(accounts, "manager"))
    camera.go("/danh-sach/moi")
    camera.page.set_input_files(
        "input[type=file]", {"name": "hinh.xlsx", "mimeType": "image/png", "buffer": b"\x89PNG"}
    )
    camera.page.fill("input[name=list_date]", "31/02/2026")
    camera.press("Tải lên và xem lại")
    camera.take("import-refused", khmer=False)
    camera.go("/danh-sach/moi")
    file = {"name": "DS khom 3.xlsx", "mimeType": "application/octet-stream", "buffer": xlsx(LIST)}
    camera.page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]
    camera.page.fill("input[name=list_date]", date.today().strftime("%d/%m/%Y"))
    camera.press("Tải lên và xem lại")
    camera.take("import-review")
    camera.press("Lưu quyết định, sang bước xác nhận")
    camera.take("import-confirm")
    camera.press("Ghi vào sổ")
    camera.take("import-done")
    camera.page.get_by_text("Hoàn tác").last.click()
    camera.take("import-undo")


def people(browser: Browser, accounts: list[Account]) -> None:
    camera = Camera(browser, account(accounts, "manager"))
    camera.go("/nguoi")
    camera.page.locator("main tbody a").first.click()
    camera.take("person")
    page = urlsplit(camera.page.url).path
    for name, part in (("person-edit", "/sua"), ("person-merge", "/gop"), ("person-post", "/chuc-danh")):
        camera.page.locator(f"main a[href^='/nguoi/'][href$='{part}']").first.click()
        camera.take(name)
        camera.go(page)
    for name, part in (("post-end", "/nghi"), ("post-correct", "/sua")):
        camera.page.locator(f"main a[href*='/chuc-danh/'][href$='{part}']").first.click()
        camera.take(name)
        camera.go(page)
    camera.go("/dia-ban")
    camera.page.locator("main a[href*='/dia-ban/']").first.click()
    camera.take("unit")
    camera.go("/so-cap-giay")
    camera.page.locator("main a[href*='/giay-chung-nhan/']").first.click()
    camera.take("register-certificate")
    camera.page.locator("main a[href$='/thu-hoi']").first.click()
    camera.take("certificate-revoke")


def cards(browser: Browser, accounts: list[Account]) -> None:
    camera = Camera(browser, account(accounts, "manager"))
    camera.go("/the-dang-nhap")
    for box in camera.page.locator("main input[type=checkbox]").all()[:5]:
        box.check()
    camera.press("Xem lại rồi in")
    camera.take("cards-review", khmer=False)
    camera.press("Làm thẻ để in")
    camera.take("cards-printed", khmer=False)
    camera.take_print("cards")
    camera.go("/ty-le")
    camera.take_print("coverage")
    camera.go("/ty-le/nguoi/in?tt=missing")
    camera.take_print("coverage-people")


def card(browser: Browser, accounts: list[Account]) -> None:
    """A new card's link on the phone, the first code, a PIN of one's own."""
    office = Camera(browser, account(accounts, "administrator"))
    office.go("/quan-tri/tai-khoan")
    office.page.locator("main tbody a").first.click()
    office.take("account-office")


def teach(browser: Browser, accounts: list[Account]) -> None:
    camera = Camera(browser, account(accounts, "trainer"))
    camera.go("/soan-bai/k1")
    camera.press("Soạn bản mới")
    camera.take("draft")
    camera.page.locator("main a[href*='/bai/']").first.click()
    camera.take("lesson-editor")
    camera.go("/soan-bai/k1/phat-hanh")
    camera.take("publish")
    camera.go("/soan-bai/k1/cau-hoi")
    camera.take("bank")
    camera.page.locator("main a[href*='/cau-hoi/']").first.click()
    camera.take("question-editor")


WALKS: dict[str, Walk] = {
    "wrong-pin": wrong_pin,
    "quiz": quiz,
    "certificate": certificate,
    "roster": roster,
    "people": people,
    "cards": cards,
    "account": card,
    "teach": teach,
}
