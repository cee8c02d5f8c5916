"""The people behind each cell: as many rows as the cell says, their proof, their order, as files and on paper."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from lms.access import SYSTEM
from lms.audit.models import AuditDetail, AuditEntry
from lms.courses.models import Course, Edition, Enrolment, Lesson, LessonProgress, Module
from lms.coverage.answers import DIMENSIONS, answer, question
from lms.coverage.facts import facts
from lms.coverage.people import Wanted, page_of, people_of
from lms.coverage.views import cell
from lms.db import db, utc_now
from lms.people.models import PersonMerge
from lms.quizzes.models import Attempt, Quiz
from lms.text.dates import add_months, show_date
from tests.certificates.people import Visitor, certified
from tests.coverage.conftest import OTHER, WARD, Ward
from tests.factories import Make

Office = Callable[..., Visitor]
pytestmark = pytest.mark.both


@pytest.mark.parametrize("basis", ["valid", "ever"])
@pytest.mark.parametrize("by", [("unit", "role"), ("hamlet",), ("sex",), ("hamlet", "role")])
def test_every_cell_has_exactly_its_people(ward: Ward, by: tuple[str, ...], basis: str) -> None:
    asked = question()
    found = facts(SYSTEM, asked)
    rows = answer(SYSTEM, asked, by=by, basis=basis).rows
    assert rows
    for row in rows:
        where = tuple(zip(by, row.at, strict=True))
        listed = [len(people_of(found, asked, Wanted(where, state, basis))) for state in ("counted", "trained")]
        assert listed == [row.cell.counted, row.cell.trained(basis)]


def test_the_list_names_posts_training_and_state(ward: Ward, as_office: Office) -> None:
    page = as_office().get("/ty-le/nguoi").main
    names = ["Lê Văn An", "Lê Thị Ân", "Bùi Văn Dũng", "Thạch Thị Đa", "Đặng Thị Út"]
    assert sorted(names, key=page.index) == names
    assert "Cộng tác viên dân số" in page
    assert "Khóm 40, Phường Nguyệt Hóa" in page
    assert "Học tại lớp: Lớp mẫu" in page
    assert "Chưa học" in page
    assert "Nhận nhiệm vụ dưới 90 ngày" in page
    assert "Ở Xa" not in page


def test_a_certificate_is_shown_as_proof(make: Make, as_office: Office) -> None:
    person = make.person("Huỳnh Thị Út", birth_date=date(1971, 1, 1), birth_precision="year", sex="nu")
    make.assignment(person, "CTV_DS", WARD, date(2025, 7, 1))
    certificate = certified(person)
    page = as_office().get("/ty-le/nguoi?tt=trained").html
    assert f'href="/giay-chung-nhan/{certificate.code}"' in page


def test_a_role_and_a_unit_narrow_the_list(ward: Ward, make: Make, as_office: Office) -> None:
    visitor = as_office()
    assert "3 người" in visitor.get(f"/ty-le/nguoi?noi={ward.khom}&vai=HGV").main
    assert "1 người Chưa đạt" in visitor.get(f"/ty-le/nguoi?noi={ward.khom}&vai=HGV&tt=missing").main
    assert "2 người" in visitor.get(f"/ty-le/nguoi?noi={make.unit_id(WARD)}&cap=phuong").main
    assert "Không có ai trong ô này" in visitor.get(f"/ty-le/nguoi?noi={make.unit_id(OTHER)}").main


@pytest.mark.parametrize(
    ("query", "status"), [("noi=999999", 404), ("noi=x", 404), ("vai=KHONG", 404), ("ngay=30/02/2026", 400)]
)
def test_what_does_not_exist_is_said(as_office: Office, query: str, status: int) -> None:
    assert as_office().get(f"/ty-le/nguoi?{query}").status == status


def test_merged_people_are_one_row_with_all_their_posts(ward: Ward, make: Make, as_office: Office) -> None:
    other = make.person("Lê Thị Ân (trùng)")
    make.assignment(other, "TTV", WARD, date(2024, 1, 1))
    with db.write() as session:
        session.add(PersonMerge(person_id=other, into_id=ward.valid))
    page = as_office().get("/ty-le/nguoi").main
    assert "5 người" in page
    assert "trùng" not in page
    assert "Tuyên truyền viên" in as_office().get("/ty-le/nguoi?vai=CTV_DS&tt=trained").main


def test_a_record_that_stayed_outside_the_area_still_fills_its_row(ward: Ward, make: Make, as_office: Office) -> None:
    stayed, merged_in = make.person("Kim Sa Rinh"), make.person("Kim Sa Rinh cũ")
    make.assignment(merged_in, "TTV", WARD, date(2024, 1, 1))
    with db.write() as session:
        session.add(PersonMerge(person_id=merged_in, into_id=stayed))
    page = as_office().get("/ty-le/nguoi?vai=TTV").main
    assert "2 người" in page
    assert page.count("Kim Sa Rinh") == 1


def test_pages_by_key_hold_everybody_once(make: Make) -> None:
    ids = [make.person(name) for name in ("Lê Thị Ân", "Lê Văn An", "Bùi Văn Dũng", "Lê Văn An", "Đỗ Đạt")]
    seen: list[int] = []
    after = None
    while True:
        page = page_of(ids, after, size=2)
        assert (page.total, page.first) == (5, len(seen) + 1)
        seen += page.ids
        if (after := page.next_after) is None:
            break
    assert seen == [ids[1], ids[3], ids[0], ids[2], ids[4]]


def test_a_page_after_somebody_who_left_the_list_goes_on(make: Make) -> None:
    ids = [make.person(name) for name in ("Lê Văn An", "Lê Thị Ân", "Bùi Văn Dũng")]
    assert page_of(ids[:1] + ids[2:], after=ids[1], size=2).ids == (ids[2],)


def test_the_long_list_has_a_second_page(make: Make, as_office: Office) -> None:
    for number in range(53):
        make.assignment(make.person(f"Người Mẫu {number:02}"), "CTV_DS", WARD, date(2023, 1, 1))
    visitor = as_office()
    first = visitor.get("/ty-le/nguoi")
    assert "Người 1 đến 50 trong 53" in first.main
    link = first.html.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = visitor.get(link).main
    assert "Người 51 đến 53 trong 53" in second
    assert "Người Mẫu 52" in second


def test_finished_and_not_tried_is_found(ward: Ward, make: Make, as_office: Office) -> None:
    _study(ward.never, tried=False)
    _study(ward.fresh, tried=True)
    visitor = as_office()
    assert "1 người đã học xong, chưa thi" in visitor.get("/ty-le").main
    page = visitor.get("/ty-le/nguoi?tt=untested").main
    assert "1 người Đã học xong, chưa thi" in page
    assert "Thạch Thị Đa" in page


def _study(person: int, *, tried: bool) -> None:
    """Both lessons of the same edition finished; an attempt opened or not."""
    with db.write():
        edition = db.session.scalars(select(Edition)).first() or _edition()
        enrolment = _add(Enrolment(person_id=person, edition_id=edition.id, started_on=date(2026, 1, 1)))
        for lesson_id in db.session.scalars(select(Lesson.id)):
            _add(LessonProgress(enrolment_id=enrolment.id, lesson_id=lesson_id))
        if tried:
            quiz_id = db.session.scalars(select(Quiz.id)).one()
            where = {"person_id": person, "enrolment_id": enrolment.id, "quiz_id": quiz_id}
            _add(Attempt(ticket=f"ticket-{person}", number=1, items=[], **where))


def _edition() -> Edition:
    course = _add(Course(code="k1", folder="k1-mau", title="Khóa mẫu"))
    edition: Edition = _add(
        Edition(course_id=course.id, title="Khóa mẫu", front={}, tiet_online=8, tiet_in_person=0, validity_months=12)
    )
    module = _add(Module(edition_id=edition.id, position=1, folder="01", code="m1", title="M", body="", front={}))
    for position in (1, 2):
        _add(Lesson(module_id=module.id, position=position, file="x", title="Bài", body="", front={}, texts={}))
    _add(Quiz(edition_id=edition.id, title="Thi", slots=[], pass_percent=80, must_be_right=[]))
    return edition


def _add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def test_the_file_holds_the_question_and_every_row(ward: Ward, make: Make, as_office: Office) -> None:
    formula = make.person("=cmd|'/c calc'!A1")
    make.assignment(formula, "TTV", WARD, date(2024, 1, 1))
    answer_ = as_office().get("/ty-le/nguoi.xlsx?tt=missing").answer
    sheet = openpyxl.load_workbook(io.BytesIO(answer_.data)).active
    rows = list(sheet.iter_rows(values_only=True))
    head = next(at for at, row in enumerate(rows) if row[0] == "STT")
    assert sheet.freeze_panes == f"A{head + 2}"
    assert len(rows) - head - 1 == 4
    told = " ".join(str(row[0]) for row in rows[:head])
    assert "theo địa bàn ngày" in told
    assert "Phường Nguyệt Hóa" in told
    names = [cell for row in sheet.iter_rows(min_row=head + 2) for cell in row[1:2]]
    assert all(cell.data_type == "s" for cell in names)
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None and entry.action == "coverage.people_exported"


def test_numbers_and_days_in_the_file_are_real_ones(ward: Ward, make: Make, as_office: Office) -> None:
    born = make.person("Kim Sa Rinh", birth_date=date(1971, 1, 1), birth_precision="year")
    exactly = make.person("Kim Sa Rương", birth_date=date(1973, 6, 5), birth_precision="day")
    for person in (born, exactly):
        make.assignment(person, "TTV", WARD, date(2024, 1, 1))
    sheet = openpyxl.load_workbook(io.BytesIO(as_office().get("/ty-le/nguoi.xlsx").answer.data)).active
    rows = list(sheet.iter_rows(values_only=True))
    head = next(row for row in rows if row[0] == "STT")
    births = {row[1]: row[head.index("Ngày, năm sinh")] for row in rows}
    assert births["Kim Sa Rinh"] == 1971
    assert births["Kim Sa Rương"] == datetime(1973, 6, 5)
    assert "Hết hạn từ ngày" in head


def test_what_ran_out_says_from_which_day(ward: Ward, as_office: Office) -> None:
    day = show_date(add_months(ward.today - timedelta(days=500), 12))
    assert f"Hết hạn từ {day}" in as_office().get("/ty-le/nguoi").main


def test_the_proof_of_a_class_leads_back_to_the_list_with_its_dates(ward: Ward, as_office: Office) -> None:
    visitor = as_office()
    listed = "/ty-le/nguoi?ngay=" + (ward.today - timedelta(days=1)).strftime("%d/%m/%Y") + "&tt=trained"
    page = visitor.get(listed).html
    link = re.search(rf'href="(/nguoi/{ward.soon}/da-hoc[^"]*)"', page)
    assert link
    proof = visitor.get(html.unescape(link[1]))
    back = re.search(r'<a href="([^"]+)">Người đứng sau con số</a>', proof.html)
    assert back and html.unescape(back[1]).replace("%2F", "/") == listed


def test_the_list_to_sign_and_the_list_to_invite_by(ward: Ward, as_office: Office) -> None:
    visitor = as_office()
    signing = visitor.get("/ty-le/nguoi/in?mau=ky-ten&tt=missing").main
    assert "Ký tên" in signing
    assert "0912" not in signing
    inviting = visitor.get("/ty-le/nguoi/in?mau=thu-moi&tt=missing").main
    assert "0912 345 678" in inviting
    assert "0912 345 678" not in as_office("inspector", unit=None).get("/ty-le/nguoi/in?mau=thu-moi").main


def test_who_prints_a_list_is_recorded_as_who_takes_the_file(ward: Ward, as_office: Office) -> None:
    visitor = as_office()
    visitor.get("/ty-le/nguoi?tt=missing")
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("coverage."))).all() == []
    assert visitor.get("/ty-le/nguoi/in?mau=thu-moi&tt=missing").status == 200
    query = select(AuditEntry.action, AuditDetail.details).join(AuditDetail, AuditDetail.seq == AuditEntry.seq)
    action, told = db.session.execute(query.order_by(AuditEntry.seq.desc())).first() or ("", {})
    assert (action, told["sheet"], told["filter"]["tt"]) == ("coverage.people_printed", "thu-moi", "missing")


def test_a_list_too_long_to_print_says_where_to_get_it(
    ward: Ward, as_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cell, "MOST_PRINTED", 4)
    visitor = as_office()
    listed = visitor.get("/ty-le/nguoi")
    assert "/ty-le/nguoi/in" not in listed.html and "không quá 4 người" in listed.main
    refused = visitor.get("/ty-le/nguoi/in?mau=ky-ten")
    assert (refused.status, "Lê Văn An" in refused.main) == (409, False)
    assert "có 5 người" in refused.main and "Excel" in refused.main
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "coverage.people_printed")).all() == []
    assert visitor.get("/ty-le/nguoi/in?mau=ky-ten&tt=missing").status == 200


def test_the_list_stays_at_the_dates_of_the_question(ward: Ward, as_office: Office) -> None:
    earlier = (ward.today - timedelta(days=30)).strftime("%d/%m/%Y")
    page = as_office().get(f"/ty-le/nguoi?ngay={earlier}")
    assert "4 người" in page.main
    assert earlier in page.html.partition("nguoi.xlsx?")[2].partition('"')[0].replace("%2F", "/")


def test_dimensions_all_have_lists(ward: Ward) -> None:
    asked = question(known_on=utc_now())
    found = facts(SYSTEM, asked)
    for by in DIMENSIONS:
        for row in answer(SYSTEM, asked, by=(by,)).rows:
            assert len(people_of(found, asked, Wanted(((by, row.at[0]),)))) == row.cell.counted
