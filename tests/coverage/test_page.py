"""The manager's page: the figure of the own area, what to do next, and questions that cannot be answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from lms.accounts.models import Grant
from lms.db import db, utc_now
from lms.people.models import RosterConfirmation
from lms.text.dates import add_months, show_date
from tests.certificates.people import Visitor
from tests.coverage.conftest import OTHER, WARD, Ward
from tests.factories import Make

Office = Callable[..., Visitor]
pytestmark = pytest.mark.both


def test_the_headline_is_of_the_own_area(ward: Ward, as_office: Office) -> None:
    page = as_office().get("/ty-le").main
    assert "Phường Nguyệt Hóa (trong 4 phường hiện nay)" in page
    assert "2 / 5 người = 40,0 %" in page.replace("\xa0", " ")
    assert "Còn thiếu 3 người để đạt 90 %" in page
    assert "lũy kế từ 13/01/2022: 3 / 5 = 60,0 %" in page.replace("\xa0", " ")
    assert "3 người chưa đạt , trong đó 1 người nhận nhiệm vụ dưới 90 ngày" in page
    assert "Phường Hòa Thuận" not in page


def test_who_sees_everything_sees_the_whole_scope(ward: Ward, as_office: Office) -> None:
    page = as_office("inspector", unit=None).get("/ty-le").main
    assert "2 / 6 người" in page
    assert "Phường Hòa Thuận" in page


def test_a_line_is_named_and_counted_alone(ward: Ward, as_office: Office) -> None:
    page = as_office(line="justice").get("/ty-le").main
    assert "ngành Tư pháp" in page
    assert "2 / 3 người" in page


@pytest.mark.attack("S42")
def test_an_own_post_elsewhere_adds_nobody(ward: Ward, as_office: Office) -> None:
    assert "2 / 5 người" in as_office(person_id=ward.elsewhere).get("/ty-le").main


@pytest.mark.parametrize("capability", ["learner", "trainer", "organiser"])
def test_others_may_not_enter(ward: Ward, as_office: Office, capability: str) -> None:
    visitor = as_office(capability, person_id=ward.valid)
    for url in ("/ty-le", "/ty-le/nguoi", "/ty-le.xlsx", "/ty-le/nguoi.xlsx", "/ty-le/nguoi/in", "/api/v1/coverage"):
        assert visitor.get(url).status == 403


def test_an_administrator_reads_the_sums_and_no_names(ward: Ward, as_office: Office) -> None:
    """The register is closed to them, so its lists are not open by the way of a figure."""
    visitor = as_office("administrator")
    page = visitor.get("/ty-le")
    assert "2 / 5 người" in page.main and "3 người chưa đạt" in page.main
    assert "/ty-le/nguoi" not in page.html
    assert visitor.get("/ty-le.xlsx").status == 200
    for url in ("/ty-le/nguoi", "/ty-le/nguoi.xlsx", "/ty-le/nguoi/in"):
        assert visitor.get(url).status == 403
    assert "/ty-le/nguoi" in as_office("inspector").get("/ty-le").html


def test_a_second_right_to_sums_adds_no_names(ward: Ward, make: Make, app: Flask) -> None:
    both = make.account("Sơn Thị Hai Việc", capability="manager", unit=WARD)
    with db.write() as session:
        everywhere = Grant(account_id=both, capability="administrator", valid_from=date(2025, 7, 1), granted_by="test")
        session.add(everywhere)
    visitor = Visitor(app, both)
    assert "2 / 6 người" in visitor.get("/ty-le").main
    listed = visitor.get("/ty-le/nguoi").main
    assert "5 người" in listed and "Ở Xa" not in listed
    assert "Ở Xa" not in visitor.get("/ty-le/nguoi/in?mau=ky-ten").main


def test_the_other_basis_turns_the_headline(ward: Ward, as_office: Office) -> None:
    page = as_office().get("/ty-le?cach=luy-ke").main
    assert "3 / 5 người" in page
    assert "Còn thiếu 2 người" in page


@pytest.mark.parametrize(("field", "text"), [("ngay", "31/02/2026"), ("biet", "hôm qua"), ("ngay", "00/00/0000")])
def test_a_date_that_is_none_is_said_and_stays_in_the_field(as_office: Office, field: str, text: str) -> None:
    page = as_office().get("/ty-le", query_string={field: text})
    assert page.status == 400
    assert f"Ngày “{text}” không có trong lịch" in page.main
    assert f'value="{text}"' in page.html
    assert "người =" not in page.main


def test_an_unknown_area_is_said(as_office: Office) -> None:
    page = as_office().get("/ty-le?dia-ban=khong-co")
    assert page.status == 400
    assert "Không có địa bàn nào tên “khong-co”" in page.main


def test_nobody_to_count_is_a_dash_and_something_to_do(as_office: Office) -> None:
    page = as_office().get("/ty-le")
    assert page.status == 200
    assert "—" in page.main
    assert "Nhập danh sách của phường" in page.main


def test_what_to_do_next_leads_to_exactly_those_people(ward: Ward, as_office: Office) -> None:
    visitor = as_office()
    page = visitor.get("/ty-le").html
    soon = re.search(r'href="([^"]*tt=expiring[^"]*)">1 người sắp hết hạn', page)
    lowest = re.search(r'href="([^"]*tt=missing[^"]*)">Khóm 40, Phường Nguyệt Hóa: 2 / 4 người', page)
    assert soon and lowest
    people = visitor.get(soon[1]).main
    assert "1 người Hết hạn đến ngày" in people
    assert "Lê Văn An" in people
    assert "2 người Chưa đạt" in visitor.get(lowest[1]).main


def test_lists_nobody_confirmed_and_the_oldest_confirmation(ward: Ward, make: Make, as_office: Office) -> None:
    visitor = as_office()
    assert "Phường Nguyệt Hóa (chưa lần nào)" in visitor.get("/ty-le").main
    day = ward.today - timedelta(days=10)
    unit_id = make.unit_id(WARD)
    with db.write() as session:
        for line in ("family", "justice"):
            session.add(RosterConfirmation(unit_id=unit_id, line=line, as_of=day, people=5, confirmed_by="test"))
    assert "chưa lần nào" in visitor.get("/ty-le").main
    with db.write() as session:
        old = add_months(ward.today, -3)
        session.add(RosterConfirmation(unit_id=unit_id, line=None, as_of=old, people=5, confirmed_by="test"))
    page = visitor.get("/ty-le").main
    assert "chưa lần nào" not in page
    assert f"ít nhất đến ngày {show_date(old)}" in page


def test_departures_written_down_of_late(ward: Ward, make: Make, as_office: Office) -> None:
    gone, moved = make.person(), make.person()
    last = ward.today - timedelta(days=40)
    for person in (gone, moved):
        make.assignment(person, "TTV", WARD, ward.today - timedelta(days=900), last)
    make.assignment(moved, "HGV", WARD, ward.today - timedelta(days=39))
    old = utc_now() - timedelta(days=31)
    make.assignment(make.person(), "TTV", WARD, ward.today - timedelta(days=900), last, recorded_at=old)
    assert "sổ ghi 1 người thôi nhiệm vụ" in as_office().get("/ty-le").main


def test_the_hamlets_of_the_ward_asked_for(ward: Ward, make: Make, as_office: Office) -> None:
    page = as_office("inspector", unit=None).get(f"/ty-le?phuong={make.unit_id(OTHER)}").main
    assert "Phường Hòa Thuận, theo khóm" in page
    assert "Cấp phường 0 / 1" in page


def test_figures_of_last_month_stay_when_somebody_passes_today(ward: Ward, make: Make, as_office: Office) -> None:
    visitor, month_ago = as_office(), show_date(ward.today - timedelta(days=30))
    before = visitor.get(f"/ty-le?ngay={month_ago}").main.partition("Nên làm")[0]
    make.achievement(ward.never, ward.today)
    assert "3 / 5 người" in visitor.get("/ty-le").main
    assert visitor.get(f"/ty-le?ngay={month_ago}").main.partition("Nên làm")[0] == before


def test_a_day_that_has_not_come_says_so_and_gives_no_advice(ward: Ward, as_office: Office) -> None:
    visitor, day = as_office(), show_date(ward.today + timedelta(days=1))
    page = visitor.get(f"/ty-le?ngay={day}").main
    assert f"Ngày này chưa tới: tính theo những gì đã ghi đến ngày {show_date(ward.today)}, giấy hết hạn dần." in page
    assert "Nên mở một lớp" not in page and "Nên mời từng người" not in page and "Nên làm tiếp" not in page
    assert "Xuất số liệu ra Excel" in page
    assert "Ngày này chưa tới" in visitor.get(f"/ty-le/nguoi?ngay={day}").main
    assert "Ngày này chưa tới" in visitor.get(f"/ty-le/nguoi/in?ngay={day}").main
    ever = visitor.get(f"/ty-le?ngay={day}&cach=luy-ke").main
    assert "Ngày này chưa tới" in ever and "giấy hết hạn dần" not in ever
    assert "chưa tới" not in visitor.get("/ty-le").main


def test_both_numbers_of_the_headline_lead_to_their_people(ward: Ward, as_office: Office) -> None:
    visitor = as_office()
    page = visitor.get("/ty-le").html
    trained, counted = re.findall(r'<a href="([^"]+)">(?:2|5)</a>', page.partition('class="stat"')[2])[:2]
    assert "2 người Đã đạt" in visitor.get(trained.replace("&amp;", "&")).main
    assert "5 người Tất cả người được đếm" in visitor.get(counted.replace("&amp;", "&")).main


def test_the_area_on_a_day_before_its_ward_existed(ward: Ward, as_office: Office) -> None:
    page = as_office().get("/ty-le?ngay=30/06/2025").main
    assert "Các nơi nay thuộc Phường Nguyệt Hóa (trong địa bàn của 4 phường hiện nay), đến ngày 30/06/2025" in page
