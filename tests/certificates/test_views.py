"""What the holder, the office and a stranger see, and what none of them may."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.audit.models import AuditEntry
from lms.certificates import tasks
from lms.certificates.codes import show_code
from lms.certificates.models import Certificate
from lms.certificates.operations import revoke
from lms.certificates.pdf import PdfLibrariesMissing
from lms.db import db
from lms.people.queries import last_identity_check
from lms.storage.files import storage
from tests.certificates.people import (
    ELSEWHERE,
    NAME,
    Visitor,
    certificates,
    certified,
    learner,
    one,
    passed,
    rename,
    said,
)
from tests.factories import Make

DAY = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SignIn = Callable[[int], Visitor]
Office = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def that_day() -> object:
    with time_machine.travel(DAY, tick=True) as traveller:
        yield traveller


def withdraw(certificate: Certificate, why: str = "Thi hộ") -> None:
    act_as(SYSTEM)
    with db.write():
        revoke(certificate.code, why)


# ── my records ──


def test_without_records_the_page_says_how_to_get_one(make: Make, as_person: SignIn) -> None:
    page = as_person(learner(make)).get("/ho-so")
    assert page.status == 200
    assert "Chưa có giấy chứng nhận nào" in page.main


def test_a_certificate_in_my_records(make: Make, as_person: SignIn) -> None:
    person = learner(make)
    certificate = certified(person)
    me = as_person(person)
    page = me.get("/ho-so")
    for shown in (NAME, "0001/2026", "24/11/2026", "08 tiết trực tuyến", "Còn hạn đến hết 23/11/2027"):
        assert shown in page.main
    assert f'href="/giay-chung-nhan/{certificate.code}"' in page.html
    assert "kB" not in page.main
    tasks.make_file(certificate.id)
    assert f"Tải tệp PDF, {-(-(one(certificate.id).pdf_size or 0) // 1000)} kB" in me.get("/ho-so").main


def test_expired_and_revoked_ones_are_history(make: Make, as_person: SignIn) -> None:
    person = learner(make)
    certified(person, date(2025, 10, 12), title="Kiến thức chung, bản 2025")
    withdraw(certified(person, title="Khóa bị thu hồi"))
    page = as_person(person).get("/ho-so")
    assert "Kiến thức chung, bản 2025 12/10/2025 8 Hết hạn từ 12/10/2026" in page.main
    assert "Khóa bị thu hồi 24/11/2026 8 Đã thu hồi" in page.main
    assert "Mở giấy chứng nhận" not in page.main


def test_classes_and_outside_papers_say_where_they_stand(make: Make, as_person: SignIn) -> None:
    person = learner(make)
    make.achievement(person, date(2026, 10, 14), kind="class", title="Nói chuyện ở khóm", tiet=16)
    make.achievement(person, date(2026, 4, 20), kind="outside", title="Lớp cấp tỉnh", tiet=24)
    page = as_person(person).get("/ho-so")
    assert "Nói chuyện ở khóm 14/10/2026 16 Đã ghi nhận" in page.main
    assert "Lớp cấp tỉnh (giấy ngoài) 20/04/2026 24 Chờ phường xác minh" in page.main


def test_what_waits_says_what_to_do(make: Make, as_person: SignIn) -> None:
    person = learner(make)
    passed(person)
    me = as_person(person)
    assert "Xem lại tên để nhận giấy" in me.get("/ho-so").main
    said(person, "wrong")
    page = me.get("/ho-so")
    assert "Anh/Chị đã báo thông tin chưa đúng ngày 24/11/2026" in page.main
    assert "không phải thi lại" in page.main


def test_records_hold_nothing_of_others(make: Make, as_person: SignIn) -> None:
    certified(learner(make, "Lê Thị Người Khác"))
    assert "Người Khác" not in as_person(learner(make)).get("/ho-so").main


# ── the name ──


def test_the_name_is_confirmed_and_what_waited_is_there(make: Make, as_person: SignIn) -> None:
    person = learner(make)
    passed(person)
    me = as_person(person)
    page = me.get("/xac-nhan-thong-tin?next=/ho-so")
    assert f"Bà {NAME}" in page.main
    assert "1971" in page.main
    assert "cộng tác viên dân số, Khóm 13, Phường Nguyệt Hóa" in page.main
    answer = me.post("/xac-nhan-thong-tin", {"answer": "right", "seen": f"{NAME}|1971", "next": "/ho-so"})
    assert (answer.status, answer.location) == (303, "/ho-so")
    assert "Đã cấp 1 giấy chứng nhận" in me.get("/ho-so").main
    assert len(certificates()) == 1


def test_a_report_goes_on_to_where_one_came_from(make: Make, as_person: SignIn) -> None:
    person = learner(make)
    me = as_person(person)
    sent = {"answer": "wrong", "parts": ["birth"], "message": "Tôi sinh 1972", "next": "/khoa-hoc/k1/kiem-tra"}
    answer = me.post("/xac-nhan-thong-tin", sent)
    assert (answer.status, answer.location) == (303, "/khoa-hoc/k1/kiem-tra")
    last = last_identity_check(person)
    assert last is not None
    assert (last.answer, last.message) == ("wrong", "Ngày hoặc năm sinh. Tôi sinh 1972")
    assert "Tôi sinh 1972" in me.get("/xac-nhan-thong-tin").main


@pytest.mark.parametrize("next_url", ["https://noi-khac.example/", "//noi-khac.example", "/\\noi-khac.example"])
def test_the_way_on_never_leaves_this_site(make: Make, as_person: SignIn, next_url: str) -> None:
    person = learner(make)
    answer = as_person(person).post(
        "/xac-nhan-thong-tin", {"answer": "right", "seen": f"{NAME}|1971", "next": next_url}
    )
    assert answer.location == "/ho-so"


@pytest.mark.parametrize(
    ("message", "said_back"),
    [("", "chọn chỗ chưa đúng"), ("Số căn cước của tôi là 084171001234", "bỏ số căn cước")],
)
def test_a_report_that_says_nothing_or_too_much_comes_back(
    make: Make, as_person: SignIn, message: str, said_back: str
) -> None:
    person = learner(make)
    page = as_person(person).post("/xac-nhan-thong-tin", {"answer": "wrong", "message": message})
    assert page.status == 422
    assert said_back in page.main
    assert message in page.html
    assert last_identity_check(person) is None


def test_a_name_with_letters_nobody_can_print_is_reported_not_confirmed(make: Make, as_person: SignIn) -> None:
    page = as_person(learner(make, "สมชาย Mẫu")).get("/xac-nhan-thong-tin")
    assert "Tên này chưa in được" in page.main
    assert "Đúng rồi" not in page.main


def test_an_office_account_without_a_person_has_no_records(as_office: Office) -> None:
    office = as_office()
    assert office.get("/ho-so").status == 403
    assert office.get("/xac-nhan-thong-tin").status == 403


# ── the paper ──


def test_holder_and_manager_here_see_it_and_others_do_not(
    make: Make, as_person: SignIn, as_office: Office, stranger: Visitor
) -> None:
    person = learner(make)
    certificate = certified(person)
    tasks.make_file(certificate.id)
    paths = (f"/giay-chung-nhan/{certificate.code}", f"/giay-chung-nhan/{certificate.code}.pdf")
    for visitor in (as_person(person), as_office(), as_office("inspector")):
        assert [visitor.get(path).status for path in paths] == [200, 200]
    for visitor in (as_person(learner(make, "Lê Thị Khác")), as_office(unit=ELSEWHERE), as_office("trainer")):
        assert [visitor.get(path).status for path in paths] == [404, 404]
        assert visitor.get(f"/c/{certificate.code}").status == 200
    assert [stranger.get(path).status for path in paths] == [303, 303]
    assert f'href="/nguoi/{person}"' in as_office("inspector").get(paths[0]).html


def test_the_page_says_the_facts_of_the_paper(make: Make, as_person: SignIn) -> None:
    person = learner(make)
    certificate = certified(person)
    me = as_person(person)
    typed = me.get(f"/giay-chung-nhan/{show_code(certificate.code).lower()}")
    assert (typed.status, typed.location) == (301, f"/giay-chung-nhan/{certificate.code}")
    page = me.get(typed.location)
    facts_of_paper = page.main.rpartition("Còn hạn đến hết 23/11/2027")[2]
    for shown in (NAME, "sinh năm 1971, cộng tác viên dân số, Khóm 13, Phường Nguyệt Hóa", "bản số 2", "24/11/2026"):
        assert shown in facts_of_paper


@pytest.mark.attack("S47")
def test_the_file_is_the_stored_one_and_its_name_tells_no_name(make: Make, as_person: SignIn) -> None:
    person = learner(make)
    certificate = certified(person)
    first = as_person(person).get(f"/giay-chung-nhan/{certificate.code}.pdf").answer
    key = one(certificate.id).pdf_key
    assert key is not None, "whoever asks first makes it"
    assert first.data == storage().read(key)
    assert first.headers["Content-Disposition"] == "attachment; filename=giay-chung-nhan-0001-2026.pdf"
    assert first.headers["Content-Type"] == "application/pdf"
    assert first.headers["Cache-Control"] == "no-store"


def test_without_pdf_libraries_there_is_a_sentence(
    make: Make, as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(paper: object, made_on: object) -> bytes:
        raise PdfLibrariesMissing

    monkeypatch.setattr(tasks, "render_pdf", missing)
    person = learner(make)
    certificate = certified(person)
    me = as_person(person)
    page = me.get(f"/giay-chung-nhan/{certificate.code}.pdf")
    assert page.status == 503
    assert "Giấy vẫn có giá trị" in page.main
    assert me.get(f"/giay-chung-nhan/{certificate.code}").status == 200


def test_a_lost_file_is_never_replaced_by_another(make: Make, as_person: SignIn) -> None:
    person = learner(make)
    certificate = certified(person)
    key = tasks.make_file(certificate.id)
    storage().remove(key)
    page = as_person(person).get(f"/giay-chung-nhan/{certificate.code}.pdf")
    assert page.status == 503
    assert one(certificate.id).pdf_key == key


def test_a_paper_that_cannot_be_printed_says_why_to_holder_and_office(
    make: Make, as_person: SignIn, as_office: Office
) -> None:
    person = learner(make, "สมชาย Mẫu")
    certificate = certified(person)
    office, me = as_office(), as_person(person)
    page = me.get(f"/giay-chung-nhan/{certificate.code}.pdf")
    assert page.status == 409
    assert "U+0E2A" in page.main
    for path in ("/so-cap-giay", "/so-cap-giay?tinh-trang=unprintable", f"/giay-chung-nhan/{certificate.code}"):
        assert "Chưa in được, vì có chữ" in office.get(path).main
    assert "Tải tệp PDF" not in me.get("/ho-so").main


# ── the public check ──

CANARIES = ("1971", "Khóm", "Nguyệt Hóa", "dân số", "0001/2026", "08 tiết", "Thị Út", "Thi hộ", "0f3a", "Đạt")


def facts(state: str, mark: str, code: str) -> str:
    return (
        f"Kiểm tra giấy chứng nhận Mã {show_code(code)} {state} Người học Huỳnh T. Ú. "
        "Khóa Kiến thức chung về phòng, chống bạo lực gia đình Bản số 2 Cấp ngày 24/11/2026 "
        f"Tình trạng {mark} So lại tên và ngày với tờ giấy. Trang này không nói gì thêm về người học. "
        "Kiểm tra mã khác Mã in cạnh ô vuông ở góc giấy, ví dụ 7K4P-22M9-QXRT-5W8D Kiểm tra"
    )


@pytest.mark.both
@pytest.mark.attack("S38")
def test_the_public_page_says_exactly_this(make: Make, stranger: Visitor) -> None:
    certificate = certified(learner(make, phone="+84912345678"))
    page = stranger.get(f"/c/{certificate.code}")
    assert page.main == facts("Hợp lệ", "Còn hạn đến hết 23/11/2027", certificate.code)
    assert page.answer.headers["Cache-Control"] == "no-store"
    assert page.answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    with time_machine.travel(datetime(2027, 11, 24, 3, tzinfo=UTC)):
        page = stranger.get(f"/c/{certificate.code}")
        assert page.main == facts("Đã hết hạn", "Hết hạn từ 24/11/2027", certificate.code)
    withdraw(certificate)
    page = stranger.get(f"/c/{certificate.code}")
    assert page.main == facts("Đã thu hồi", "Không còn giá trị", certificate.code)
    assert not [canary for canary in CANARIES if canary in page.html]


# ── what somebody has learned, for the office ──


def test_the_proof_behind_a_person_is_a_page(make: Make, as_office: Office) -> None:
    person = learner(make)
    certificate = certified(person)
    make.achievement(person, date(2026, 10, 14), kind="class", title="Nói chuyện ở khóm", tiet=16)
    page = as_office().get(f"/nguoi/{person}/da-hoc")
    assert f'href="/giay-chung-nhan/{certificate.code}"' in page.html
    assert "Nói chuyện ở khóm 14/10/2026 16 Học tại lớp ghi vào sổ ngày 24/11/2026" in page.main


@pytest.mark.both
def test_a_class_says_who_wrote_it_down_and_from_what(make: Make, as_office: Office) -> None:
    person = learner(make)
    writer = make.account("Trần Thị Ghi Sổ", capability="organiser", unit="vl/nguyet-hoa", office="Người tổ chức lớp")
    entered = {"kind": "class", "title": "Lớp mẫu", "source": "lop:7"}
    make.achievement(person, date(2026, 10, 14), recorded_by=f"account:{writer}", **entered)
    page = as_office().get(f"/nguoi/{person}/da-hoc").main
    assert "ghi vào sổ ngày 24/11/2026 Người ghi: Trần Thị Ghi Sổ, Người tổ chức lớp Mã nguồn: lop:7" in page


@pytest.mark.both
def test_a_person_elsewhere_who_wrote_it_down_is_not_named(make: Make, as_office: Office) -> None:
    person, stranger = learner(make), learner(make, "Lý Thị Ở Xa", unit=ELSEWHERE)
    writer = make.account("Lý Thị Ở Xa", person_id=stranger)
    make.achievement(person, date(2026, 10, 14), kind="class", recorded_by=f"account:{writer}")
    page = as_office().get(f"/nguoi/{person}/da-hoc").main
    assert "Ở Xa" not in page
    assert "Người ghi: người ở địa bàn khác" in page
    assert "Lý Thị Ở Xa" in as_office(unit=None).get(f"/nguoi/{person}/da-hoc").main


@pytest.mark.parametrize(("back", "shown"), [("/ty-le/nguoi?ngay=01/11/2026", True), ("//xau.vn/", False), ("", False)])
def test_the_way_back_is_a_page_of_ours_or_none(make: Make, as_office: Office, back: str, shown: bool) -> None:
    page = as_office().get(f"/nguoi/{learner(make)}/da-hoc", query_string={"tu": back})
    assert ("Người đứng sau con số" in page.main) is shown
    assert 'href="//' not in page.html


def test_nobody_sees_the_learning_of_people_elsewhere(make: Make, as_office: Office) -> None:
    person = learner(make)
    assert as_office(unit=ELSEWHERE).get(f"/nguoi/{person}/da-hoc").status == 404
    assert "Chưa học khóa nào" in as_office().get(f"/nguoi/{person}/da-hoc").main


@pytest.mark.parametrize("address", ["/c", "/c/"])
def test_the_address_printed_on_the_paper_opens_the_check(stranger: Visitor, address: str) -> None:
    assert "Kiểm tra giấy chứng nhận" in stranger.get(address).main
    assert 'href="/c"' in stranger.get("/dang-nhap").html


@pytest.mark.parametrize("code", ["7K4P22M9QXRT5W8D", "K4P", "x" * 200, "%00", "' OR 1=1 --", "7K4P-22M9-QXRT-5W8U"])
def test_what_is_no_code_of_ours_is_not_found(make: Make, stranger: Visitor, code: str) -> None:
    certified(learner(make))
    page = stranger.get(f"/c/{code}")
    assert page.status == 404
    assert "Huỳnh" not in page.html


@pytest.mark.attack("S38")
def test_a_part_of_a_code_finds_nothing(make: Make, stranger: Visitor) -> None:
    certificate = certified(learner(make))
    for part in (certificate.code[:15], certificate.code[:8], certificate.code[:8] + "%", "_" * 16, NAME):
        assert stranger.get(f"/c/{part}").status == 404
        assert stranger.get("/c", query_string={"ma": part}).status == 404


def test_a_typed_code_leads_to_its_page(make: Make, stranger: Visitor) -> None:
    certificate = certified(learner(make))
    assert "Mã trên giấy" in stranger.get("/c").main
    typed = f" {show_code(certificate.code).lower()} "
    answer = stranger.get("/c", query_string={"ma": typed})
    assert (answer.status, answer.location) == (303, f"/c/{certificate.code}")
    page = stranger.get("/c?ma=7K4P-22")
    assert page.status == 404
    assert "Mã có đủ 16 chữ và số, Anh/Chị gõ 6." in page.main
    assert 'value="7K4P-22"' in page.html


@pytest.mark.attack("S37")
def test_an_address_that_guesses_is_slowed_down(room: Flask, make: Make, stranger: Visitor) -> None:
    certificate = certified(learner(make))
    answers = [stranger.get(f"/c/{'0' * 15}{number % 10}").status for number in range(61)]
    assert answers == [404] * 60 + [429]
    assert stranger.get(f"/api/v1/certificates/{certificate.code}").status == 429
    blocked = stranger.get(f"/c/{certificate.code}")
    assert 0 < int(blocked.answer.headers["Retry-After"]) <= 61
    assert stranger.get("/c").status == 200
    elsewhere = {"REMOTE_ADDR": "10.1.2.3"}
    assert stranger.get(f"/c/{certificate.code}", environ_overrides=elsewhere).status == 200


@pytest.mark.attack("S38")
def test_the_api_says_the_same_and_nothing_else(make: Make, stranger: Visitor) -> None:
    certificate = certified(learner(make, phone="+84912345678"))
    answer = stranger.get(f"/api/v1/certificates/{show_code(certificate.code)}").answer
    assert answer.json == {
        "code": certificate.code,
        "state": "valid",
        "holder": "Huỳnh T. Ú.",
        "course": "Kiến thức chung về phòng, chống bạo lực gia đình",
        "edition": "2",
        "issued_on": "2026-11-24",
        "valid_until": "2027-11-24",
    }
    assert answer.headers["Cache-Control"] == "no-store"
    withdraw(certificate)
    again = stranger.get(f"/api/v1/certificates/{certificate.code}").answer
    assert again.json is not None and again.json["state"] == "revoked"
    for unknown in ("0" * 16, "khong-phai-ma", certificate.code[:15]):
        problem = stranger.get(f"/api/v1/certificates/{unknown}").answer
        assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")


# ── the office ──


def test_the_book_shows_ones_own_area(make: Make, as_office: Office) -> None:
    certified(learner(make))
    certified(learner(make, "Kim Sa Rinh", unit=ELSEWHERE, role="TTV"))
    page = as_office().get("/so-cap-giay")
    assert NAME in page.main and "1 giấy" in page.main
    assert "Sa Rinh" not in page.main
    assert "2 giấy" in as_office("administrator", unit=None).get("/so-cap-giay").main
    assert as_office("trainer", unit=None).get("/so-cap-giay").status == 403


def test_ones_own_paper_is_in_the_book_only_by_right_of_office(make: Make, as_office: Office) -> None:
    mine = learner(make, "Sơn Thị Ánh", unit=ELSEWHERE, role="CC_VHXH")
    certified(mine)
    assert "Chưa cấp giấy nào" in as_office(person_id=mine).get("/so-cap-giay").main


@pytest.mark.both
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"tim": "huynh ut"}, []),
        ({"tim": "huynh thi"}, ["0001/2026"]),
        ({"tim": "2/2026"}, ["0002/2026"]),
        ({"tim": "%"}, []),
        ({"tinh-trang": "revoked"}, ["0003/2026"]),
        ({"tinh-trang": "expired"}, ["0002/2026"]),
        ({"tinh-trang": "valid"}, ["0001/2026"]),
        ({"tinh-trang": "khac"}, ["0003/2026", "0002/2026", "0001/2026"]),
    ],
)
def test_the_book_is_searched_without_marks(
    make: Make, as_office: Office, query: dict[str, str], found: list[str]
) -> None:
    certified(learner(make))
    certified(learner(make, "Kim Sa Rinh"), date(2025, 10, 12))
    withdraw(certified(learner(make, "Đặng Văn Đạt")))
    page = as_office().get("/so-cap-giay", query_string=query)
    assert [f"{number:04}/2026" for number in (3, 2, 1) if f"{number:04}/2026" in page.main] == found


def test_the_book_is_searched_by_a_whole_code(make: Make, as_office: Office) -> None:
    certificate = certified(learner(make))
    certified(learner(make, "Kim Sa Rinh"))
    page = as_office().get("/so-cap-giay", query_string={"tim": show_code(certificate.code)})
    assert "1 giấy" in page.main and NAME in page.main


def test_the_book_is_turned_page_by_page(make: Make, as_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.certificates.queries.register.PAGE", 2)
    person = learner(make)
    for _ in range(3):
        certified(person)
    office = as_office()
    first = office.get("/so-cap-giay")
    assert "3 giấy" in first.main and "0002/2026" in first.main and "0001/2026" not in first.main
    second = office.get("/so-cap-giay?sau=0002/2026")
    assert "0001/2026" in second.main and "0003/2026" not in second.main
    assert "Những giấy cấp trước đó" not in second.main


def test_who_waits_and_why_stands_under_the_book(make: Make, as_office: Office) -> None:
    passed(learner(make))
    reported = learner(make, "Kim Sa Rinh")
    passed(reported)
    said(reported, "wrong")
    passed(learner(make, "Lê Thị Nơi Khác", unit=ELSEWHERE, role="TTV"))
    page = as_office().get("/so-cap-giay")
    assert f'href="/nguoi/{reported}"' in page.html
    assert "2 giấy đang chờ vì tên in trên giấy" in page.main
    assert "Chưa xác nhận tên" in page.main
    assert "Báo sai ngày 24/11/2026 Sai tên" in page.main
    assert "Nơi Khác" not in page.main
    seen = as_office("inspector").get("/so-cap-giay").main
    assert "Báo sai ngày 24/11/2026" in seen and "Sai tên" not in seen, "her words are for who may put it right"


@pytest.mark.both
def test_the_export_is_the_filtered_book_with_text_as_text(make: Make, as_office: Office) -> None:
    certified(learner(make, "=HYPERLINK(1)", phone="+84912345678"))
    certified(learner(make, "Kim Sa Rinh"))
    certified(learner(make, "Lê Thị Nơi Khác", unit=ELSEWHERE, role="TTV"))
    answer = as_office().get("/so-cap-giay.xlsx?tim=hyperlink").answer
    assert answer.headers["Content-Disposition"] == "attachment; filename=so-cap-giay-2026-11-24.xlsx"
    sheet = load_workbook(io.BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "Sổ cấp giấy chứng nhận"
    assert "người xuất: Sơn Thị Ánh" in rows[1][0]
    heading = next(row for row in rows if row[0] == "Số vào sổ")
    (entry,) = rows[rows.index(heading) + 1 :]
    assert dict(zip(heading, entry, strict=True))["Họ và tên"] == "=HYPERLINK(1)"
    assert sheet.cell(rows.index(entry) + 1, 3).data_type == "s"
    assert entry[:2] == ["0001/2026", datetime(2026, 11, 24)]
    told = dict(zip(heading, entry, strict=True))
    assert (told["Ngày, năm sinh"], told["Bản"]) == (1971, 2)
    assert (told["Số tiết trực tuyến"], told["Số tiết tập trung"]) == (8, 0)
    assert "912345678" not in str(rows)
    assert "certificates.exported" in set(db.session.scalars(select(AuditEntry.action)))


@pytest.mark.attack("S40")
def test_revoking_asks_first_and_then_shows_everywhere(make: Make, as_office: Office, stranger: Visitor) -> None:
    certificate = certified(learner(make))
    office, path = as_office(), f"/giay-chung-nhan/{certificate.code}"
    assert f"{path}/thu-hoi" in office.get(path).html
    assert "Thu hồi giấy số 0001/2026?" in office.get(f"{path}/thu-hoi").main
    assert one(certificate.id).revoked_at is None
    assert office.post(f"{path}/thu-hoi", {"why": " "}).status == 422
    answer = office.post(f"{path}/thu-hoi", {"why": "Thi hộ"})
    assert (answer.status, answer.location) == (303, path)
    page = office.get(path)
    assert "Giấy này đã bị thu hồi ngày 24/11/2026 Lý do: Thi hộ" in page.main
    assert f"{path}/thu-hoi" not in page.html
    assert "Đã thu hồi" in stranger.get(f"/c/{certificate.code}").main


def test_who_gets_no_page_to_revoke(make: Make, as_person: SignIn, as_office: Office) -> None:
    person = learner(make, "Sơn Thị Ánh", role="CC_VHXH", unit="vl/nguyet-hoa")
    certificate = certified(person)
    path = f"/giay-chung-nhan/{certificate.code}/thu-hoi"
    own = as_office(person_id=person)
    assert own.get(path).status == 303
    assert own.post(path, {"why": "Tự thu hồi"}).status == 403
    assert as_office("inspector").post(path, {"why": "Không được"}).status == 403
    assert as_office(unit=ELSEWHERE).post(path, {"why": "Không được"}).status == 404
    assert as_person(learner(make)).post(path, {"why": "Không được"}).status == 403
    assert one(certificate.id).revoked_at is None


# ── a replacement ──


def test_the_office_sees_what_will_change_and_issues_the_new_paper(
    make: Make, as_office: Office, as_person: SignIn, stranger: Visitor
) -> None:
    person = learner(make, "Huỳnh Thị Úc")
    wrong = certified(person)
    office, me = as_office(), as_person(person)
    url = f"/giay-chung-nhan/{wrong.code}/thay"
    assert "Sổ đang ghi đúng như trên giấy" in office.get(url).main
    assert office.post(url).status == 409
    rename(person, NAME)
    assert "Cấp giấy thay" in office.get(f"/giay-chung-nhan/{wrong.code}").main
    asked = office.get(url).main
    assert "Huỳnh Thị Úc" in asked and NAME in asked
    done = office.post(url)
    new = certificates()[1]
    assert (done.status, done.location) == (303, f"/giay-chung-nhan/{new.code}")
    old_page = office.get(f"/giay-chung-nhan/{wrong.code}").main
    assert "Giấy này đã có giấy thay ngày 24/11/2026" in old_page
    assert "Mở giấy số 0002/2026" in old_page and "Thu hồi giấy này" not in old_page
    assert office.get(url).location == f"/giay-chung-nhan/{wrong.code}"
    assert office.post(url).status == 409
    assert "Thay giấy số 0001/2026" in office.get(f"/giay-chung-nhan/{new.code}").main
    assert "Đã có giấy thay" in me.get("/ho-so").main
    assert "Đã có giấy thay" in office.get("/so-cap-giay?tinh-trang=replaced").main
    assert "0002/2026" not in office.get("/so-cap-giay?tinh-trang=replaced").main
    checked = stranger.get(f"/c/{wrong.code}").main
    assert "Đã có giấy thay" in checked
    assert "Người học Khóa" not in checked and "Ú" not in checked and new.code not in checked


def test_a_replacement_is_for_managers_of_the_area(make: Make, as_office: Office, as_person: SignIn) -> None:
    person = learner(make, "Huỳnh Thị Úc")
    url = f"/giay-chung-nhan/{certified(person).code}/thay"
    rename(person, NAME)
    for nobody, status in (
        (as_person(person), 403),
        (as_office("inspector"), 403),
        (as_office("trainer"), 403),
        (as_office(unit=ELSEWHERE), 404),
    ):
        assert nobody.get(url).status == status
        assert nobody.post(url).status == status
    assert len(certificates()) == 1
