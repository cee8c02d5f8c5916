"""The screens as a person uses them, without JavaScript: forms posted, sentences read, strangers kept out."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
import time_machine
from flask import Flask

from lms.access import NOBODY, Viewer
from lms.access.current import act_as
from lms.db import db
from lms.people.models import IdentityCheck, RosterImport
from lms.people.roster.staging import rows_of
from lms.people.views import ROUTES
from lms.people.views.person import PAPERS_WAITING
from tests.factories import Make
from tests.people.conftest import ELSEWHERE, Office, holder, manager, register
from tests.people.lists import WARD, entered, person, staged, xlsx

A, B = "0912 345 678", "0912 345 112"


@pytest.fixture(autouse=True)
def in_november() -> object:
    with time_machine.travel("2026-11-24T03:00Z") as clock:
        yield clock


def upload(office: Office, data: bytes, make: Make, day: str = "01/03/2026", name: str = "DS phuong.xlsx") -> object:
    form = {"file": (io.BytesIO(data), name), "unit": str(make.unit_id(WARD)), "list_date": day}
    return office.post("/danh-sach/moi", form, content_type="multipart/form-data")


def fields(source: str, text: str) -> dict[str, str]:
    """The name and value of the option with this text."""
    for name, value, label in re.findall(
        r'<input type="radio" name="([^"]+)" value="([^"]+)"[^>]*><span>(.*?)</span>', source
    ):
        if text in label:
            return {name: value}
    raise AssertionError(f"no option {text!r}")


# ── a list, from the upload to the register ─────────────────────────────────────────────────────────────────────────


def test_a_manager_brings_in_a_list_decides_enters_and_undoes(office: Office, make: Make, ward: int) -> None:
    entered(ward, person(phone=B), person("Lê Thị An"))
    before = register()
    listed = [person("NGUYỄN THỊ HOÀ", phone=A), person("Ngô Văn Ưng", 1961, role="Trưởng khóm", phone="9,12E+08")]
    sent = upload(office, xlsx([*listed, person("Lý Thị Mới")]), make, day="01/04/2026")
    assert sent.status == 303
    page = office.get(sent.location)
    assert "Còn 2 câu cần Anh/Chị quyết định" in page.text and "Chưa có gì thay đổi trong sổ" in page.text
    assert 'Điện thoại"><span class="raw">0912 345 <mark>678</mark>' in page.source
    assert "Excel đã làm mất các số cuối của điện thoại: 9,12E+08" in page.text
    answers = fields(page.source, "Cùng một người, thêm số mới") | fields(page.source, "để trống số")
    saved = office.post(f"{sent.location}/quyet-dinh", {**answers, "tiep": "1"})
    assert saved.status == 303 and register() == before
    asked = office.get(saved.location)
    assert "Ghi 3 dòng vào sổ?" in asked.text
    done = office.post(saved.location)
    page = office.get(done.location)
    assert "2 người mới, 1 người được cập nhật" in page.text and len(register()) == 4
    missing = office.get(f"{sent.location}?muc=missing")
    assert "Lê Thị An" in missing.text and "Vắng tên chưa phải là đã nghỉ" in missing.text
    assert "Hoàn tác cả danh sách này?" in office.get(f"{sent.location}/hoan-tac").text
    assert office.post(f"{sent.location}/hoan-tac").status == 303 and register() == before


def test_a_page_can_be_closed_and_the_answers_are_still_there(office: Office, make: Make, ward: int) -> None:
    import_id = staged(ward, person(phone="9,12E+08"), person("Lê Thị An", phone="9,12E+08"))
    url = f"/danh-sach/{import_id}"
    office.post(f"{url}/quyet-dinh", fields(office.get(url).source, "để trống số"))
    page = office.get(url)
    assert "Đã trả lời 1 / 2 câu" in page.text and "2 câu hỏi" in page.text and "Còn 1 câu" in page.text
    chosen = re.findall(r'value="empty" checked', page.source)
    assert len(chosen) == 1


def test_a_place_may_be_chosen_from_the_list_of_ones_area(office: Office, make: Make, ward: int) -> None:
    import_id = staged(ward, person(place="Khóm Chùa"), person("Lê Thị An", place="Khóm Chùa"))
    page = office.get(f"/danh-sach/{import_id}")
    assert "“Khóm Chùa” là nơi nào?" in page.text and "dùng chung cho cả dòng 3" in page.text
    name = re.search(r'<select name="(f-[^"]+)"', page.source)[1]  # type: ignore[index]
    row_id = rows_of(import_id)[0].id
    office.post(f"/danh-sach/{import_id}/quyet-dinh", {name: str(ward), f"q-{row_id}-unit": "later"})
    assert "Người mới (2)" in office.get(f"/danh-sach/{import_id}").text
    assert "có thể ghi vào sổ" in office.get(f"/danh-sach/{import_id}").text


def test_unknown_hamlets_are_added_with_one_button(office: Office, ward: int) -> None:
    import_id = staged(ward, person(place="Khóm 8"), person("Lê Thị An", place="Khóm 9"))
    assert "chưa có 2 nơi mà tệp nhắc tới: Khóm 8, Khóm 9" in office.get(f"/danh-sach/{import_id}").text
    office.post(f"/danh-sach/{import_id}/them-khom")
    assert "Người mới (2)" in office.get(f"/danh-sach/{import_id}").text


def test_a_stated_total_that_differs_is_said(office: Office, make: Make) -> None:
    rows = b"STT;H\xe1\xbb\x8d v\xc3\xa0 t\xc3\xaan;N\xc4\x83m sinh;Kh\xc3\xb3m;Ch\xe1\xbb\xa9c danh\n"
    rows += "1;Lê Thị An;1968;Khóm 4;HGV\n2;Lê Thị Ba;1970;Khóm 4;HGV\nTổng cộng: 4 người\n".encode()
    page = office.get(upload(office, rows, make, name="ds.csv").location)
    assert "Danh sách ghi 4 người, đọc được 2" in page.text


def test_columns_that_are_not_used_or_told_by_content_are_said(office: Office, make: Make) -> None:
    rows = [("Lê Thị An", 1968, "HGV", "0912345601", "B2"), ("Lê Thị Ba", 1970, "HGV", "0912345602", "C1")]
    headings = ("STT", "Họ và tên", "Năm sinh", "Chức danh", "Gọi số nào", "Bậc")
    page = office.get(upload(office, xlsx(rows, headings), make).location)
    assert "cột “Gọi số nào” được hiểu là điện thoại" in page.text
    assert "không dùng các cột “Bậc”" in page.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xd8\xff\xe0 photo", "Đây là hình chụp"),
        (b"PK\x03\x04 broken", "bị hỏng"),
        (b"mot hai ba", "Không tìm thấy dòng tiêu đề"),
        (b"Can bo;Nam sinh;Khom\nLe Thi An;1970;Khom 1\n", "có các cột “Nam sinh”, “Khom”, nhưng không có cột họ tên"),
        (b"", "trống"),
    ],
)
def test_a_bad_file_gets_a_sentence_and_the_template(office: Office, make: Make, data: bytes, words: str) -> None:
    page = upload(office, data, make)
    assert page.status == 422 and words in page.text and "Chưa có gì được lưu" in page.text
    assert "/danh-sach/mau.xlsx" in page.source and db.session.query(RosterImport).count() == 0


@pytest.mark.parametrize("day", ["31/02/2026", "hôm qua", "01/01/2199", ""])
def test_a_date_that_is_none_gets_a_sentence(office: Office, make: Make, day: str) -> None:
    page = upload(office, xlsx([person()]), make, day)
    assert page.status == 422
    assert any(words in page.text for words in ("không có trong lịch", "chưa tới", "chưa ghi ngày"))


def test_no_file_at_all_gets_a_sentence(office: Office, make: Make) -> None:
    page = office.post("/danh-sach/moi", {"unit": str(make.unit_id(WARD)), "list_date": "01/03/2026"})
    assert page.status == 422 and "Anh/Chị chưa chọn tệp" in page.text


def test_a_file_dropped_is_gone_from_the_list(office: Office, ward: int) -> None:
    import_id = staged(ward, person())
    assert "danh-sach.xlsx" in office.get("/danh-sach").text
    office.post(f"/danh-sach/{import_id}/bo")
    assert "Chưa có danh sách nào" in office.get("/danh-sach").text


def test_somebody_missing_is_ended_on_a_day_that_a_person_says(office: Office, make: Make, ward: int) -> None:
    entered(ward, person(phone=A), person("Lê Thị An"))
    import_id = entered(ward, person(phone=A), day=date(2026, 4, 1))
    page = office.get(f"/danh-sach/{import_id}?muc=missing")
    url = re.search(r'action="(/danh-sach/\d+/nghi/\d+)"', page.source)[1]  # type: ignore[index]
    assert office.post(url, {"ngay": "32/03/2026"}).status == 422
    assert office.post(url, {"ngay": "31/03/2026"}).status == 303
    assert [held.last_day for held in register() if held.name == "Lê Thị An"] == [date(2026, 3, 31)]


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_register_says_what_to_do(office: Office, make: Make) -> None:
    assert "Tải danh sách Excel của phường lên" in office.get("/nguoi").text
    assert "Không tìm thấy ai" in office.get("/nguoi?tim=hoa").text
    office.viewer = holder(make, "inspector")
    assert "Thêm một người" not in office.get("/nguoi").text


def test_people_are_searched_filtered_paged_and_taken_away(office: Office, make: Make, ward: int) -> None:
    entered(ward, *(person(f"Lê Thị {letter}", phone="") for letter in "ABCDEGHKLMNOPQRSTUVX"))
    for number in range(40):
        make.assignment(make.person(f"Kim Thị Mẫu {number}"), "HGV", WARD, date(2026, 1, 1))
    page = office.get("/nguoi")
    assert "60 người" in page.text and "10 người tiếp theo" in page.text
    following = re.search(r'href="(/nguoi\?sau=\d+)"', page.source)[1]  # type: ignore[index]
    assert "Người 51 đến 60 trong 60" in office.get(following).text
    assert "40 người" in office.get("/nguoi?vai=HGV").text
    assert "60 người" in office.get(f"/nguoi?noi={ward}").text
    assert "0 người" in office.get(f"/nguoi?noi={make.unit_id(ELSEWHERE)}").text
    assert office.get("/nguoi.xlsx?vai=HGV").answer.mimetype.endswith("sheet")


def test_a_person_is_added_but_a_double_is_shown_first(office: Office, make: Make, ward: int) -> None:
    form = {
        "full_name": "Nguyễn Thị Hoà",
        "birth": "1968",
        "sex": "nu",
        "phone": A,
        "role": "HGV",
        "unit": str(ward),
        "first_day": "01/03/2026",
    }
    made = office.post("/nguoi/moi", form)
    assert made.status == 303 and "Hòa giải viên ở cơ sở" in office.get(made.location).text
    again = office.post("/nguoi/moi", form | {"full_name": "Nguyễn Thị Hòa"})
    assert again.status == 422 and "Trong sổ đã có người giống vậy" in again.text and len(register()) == 1
    assert office.post("/nguoi/moi", form | {"another": "y"}).status == 303 and len(register()) == 2


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("full_name", "Hoà", "ít nhất hai chữ"),
        ("full_name", "", "chưa ghi họ và tên"),
        ("full_name", "😀 😀 😀", "Họ tên có ký tự lạ: 😀 😀 😀"),
        ("full_name", "Lê Thị 12", "không phải họ tên"),
        ("full_name", "Nguy?n Thị An", "mất chữ"),
        ("full_name", "Lê Thị " + "a" * 160, "dài quá 160 chữ cái"),
        ("full_name", "   ", "chưa ghi họ và tên"),
        ("full_name", "Nguyễn Thị", "có vẻ chưa đủ: Nguyễn Thị. Nếu đúng như vậy"),
        ("given_name", "😀", "ký tự lạ"),
        ("given_name", "a" * 61, "nhiều nhất 60 chữ cái"),
        ("birth", "năm ngoái", "Chưa đọc được ngày, năm sinh"),
        ("birth", "31/02/1980", "Ngày “31/02/1980” không có trong lịch"),
        ("birth", "1900", "Chưa đọc được"),
        ("birth", "2027", "ngoài khoảng có thể: 2027"),
        ("birth", "12", "chưa rõ thế kỷ: 12"),
        ("birth", "2015", "ít gặp ở người đang làm nhiệm vụ: 2015. Nếu đúng như vậy"),
        ("phone", "12", "chưa đọc được"),
        ("first_day", "30/02/2026", "không có trong lịch"),
        ("first_day", "24/12/2026", "Giữ chức danh từ ngày : Ngày 24/12/2026 chưa tới"),
        ("note", "CCCD 084168001234", "không được có số giấy tờ"),
    ],
)
def test_what_is_typed_wrong_comes_back_with_its_reason(
    office: Office, ward: int, field: str, value: str, words: str
) -> None:
    form = {"full_name": "Lê Thị An", "sex": "nu", "role": "HGV", "unit": str(ward), "first_day": "01/03/2026"}
    form[field] = value
    page = office.post("/nguoi/moi", form)
    assert page.status == 422 and words in page.text and register() == []


FORM = {"full_name": "Lê Thị An", "sex": "nu", "role": "HGV", "first_day": "01/03/2026"}


def test_nothing_typed_is_cut_by_the_browser(office: Office, ward: int) -> None:
    fields_of_form = re.findall(r"<(?:input|textarea)[^>]*>", office.get("/nguoi/moi").source.partition("<main")[2])
    limited = [field for field in fields_of_form if "maxlength" in field]
    assert len(limited) == 1 and 'name="first_day"' in limited[0]


def test_what_is_doubtful_is_written_once_somebody_says_so(office: Office, ward: int) -> None:
    form = FORM | {"unit": str(ward), "full_name": "Nguyễn Thị", "birth": "2015"}
    assert "Đúng như vậy, vẫn ghi" not in office.get("/nguoi/moi").text
    assert "Đúng như vậy, vẫn ghi" in office.post("/nguoi/moi", form).text
    assert office.post("/nguoi/moi", form | {"sure": "y"}).status == 303
    assert [held.birth for held in register()] == ["2015-01-01 year"]


def test_what_was_understood_otherwise_than_written_is_told(office: Office, ward: int) -> None:
    made = office.post("/nguoi/moi", FORM | {"unit": str(ward), "full_name": "DƯƠNG VĂN ÚT (Tư)", "birth": "68"})
    page = office.get(made.location)
    assert "hiểu là 19…: 68" in page.text and "chuyển sang ghi chú: Tư" in page.text
    assert [(held.name, held.birth) for held in register()] == [("Dương Văn Út", "1968-01-01 year")]
    assert "Ghi chú Tư" in page.text


def test_what_the_register_holds_is_not_asked_about_again(office: Office, make: Make) -> None:
    old = make.person("Hoà", birth_date=date(1930, 1, 1), birth_precision="year")  # both were once said to be right
    make.assignment(old, "HGV", WARD, date(2026, 1, 1))
    assert office.post(f"/nguoi/{old}/sua", {"full_name": "Hoà", "birth": "1930", "sex": "", "phone": B}).status == 303
    assert office.post(f"/nguoi/{old}/sua", {"full_name": "Hòa", "birth": "1930", "sex": ""}).status == 422


@pytest.mark.parametrize("page", ["chuc-danh", "nghi", "sua"])
def test_a_day_to_come_is_told_at_its_field(office: Office, make: Make, ward: int, page: str) -> None:
    hoa = make.person("Nguyễn Thị Hoà")
    post_id = make.assignment(hoa, "HGV", WARD, date(2026, 1, 1))
    address = f"/nguoi/{hoa}/chuc-danh" if page == "chuc-danh" else f"/chuc-danh/{post_id}/{page}"
    days = {"first_day": "24/12/2026", "last_day": "24/12/2026"}
    sent = office.post(address, days | {"role": "TTV", "unit": str(ward)})
    told = re.search(r'<a href="#(first|last)_day">[^<]+</a>: Ngày 24/12/2026 chưa tới', sent.source)
    assert sent.status == 422 and told


def test_facts_are_corrected_and_the_change_is_shown(office: Office, make: Make) -> None:
    hoa = make.person("Nguyễn Thị Hoà", phone="+84912345678")
    make.assignment(hoa, "HGV", WARD, date(2026, 1, 1))
    assert 'value="0912 345 678"' in office.get(f"/nguoi/{hoa}/sua").source
    form = {"full_name": "Nguyễn Thị Hoa", "phone": B, "sex": "nu"}
    page = office.get(office.post(f"/nguoi/{hoa}/sua", form).location, follow_redirects=True)
    assert "Số điện thoại: 0912 345 678 → 0912 345 112" in page.text and "Nguyễn Thị Hoa" in page.text


def test_posts_are_added_ended_corrected_and_withdrawn(office: Office, make: Make, ward: int) -> None:
    hoa = make.person("Nguyễn Thị Hoà")
    post_id = make.assignment(hoa, "HGV", WARD, date(2026, 1, 1))
    office.post(f"/nguoi/{hoa}/chuc-danh", {"role": "TTV", "unit": str(ward), "first_day": "01/02/2026"})
    assert office.post(f"/chuc-danh/{post_id}/nghi", {"last_day": "01/01/2025"}).status == 422
    assert office.post(f"/chuc-danh/{post_id}/nghi", {"last_day": "31/05/2026"}).status == 303
    page = office.get(f"/nguoi/{hoa}")
    assert "từ 01/01/2026 đến hết 31/05/2026" in page.text and "Tuyên truyền viên" in page.text
    latest = re.search(r"/chuc-danh/(\d+)/sua", page.source.partition("Hòa giải viên")[2])[1]  # type: ignore[index]
    office.post(f"/chuc-danh/{latest}/sua", {"first_day": "01/02/2026", "last_day": ""})
    assert "từ 01/02/2026" in office.get(f"/nguoi/{hoa}").text
    for post in re.findall(r"/chuc-danh/(\d+)/sua", office.get(f"/nguoi/{hoa}").source):
        gone = office.post(f"/chuc-danh/{post}/go")
    assert gone.location == "/nguoi", "nothing of her is left to be seen"


def test_a_report_is_read_corrected_and_closed(office: Office, make: Make) -> None:
    hoa = make.person("Nguyễn Thị Hoà")
    make.assignment(hoa, "HGV", WARD, date(2026, 1, 1))
    with db.write() as session:
        session.add(
            IdentityCheck(person_id=hoa, answer="wrong", full_name="x", birth_text="1968", message="Tôi tên Hoa")
        )
    assert "Báo sai thông tin" in office.get("/nguoi?tt=reported").text
    assert "Tôi tên Hoa" in office.get(f"/nguoi/{hoa}").text
    keeper, office.viewer = office.viewer, holder(make, "inspector")
    seen = office.get(f"/nguoi/{hoa}").text
    assert "Đang báo sai thông tin" in seen and "Tôi tên Hoa" not in seen, "her words are for who may put it right"
    office.viewer = keeper
    queue = office.app.extensions["queue"]
    office.post(f"/nguoi/{hoa}/da-xu-ly")
    assert "Tôi tên Hoa" not in office.get(f"/nguoi/{hoa}").text
    assert [task.args for task in queue.huey.pending()] == [(PAPERS_WAITING,)] and PAPERS_WAITING in queue.kinds


def test_two_entries_are_merged_and_taken_apart(office: Office, make: Make) -> None:
    hoa, double = make.person("Nguyễn Thị Hoà"), make.person("Nguyễn Thị Hòa")
    for one, role in ((hoa, "HGV"), (double, "TTV")):
        make.assignment(one, role, WARD, date(2026, 1, 1))
    page = office.get(f"/nguoi/{double}/gop")
    assert f'value="{hoa}"' in page.source and office.post(f"/nguoi/{double}/gop").status == 422
    assert office.post(f"/nguoi/{double}/gop", {"vao": str(hoa)}).location == f"/nguoi/{hoa}"
    page = office.get(f"/nguoi/{hoa}")
    assert "Tuyên truyền viên" in page.text and "Đã gộp vào đây: Nguyễn Thị Hòa" in page.text
    office.post(f"/nguoi/{double}/tach")
    assert "Đã gộp vào đây" not in office.get(f"/nguoi/{hoa}").text


# ── confirming lists ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_ward_is_confirmed_and_seen_to_be(office: Office, make: Make, ward: int) -> None:
    entered(ward, person(), person("Lê Thị An"))
    page = office.get("/danh-sach/xac-nhan?ngay=01/03/2026")
    assert "Chưa xác nhận lần nào" in page.text and "có 2 người, tôi xác nhận" in page.text
    form = {"noi": str(ward), "nguoi": "2", "ngay": "01/03/2026", "nganh": ""}
    assert office.post("/danh-sach/xac-nhan", form | {"nguoi": "3"}).status == 409
    assert "Đã xác nhận 2 người" in office.get(office.post("/danh-sach/xac-nhan", form).location).text
    assert "Đến ngày 01/03/2026 có 2 người" in office.get("/danh-sach/xac-nhan").text
    assert "không có trong lịch" in office.get("/danh-sach/xac-nhan?ngay=30/02/2026").text
    make.assignment(make.person("Lý Văn Mới"), "HGV", WARD, date(2026, 1, 1))
    changed = office.get("/danh-sach/xac-nhan?ngay=01/03/2026").text
    assert "0 / 1 nơi đã xác nhận" in changed and "1 nơi đã xác nhận nhưng số người trong sổ nay khác" in changed
    assert "Ngày 24/11/2026 đã xác nhận 2 người, nay sổ có 3 người" in changed
    office.viewer = holder(make, "inspector")
    assert "tôi xác nhận" not in office.get("/danh-sach/xac-nhan").text


# ── who may not ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def addresses(make: Make, ward: int) -> dict[str, str]:
    """Every route of the room, about somebody and something of the ward."""
    import_id = entered(ward, person())
    person_id, post_id = rows_of(import_id)[0].effect["person"], rows_of(import_id)[0].effect["posts"][0]
    ids = {"person_id": person_id, "post_id": post_id, "import_id": import_id}
    return {endpoint: re.sub(r"<int:(\w+)>", lambda m: str(ids[m[1]]), rule) for rule, endpoint, _v, _m in ROUTES}


OWN_PAGES = {"people", "people_file", "new_person", "imports", "template_file", "new_import", "confirm_list"}


def test_a_manager_elsewhere_gets_nothing_of_this_ward(office: Office, make: Make, addresses: dict[str, str]) -> None:
    office.viewer = manager(make, ELSEWHERE, account=2)
    before = register()
    for _rule, endpoint, _view, methods in ROUTES:
        for method in methods:
            answer = office._send(method.lower(), addresses[endpoint])
            if endpoint in OWN_PAGES:
                assert "Nguyễn Thị Hòa".encode() not in answer.answer.data, endpoint
            else:
                assert answer.status in (403, 404), (endpoint, method, answer.status)
    assert register() == before


@pytest.mark.parametrize("who", ["nobody", "learner", "trainer", "administrator"])
def test_the_room_is_closed_to_others(office: Office, make: Make, addresses: dict[str, str], who: str) -> None:
    viewers = {
        "nobody": NOBODY,
        "learner": Viewer(account_id=3, person_id=1),
        "trainer": holder(make, "trainer"),
        "administrator": holder(make, "administrator"),
    }
    office.viewer = viewers[who]
    for _rule, endpoint, _view, methods in ROUTES:
        for method in methods:
            answer = office._send(method.lower(), addresses[endpoint])
            assert answer.status == (303 if who == "nobody" else 403), (endpoint, method)


@pytest.mark.parametrize("capability", ["organiser", "inspector"])
def test_readers_read_people_and_nothing_else(
    office: Office, make: Make, addresses: dict[str, str], capability: str
) -> None:
    office.viewer = holder(make, capability)
    readable = {"people", "people_file", "person", "confirm_list"}
    for _rule, endpoint, _view, methods in ROUTES:
        if "GET" in methods:
            assert office.get(addresses[endpoint]).status == (200 if endpoint in readable else 403), endpoint
    assert "Sửa thông tin" not in office.get(addresses["person"]).text
    posted = office.post("/danh-sach/xac-nhan", {"noi": str(make.unit_id(WARD)), "nguoi": "1", "ngay": "01/03/2026"})
    assert posted.status == 403


def test_no_page_has_inline_script_or_style(app: Flask, office: Office, addresses: dict[str, str]) -> None:
    act_as(office.viewer)
    for _rule, endpoint, _view, methods in ROUTES:
        if "GET" in methods and not addresses[endpoint].endswith(".xlsx"):
            source = office.get(addresses[endpoint]).source
            assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", source), endpoint


def test_an_organiser_is_shown_only_what_they_can_do(office: Office, make: Make, addresses: dict[str, str]) -> None:
    office.viewer = holder(make, "organiser")
    people = office.get(addresses["people"])
    assert "tra cứu được người trong địa bàn" in people.text and "Xác nhận danh sách" not in people.text
    assert ">Xác nhận</th>" not in office.get(addresses["confirm_list"]).source
    office.viewer = manager(make)
    people = office.get(addresses["people"])
    assert "tra cứu được" not in people.text and "Xác nhận danh sách" in people.text
    assert ">Xác nhận</th>" in office.get(addresses["confirm_list"]).source
