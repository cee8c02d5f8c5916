"""The office's screens: printing cards for one's own people, the desk, the administrators' pages."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import unquote

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from lms.access import NOBODY, SYSTEM, GrantValue, Viewer
from lms.access.current import act_as
from lms.accounts import lists
from lms.accounts.models import Account
from lms.accounts.views import cards
from lms.db import db
from lms.people.scope import unscoped
from tests.accounts.conftest import PHONE, PIN, Accounts, Browser, Page
from tests.factories import Make
from tests.people.lists import entered
from tests.people.lists import person as list_row

pytestmark = pytest.mark.both
HERE, ELSEWHERE = "vl/nguyet-hoa", "vl/hoa-thuan"


@pytest.fixture
def desk(browser: Browser, accounts: Accounts, make: Make) -> Browser:
    """A signed-in manager of one ward."""
    accounts.grant(accounts.staff("Lâm Thị Quản"), "manager", make.unit_id(HERE))
    browser.sign_in()
    return browser


@pytest.fixture
def root(site: Flask, accounts: Accounts) -> Browser:
    accounts.grant(accounts.staff("Trần Thị Trị", "0987 654 321"), "administrator")
    browser = Browser(site)
    browser.sign_in("0987 654 321")
    return browser


def collaborator(make: Make, name: str, unit: str = HERE) -> int:
    person = make.person(name)
    make.assignment(person, "CTV_DS", unit, date(2025, 1, 1))
    return person


def printed(desk: Browser, *people: int) -> str:
    pairs = [("nguoi", str(person)) for person in people]
    asked = desk.get("/the-dang-nhap/in", query_string=pairs)
    seen = [(name, value) for name, value in asked.hidden if name.startswith("seen-")]
    return desk.post("/the-dang-nhap/in", [*pairs, *seen, ("ask_phone", "0903 111 222")]).text


def press(desk: Browser, account: int, deed: str) -> Page:
    """The button on the account's page, with the field of its own form."""
    return desk.post(f"/quan-tri/tai-khoan/{account}/{deed}", {"seen": seen_by(desk, account, deed)})


def seen_by(desk: Browser, account: int, deed: str) -> str:
    page = desk.get(f"/quan-tri/tai-khoan/{account}").text
    form = re.search(rf'action="/quan-tri/tai-khoan/{account}/{deed}">.*?name="seen" value="([^"]+)"', page, re.DOTALL)
    assert form is not None
    return form[1]


def secrets_of(page: str) -> tuple[list[str], list[str]]:
    """(tokens in the QR pictures, first codes) of a printed page."""
    pictures = re.findall(r'<img src="(data:image/svg\+xml[^"]+)"', page)
    return [read_qr(picture).rpartition("/the/")[2] for picture in pictures], re.findall(
        r'class="code">(\d{4} \d{4})<', page
    )


def read_qr(picture: str) -> str:
    """What a phone's camera reads, from the squares of the SVG path (segno writes rows of "h" moves)."""
    path = re.search(r"<path[^>]* d='([^']+)'|<path[^>]* d=\"([^\"]+)\"", unquote(picture))
    size = int(re.search(r"viewBox=['\"]0 0 (\d+)", unquote(picture))[1])  # type: ignore[index]
    assert path is not None
    image = Image.new("L", (size, size), 255)
    x = y = 0.0
    for move, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", path[1] or path[2]):
        if move == "h":
            for column in range(int(x), int(x + float(first))):
                image.putpixel((column, int(y)), 0)
            x += float(first)
        else:
            x, y = (float(first), float(second)) if move == "M" else (x + float(first), y + float(second))
    found = zxingcpp.read_barcodes(image.resize((size * 6, size * 6), Image.Resampling.NEAREST))
    return found[0].text


def test_the_list_holds_running_posts_of_the_own_area_in_roll_order(desk: Browser, make: Make) -> None:
    collaborator(make, "Nguyễn Văn Ý")
    collaborator(make, "Phạm Thị Ánh")
    collaborator(make, "Lý Văn Xa", ELSEWHERE)
    page = desk.get("/the-dang-nhap").text
    assert page.index("Phạm Thị Ánh") < page.index("Nguyễn Văn Ý")
    assert "Lý Văn Xa" not in page and "2 người" in page


