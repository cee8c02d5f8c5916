"""The page of one import: every question until it is written, every row always, and what comes after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import time_machine
from sqlalchemy import event

from lms.db import db
from lms.people.roster.questions import questions_once
from lms.people.roster.staging import rows_of
from tests.factories import Make
from tests.people.conftest import Office, register
from tests.people.lists import answered, confirmed, entered, person, staged
from tests.people.test_pages import fields, upload

A, B = "0912 345 678", "0912 345 112"


@pytest.fixture(autouse=True)
def in_november() -> object:
    with time_machine.travel("2026-11-24T03:00Z") as clock:
        yield clock


def url(import_id: int, tab: str = "") -> str:
    return f"/danh-sach/{import_id}" + (f"?muc={tab}" if tab else "")


def test_an_answer_about_a_person_can_be_seen_and_changed_until_it_is_written(office: Office, ward: int) -> None:
    entered(ward, person(phone=B))
    import_id = staged(ward, person(phone=A), day=date(2026, 4, 1))
    office.post(f"{url(import_id)}/quyet-dinh", fields(office.get(url(import_id)).source, "Cùng một người"))
    page = office.get(url(import_id, "ask"))
    assert "Đã trả lời 1 / 1 câu" in page.text and "còn đổi được" in page.text
    office.post(f"{url(import_id)}/quyet-dinh", fields(page.source, "Hai người khác nhau"))
    assert "Người mới (1)" in office.get(url(import_id)).text
    confirmed(import_id)
    assert len(register()) == 2


def test_an_answer_that_added_a_hamlet_can_be_changed(office: Office, ward: int) -> None:
    import_id = staged(ward, person(place="Khóm 8"), person("Lê Thị An", place="Khóm 8"))
    answered(import_id, 2, "unit", "unit:new")
    page = office.get(url(import_id))
    assert "Đã trả lời 1 / 1 câu" in page.text and "Người mới (2)" in page.text
    office.post(f"{url(import_id)}/quyet-dinh", fields(page.source, "Ghi chung ở"))
    confirmed(import_id)
    assert {held.unit_id for held in register()} == {ward}


def test_an_option_ticked_later_wins_over_a_free_choice_of_before(office: Office, ward: int) -> None:
    import_id = staged(ward, person(place="Khóm Chùa"))
    name = re.search(r'<select name="(f-[^"]+)"', office.get(url(import_id)).source)[1]  # type: ignore[index]
    row_id = rows_of(import_id)[0].id
    four = next(
        place for place in re.findall(r'<option value="(\d+)"', office.get(url(import_id)).source) if int(place) != ward
    )
    office.post(f"{url(import_id)}/quyet-dinh", {name: four, f"q-{row_id}-unit": "later"})
    page = office.get(url(import_id))
    kept = re.search(r'<select name="(g-[^"]+)"', page.source)[1]  # type: ignore[index]
    assert f'value="{four}" selected' in page.source and "checked" not in page.source
    office.post(f"{url(import_id)}/quyet-dinh", {kept: four, f"q-{row_id}-unit": f"unit:{ward}"})
    assert rows_of(import_id)[0].decision == {"unit": f"unit:{ward}"}


def test_a_question_that_several_rows_ask_stands_once_and_names_the_others(office: Office, ward: int) -> None:
    rows = [person(place="Khóm 8"), person("Lê Thị An", place="Khóm 8", phone="9,12E+08"), person("Lý Văn Ba")]
    import_id = staged(ward, *rows)
    page = office.get(url(import_id))
    assert "Còn 2 câu" in page.text and "2 câu hỏi" in page.text and "Đã trả lời 0 / 2 câu" in page.text
    assert page.source.count("<fieldset") == 2 and "dùng chung cho cả dòng 3" in page.text


def test_every_row_is_found_with_what_it_was_taken_as(office: Office, ward: int) -> None:
    entered(ward, person("Kim Thị Út"))
    rows = [person(f"Lê Thị {letter}") for letter in "ABCDEGHKLMNOPQRSTUVX"]
    rows += [person(f"Lý Văn {letter}") for letter in "ABCDEGHKLMNOPQRSTUVX"]
    rows += [person(f"Sơn Văn {letter}", place="Khóm 8") for letter in "ABCDEGHKLMN"]
    import_id = staged(ward, *rows, person("Kim Thị Út"), person("12345"), day=date(2026, 4, 1))
    page = office.get(url(import_id, "all"))
    for words in (
        "Tất cả các dòng (53)",
        "Người mới (40)",
        "Chờ câu trả lời (11)",
        "Không đổi (1)",
        "Không nhận được (1)",
    ):
        assert words in page.text
    assert "1 đến 50 trong 53" in page.text and page.source.count('data-label="Dòng"') == 50
    following = re.search(rf'href="({re.escape(url(import_id, "all"))}&tu=51)"', page.source)[1]  # type: ignore[index]
    assert office.get(following).source.count('data-label="Dòng"') == 3
    assert office.get(url(import_id, "open")).source.count('data-label="Dòng"') == 11
    assert "“Khóm 8” là nơi nào? Chưa trả lời" in office.get(url(import_id, "open")).text
    assert office.get(url(import_id, "all&tu=999")).status == 200


def test_pages_of_questions_follow_each_other(office: Office, ward: int) -> None:
    import_id = staged(ward, *(person(f"Lê Thị {letter}", phone="9,12E+08") for letter in "ABCDEGHKLMNOPQRSTUVXY"))
    page = office.get(url(import_id))
    assert page.source.count("<fieldset") == 20 and "1 đến 20 trong 21" in page.text
    assert office.get(url(import_id, "ask&tu=21")).source.count("<fieldset") == 1


def test_what_was_written_is_said_in_words_with_the_next_steps(office: Office, ward: int) -> None:
    entered(ward, person(), person("Lê Thị An"), person("Lý Văn Bỏ"))
    rows = [person(phone=A), person("Lê Thị An"), person("Kim Thị Mới"), person("Sơn Văn Chờ", phone="9,12E+08")]
    import_id = staged(ward, *rows, day=date(2026, 4, 1))
    page = office.get(office.post(f"{url(import_id)}/ghi-vao-so").location)
    assert "Người mới 1 người Cập nhật 1 người Không đổi 1 người" in page.text
    assert "1 dòng còn chờ câu trả lời" in page.text and "không còn trong danh sách" in page.text
    assert "In thẻ cho 1 người mới" in page.text and f"danh-sach={import_id}" in page.source
    assert 'type="radio"' not in page.source and "Hoàn tác cả danh sách" in page.text
    answered(import_id, 5, "phone", "empty")
    page = office.get(url(import_id))
    assert "1 dòng đã trả lời xong, có thể ghi thêm" in page.text
    office.post(f"{url(import_id)}/ghi-vao-so")
    page = office.get(url(import_id, "ask"))
    assert "Người mới 2 người" in page.text and "câu hỏi" not in page.text and 'type="radio"' not in page.source


def test_a_row_that_was_set_aside_can_still_be_taken(office: Office, ward: int) -> None:
    import_id = staged(ward, person(phone="9,12E+08"), person("Lê Thị An"))
    answered(import_id, 2, "phone", "skip")
    confirmed(import_id)
    assert "1 dòng Anh/Chị đã bỏ qua" in office.get(url(import_id)).text
    page = office.get(url(import_id, "skip"))
    link = re.search(rf'href="({re.escape(url(import_id, "ask"))}&tu=\d+)"', page.source)[1]  # type: ignore[index]
    office.post(f"{url(import_id)}/quyet-dinh", fields(office.get(link).source, "để trống số"))
    office.post(f"{url(import_id)}/ghi-vao-so")
    assert len(register()) == 2 and "bỏ qua" not in office.get(url(import_id)).text


def test_a_page_of_before_saved_as_it_was_is_no_error(office: Office, ward: int) -> None:
    import_id = staged(ward, person(phone="9,12E+08"))
    answer = fields(office.get(url(import_id)).source, "để trống số")
    office.post(f"{url(import_id)}/quyet-dinh", answer)
    confirmed(import_id)
    assert office.post(f"{url(import_id)}/quyet-dinh", answer).status == 303
    changed = dict.fromkeys(answer, "skip")
    assert office.post(f"{url(import_id)}/quyet-dinh", changed).status == 409


def test_nothing_is_asked_and_nobody_is_linked_after_undoing(office: Office, ward: int) -> None:
    import_id = staged(ward, person(phone="9,12E+08"), person("Lê Thị An"))
    confirmed(import_id)
    office.post(f"{url(import_id)}/hoan-tac")
    page = office.get(url(import_id))
    assert 'type="radio"' not in page.source and "Tất cả các dòng (2)" in page.text
    assert 'href="/nguoi/' not in page.source.partition("<main")[2]


def test_undoing_says_who_stays_and_asks_again_if_that_changed(office: Office, make: Make, ward: int) -> None:
    import_id = entered(ward, person(), person("Lê Thị An"))
    before = office.get(f"{url(import_id)}/hoan-tac")
    assert "Hoàn tác danh sách" in before.text and 'name="giu"' not in before.source
    make.achievement(rows_of(import_id)[0].effect["person"], date(2026, 3, 9))
    refused = office.post(f"{url(import_id)}/hoan-tac")
    assert refused.status == 409 and 'role="alert"' in refused.source
    assert "1 người đã có kết quả học: ở lại trong sổ" in refused.text and "giữ lại 1 người này" in refused.text
    assert office.post(f"{url(import_id)}/hoan-tac", {"giu": "1"}).status == 303
    assert [held.name for held in register()] == ["Nguyễn Thị Hòa"]


# ── who is missing ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_the_places_and_roles_of_the_list_are_missed(office: Office, ward: int) -> None:
    elsewhere, other_role = person("Lý Văn Xa", place="Khóm 5"), person("Lý Văn Khác", role="HGV")
    entered(ward, person(), person("Lê Thị An"), elsewhere, other_role)
    import_id = entered(ward, person(), day=date(2026, 4, 1))
    page = office.get(url(import_id, "missing"))
    assert "Không còn trong danh sách (1)" in page.text and "Lê Thị An" in page.text
    assert "Lý Văn" not in page.text and "danh sách có người: Khóm 4." in page.text


# ── uploading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_day_of_a_list_is_for_the_manager_to_say(office: Office, make: Make) -> None:
    field = re.search(r'<input[^>]*name="list_date"[^>]*>', office.get("/danh-sach/moi").source)
    assert field and 'value=""' in field[0]
    rows = "STT;Họ và tên;Năm sinh;Khóm;Chức danh\n1;Lê Thị An;1968;Khóm 4;HGV\n".encode()
    assert "Anh/Chị chưa ghi ngày" in upload(office, rows, make, day="", name="ds.csv").text  # type: ignore[attr-defined]
    late = upload(office, rows, make, day="24/12/2026", name="ds.csv")
    assert "Danh sách đúng đến ngày nào : Ngày 24/12/2026 chưa tới" in late.text  # type: ignore[attr-defined]


def test_a_list_of_hundreds_is_shown_in_pages_with_few_statements(office: Office, ward: int) -> None:
    import_id = staged(ward, *(person(f"Lê Thị {number_name(n)}", phone="9,12E+08") for n in range(400)))
    assert len(questions_once(rows_of(import_id))) == 400
    db.session.rollback()
    for tab, shown, most in (("ask", "<fieldset", 20), ("all", 'data-label="Dòng"', 50)):
        statements: list[str] = []
        with counting(statements):
            page = office.get(url(import_id, tab))
        assert page.source.count(shown) == most and len(page.source) < 150_000
        assert 0 < len(statements) < 40


@contextmanager
def counting(statements: list[str]) -> Iterator[None]:
    def note(*call: Any) -> None:
        statements.append(call[2])

    event.listen(db.engine, "before_cursor_execute", note)
    yield
    event.remove(db.engine, "before_cursor_execute", note)


def number_name(number: int) -> str:
    return " ".join("ABCDEGHKLM"[int(digit)].lower().title() + "a" for digit in f"{number:03}")