def test_a_card_names_the_place_as_it_is_called_today(desk: Browser, make: Make) -> None:
    person = make.person("Phạm Thị Ánh")
    make.assignment(person, "CTV_DS", "tv/p8/khom-4", date(2025, 1, 1))
    page = desk.get("/the-dang-nhap").text
    assert "Khóm 13, Phường Nguyệt Hóa" in page and "Khóm 4" not in page


@pytest.mark.parametrize(
    ("typed", "found"),
    [("anh", True), ("ÁNH", True), ("pham thi", True), ("%", False), ("_", False), ("' OR 1=1 --", False)],
)
def test_people_are_found_without_marks_and_wildcards_are_plain(
    desk: Browser, make: Make, typed: str, found: bool
) -> None:
    collaborator(make, "Phạm Thị Ánh")
    page = desk.get("/the-dang-nhap", query_string={"tim": typed})
    assert page.status == 200
    assert ("Phạm Thị Ánh" in page.text) is found


def test_long_lists_are_read_page_by_page(desk: Browser, make: Make) -> None:
    names = [f"Nguyễn Văn Mẫu {place:02}" for place in range(lists.PAGE + 3)]
    for name in names:
        collaborator(make, name)
    first = desk.get("/the-dang-nhap").text
    following = re.search(r'href="(/the-dang-nhap\?sau=\d+)"', first)
    assert following is not None
    second = desk.get(following[1]).text
    seen = [name for name in names if name in first or name in second]
    assert seen == names and sum(name in second for name in names) == 3


def test_a_printed_card_lets_its_owner_in(desk: Browser, site: Flask, make: Make) -> None:
    person = collaborator(make, "Thạch Sa Rươl")
    page = printed(desk, person)
    assert "Thạch Sa Rươl" in page and "0903 111 222" in page
    [token], [code] = secrets_of(page)
    phone = Browser(site)
    phone.get(f"/the/{token}")
    assert phone.post(f"/the/{token}", {"secret": code}).location == "/ma-pin"
    phone.get("/ma-pin")
    assert phone.post("/ma-pin", {"new_pin": "591824", "again": "591824"}).status == 303
    assert phone.get("/chi-doc").status == 200


def test_the_page_with_secrets_is_not_kept_and_asks_nobody_outside(desk: Browser, make: Make) -> None:
    person = collaborator(make, "Thạch Sa Rươl")
    desk.get("/the-dang-nhap/in", query_string={"nguoi": person})
    answer = desk.post("/the-dang-nhap/in", {"nguoi": str(person), f"seen-{person}": "none", "ask_phone": PHONE})
    assert secrets_of(answer.text)[1]
    assert answer.answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r'(src|href)="https?:', answer.text)


def test_a_reprint_kills_the_first_card(desk: Browser, make: Make) -> None:
    person = collaborator(make, "Thạch Sa Rươl")
    [old], [_code] = secrets_of(printed(desk, person))
    confirm = desk.get("/the-dang-nhap/in", query_string={"nguoi": person})
    assert "Thẻ đã in trước đây sẽ bị thay" in confirm.text
    [new], [_code] = secrets_of(printed(desk, person))
    assert (desk.get(f"/the/{old}").status, desk.get(f"/the/{new}").status) == (404, 200)


def test_asking_first_changes_nothing(desk: Browser, make: Make) -> None:
    person = collaborator(make, "Thạch Sa Rươl")
    assert "In 1 thẻ?" in desk.get("/the-dang-nhap/in", query_string={"nguoi": person}).text
    assert desk.post("/the-dang-nhap/in", {"nguoi": str(person), "ask_phone": "12"}).status == 422
    linked = unscoped(select(func.count(Account.id)).where(Account.person_id.is_not(None)), "test")
    assert db.session.scalar(linked) == 0


def test_people_of_another_ward_get_no_card_whatever_is_posted(desk: Browser, make: Make) -> None:
    there = collaborator(make, "Lý Văn Xa", ELSEWHERE)
    asked = desk.get("/the-dang-nhap/in", query_string={"nguoi": there})
    assert asked.status == 303 and asked.location == "/the-dang-nhap"
    desk.get("/the-dang-nhap")
    assert desk.post("/the-dang-nhap/in", {"nguoi": str(there), "ask_phone": PHONE}).status == 303
    here = collaborator(make, "Thạch Sa Rươl")
    assert "Lý Văn Xa" not in printed(desk, here, there)


def test_an_account_with_office_rights_is_left_to_the_administrator(
    desk: Browser, accounts: Accounts, make: Make
) -> None:
    person = collaborator(make, "Kim Thị Thanh")
    accounts.grant(accounts.learner(person, None), "trainer")
    assert "Do người quản trị cấp" in desk.get("/the-dang-nhap").text
    assert desk.get("/the-dang-nhap/in", query_string={"nguoi": person}).status == 303


def test_too_many_at_once_is_refused_before_anything(desk: Browser) -> None:
    answer = desk.get("/the-dang-nhap/in", query_string=[("nguoi", str(one)) for one in range(101)])
    assert answer.status == 409 and "100" in answer.text


def test_the_desk_gives_a_new_code_for_a_forgotten_pin(
    desk: Browser, site: Flask, accounts: Accounts, make: Make
) -> None:
    account = accounts.learner(collaborator(make, "Kim Thị Thanh"), "0935 111 222")
    theirs = Browser(site)
    theirs.sign_in("0935 111 222")
    assert "Kim Thị Thanh" in desk.get(f"/quan-tri/tai-khoan/{account}").text
    page = press(desk, account, "ma-pin").text
    [code] = re.findall(r"\d{4} \d{4}", page.partition("<main")[2].replace("0935", ""))
    assert theirs.get("/chi-doc").status == 401
    assert Browser(site).sign_in("0935 111 222", PIN).status == 401
    assert Browser(site).sign_in("0935 111 222", code).location.startswith("/ma-pin")


def test_resetting_opens_a_locked_number(desk: Browser, site: Flask, accounts: Accounts, make: Make) -> None:
    account = accounts.learner(collaborator(make, "Kim Thị Thanh"), "0935 111 222")
    for _ in range(10):
        Browser(site).sign_in("0935 111 222", "730461")
    code = accounts.reset(account)
    assert Browser(site).sign_in("0935 111 222", code).status == 303


def test_a_manager_does_not_see_accounts_elsewhere(desk: Browser, accounts: Accounts, make: Make) -> None:
    there = accounts.learner(collaborator(make, "Lý Văn Xa", ELSEWHERE), None)
    desk.get("/the-dang-nhap")
    assert desk.get(f"/quan-tri/tai-khoan/{there}").status == 404
    for deed in ("the", "ma-pin", "so-dien-thoai"):
        assert desk.post(f"/quan-tri/tai-khoan/{there}/{deed}").status == 404
    for deed in ("quyen", "dang-xuat", "dong"):
        assert desk.post(f"/quan-tri/tai-khoan/{there}/{deed}").status == 403
    assert desk.get("/quan-tri/tai-khoan").location == "/the-dang-nhap"


# ── administrators ───────────────────────────────────────────────────────


def test_an_administrator_opens_an_account_gives_a_right_and_a_card(root: Browser, make: Make) -> None:
    root.get("/quan-tri/tai-khoan/moi")
    assert root.post("/quan-tri/tai-khoan/moi", {"name": ""}).status == 422
    right = {"capability": "trainer", "unit": str(make.unit_id(HERE)), "line": "family"}
    person = {"name": "Sơn Thị Soạn", "office": "Sở", "phone": "0935 111 222"}
    made = root.post("/quan-tri/tai-khoan/moi", person | right)
    shown = root.get(made.location).text
    assert "Người soạn bài" in shown and "Văn hóa, gia đình" in shown
    assert root.post(f"{made.location}/quyen", right | {"capability": "inspector"}).status == 303
    assert "Người kiểm tra" in root.get(made.location).text
    [_token], [_code] = secrets_of(press(root, int(made.location.rpartition("/")[2]), "the").text)


def test_an_administrator_of_one_ward_can_go_on_with_the_account_just_made(
    site: Flask, accounts: Accounts, make: Make
) -> None:
    accounts.grant(accounts.staff("Trần Thị Trị", "0987 654 321"), "administrator", make.unit_id(HERE))
    ward = Browser(site)
    ward.sign_in("0987 654 321")
    form = {"name": "Sơn Thị Soạn", "phone": "0987 654 321", "capability": "trainer", "line": ""}
    ward.get("/quan-tri/tai-khoan/moi")
    assert ward.post("/quan-tri/tai-khoan/moi", form | {"unit": ""}).status == 422
    assert ward.post("/quan-tri/tai-khoan/moi", form | {"unit": str(make.unit_id(ELSEWHERE))}).status == 422
    made = ward.post("/quan-tri/tai-khoan/moi", form | {"unit": str(make.unit_id(HERE))})
    page = ward.get(made.location)
    assert page.status == 200 and "1 người khác cũng đăng nhập bằng số này" in page.text
    assert "Sơn Thị Soạn" in ward.get("/quan-tri/tai-khoan").text


def test_the_list_is_searched_without_marks_and_finds_learners_too(
    root: Browser, accounts: Accounts, make: Make
) -> None:
    accounts.staff("Sơn Thị Soạn", None)
    accounts.learner(make.person("Đặng Văn Đủ"), None)
    everyone = root.get("/quan-tri/tai-khoan").text
    assert "Sơn Thị Soạn" in everyone and "Đặng Văn Đủ" not in everyone
    found = root.get("/quan-tri/tai-khoan", query_string={"tim": "dang van"}).text
    assert "Đặng Văn Đủ" in found and "Sơn Thị Soạn" not in found


def test_taking_back_closing_and_signing_out(root: Browser, site: Flask, accounts: Accounts) -> None:
    account = accounts.staff()
    grant = accounts.grant(account, "trainer")
    theirs = Browser(site)
    theirs.sign_in()
    root.get(f"/quan-tri/tai-khoan/{account}")
    assert root.post(f"/quan-tri/tai-khoan/{account}/dang-xuat").status == 303
    assert theirs.get("/chi-doc").status == 401
    assert root.post(f"/quan-tri/quyen/{grant}/thu-hoi").status == 303
    assert root.post(f"/quan-tri/quyen/{grant}/thu-hoi").status == 404
    assert root.post(f"/quan-tri/tai-khoan/{account}/dong").status == 303
    assert "đã đóng" in root.get(f"/quan-tri/tai-khoan/{account}").text
    assert Browser(site).sign_in().status == 401


def test_a_bad_choice_of_right_is_refused(root: Browser, accounts: Accounts) -> None:
    account = accounts.staff()
    root.get(f"/quan-tri/tai-khoan/{account}")
    for fields in (
        {"capability": "owner", "unit": "", "line": ""},
        {"capability": "trainer", "unit": "99999", "line": ""},
    ):
        assert root.post(f"/quan-tri/tai-khoan/{account}/quyen", fields).status == 422


def test_moving_a_number_at_the_desk(root: Browser, site: Flask, accounts: Accounts) -> None:
    account = accounts.staff()
    root.get(f"/quan-tri/tai-khoan/{account}")
    assert root.post(f"/quan-tri/tai-khoan/{account}/so-dien-thoai", {"phone": "123"}).status == 422
    assert root.post(f"/quan-tri/tai-khoan/{account}/so-dien-thoai", {"phone": "0935 111 222"}).status == 303
    assert Browser(site).sign_in(PHONE).status == 401
    assert Browser(site).sign_in("0935 111 222").status == 303


def test_an_administrator_of_one_ward_sees_and_gives_only_there(
    browser: Browser, accounts: Accounts, make: Make
) -> None:
    accounts.grant(accounts.staff("Chị Phường"), "administrator", make.unit_id(HERE))
    accounts.grant(accounts.staff("Anh Nơi Khác", "0987 654 321"), "manager", make.unit_id(ELSEWHERE))
    browser.sign_in()
    page = browser.get("/quan-tri/tai-khoan").text
    assert "Chị Phường" in page and "Anh Nơi Khác" not in page
    with accounts.acting():
        offered = dict(
            lists.units_to_give(Viewer(account_id=1, grants=(GrantValue("administrator", make.unit_id(HERE)),)))
        )
    assert set(offered) == {make.unit_id(HERE)}


def test_my_own_number_can_be_changed_with_my_pin(browser: Browser, site: Flask, accounts: Accounts) -> None:
    accounts.staff("Chị Khác", "0987 654 321", "591824")
    accounts.staff("Chị Giống", "0932 111 222", PIN)
    accounts.staff()
    browser.sign_in()
    url = "/tai-khoan/so-dien-thoai"
    browser.get(url)
    assert browser.post(url, {"phone": "0987 654 321", "current_pin": "730461"}).status == 422
    same_pin_there = browser.post(url, {"phone": "0932 111 222", "current_pin": PIN})
    assert same_pin_there.status == 422 and "Chưa đổi được sang số này" in same_pin_there.text
    assert browser.post(url, {"phone": "0987 654 321", "current_pin": PIN}).location == "/tai-khoan"
    assert Browser(site).sign_in("0987 654 321", PIN).status == 303


@pytest.mark.attack("S31")
def test_a_full_number_and_a_pin_in_use_sound_the_same(browser: Browser, accounts: Accounts) -> None:
    for pin in ("482913", "591824", "730461", "260857"):
        accounts.staff("Người Mẫu", "0987 654 321", pin)
    accounts.staff(pin="640275")
    browser.sign_in(pin="640275")
    browser.get("/tai-khoan/so-dien-thoai")
    full = browser.post("/tai-khoan/so-dien-thoai", {"phone": "0987 654 321", "current_pin": "640275"})
    assert "Chưa đổi được sang số này" in full.text


# ── the people of one staff list ────────────────────────────────────────────────────────────────────────────────────


def names_in(page: str) -> list[str]:
    return re.findall(r"(?:Lê|Kim|Trần) Thị \w+", page.partition("<main")[2])


@pytest.fixture
def listed(make: Make) -> int:
    """An import that found one person and made two, beside somebody whom it does not name."""
    collaborator(make, "Lê Thị Cũ")
    collaborator(make, "Trần Thị Ngoài")
    act_as(SYSTEM)
    rows = [list_row(name, place="") for name in ("Lê Thị Cũ", "Kim Thị Mới", "Kim Thị Hai")]
    import_id = entered(make.unit_id(HERE), *rows)
    act_as(NOBODY)
    return import_id


def test_cards_are_chosen_for_the_people_of_one_list(desk: Browser, listed: int) -> None:
    page = desk.get(f"/the-dang-nhap?danh-sach={listed}&chi=moi")
    assert names_in(page.text) == ["Kim Thị Hai", "Kim Thị Mới"] and "Chọn cả 2 người chưa có thẻ" in page.text
    everybody = desk.get(f"/the-dang-nhap?danh-sach={listed}")
    assert names_in(everybody.text) == ["Lê Thị Cũ", "Kim Thị Hai", "Kim Thị Mới"]
    link = re.search(r'href="(/the-dang-nhap/in\?[^"]+)"', page.text)
    assert link is not None
    asked = desk.get(link[1])
    assert "In 2 thẻ?" in asked.text and sorted(names_in(asked.text)) == ["Kim Thị Hai", "Kim Thị Mới"]
    chosen = [pair for pair in asked.hidden if pair[0] != "csrf_token"]
    made = desk.post("/the-dang-nhap/in", [*chosen, ("ask_phone", "0903 111 222")]).text
    assert len(secrets_of(made)[1]) == 2
    again = desk.get(f"/the-dang-nhap?danh-sach={listed}&chi=moi").text
    assert "Đã in, chưa vào" in again and "Chọn cả" not in again


def test_a_long_list_is_printed_in_runs_of_those_without_a_card(
    desk: Browser, listed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "MOST_AT_ONCE", 2)
    page = desk.get(f"/the-dang-nhap?danh-sach={listed}")
    assert "Chọn 2 người đầu trong 3 người chưa có thẻ" in page.text
    seen = []
    for _run in range(2):
        asked = desk.get(f"/the-dang-nhap/in?het=1&danh-sach={listed}")
        chosen = [pair for pair in asked.hidden if pair[0] != "csrf_token"]
        seen.append(sum(name == "nguoi" for name, _value in chosen))
        desk.post("/the-dang-nhap/in", [*chosen, ("ask_phone", "0903 111 222")])
    assert seen == [2, 1]


def test_the_list_of_another_ward_shows_nobody(site: Flask, accounts: Accounts, make: Make, listed: int) -> None:
    accounts.grant(accounts.staff("Sơn Thị Xa", "0987 111 222"), "manager", make.unit_id(ELSEWHERE))
    stranger = Browser(site)
    stranger.sign_in("0987 111 222")
    for address in ("/the-dang-nhap", "/the-dang-nhap/in"):
        answer = stranger.get(f"{address}?danh-sach={listed}&chi=moi&het=1")
        assert answer.status in (403, 404) and names_in(answer.text) == []
    assert stranger.get("/the-dang-nhap?danh-sach=999999").status == 404
