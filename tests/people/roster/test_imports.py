"""A list from file to register: staged, asked, confirmed. On both databases."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event
from werkzeug.exceptions import Forbidden, NotFound

from lms.access import SYSTEM, GrantValue, Viewer
from lms.access.current import act_as
from lms.audit import queries as audit
from lms.db import db
from lms.people.models import Person, RosterImport
from lms.people.operations import correct_person, end_post
from lms.people.operations.persons import PersonFacts
from lms.people.roster.confirming import confirm
from lms.people.roster.deciding import add_unknown_hamlets, decide, drop
from lms.people.roster.missing import missing
from lms.people.roster.results import Written, people_of_list, written_by
from lms.people.roster.staging import rows_of, stage
from lms.people.scope import unscoped
from lms.units.queries import find_units
from lms.web.refusals import Refusal
from tests.factories import Make
from tests.people.conftest import ELSEWHERE, Held, manager, register
from tests.people.lists import (
    LIST_DATE,
    Cells,
    answered,
    confirmed,
    entered,
    person,
    staged,
    taken,
    the_row,
    xlsx,
)

pytestmark = pytest.mark.both
LATER = date(2026, 4, 1)


def names() -> list[str]:
    return [held.name for held in register()]


def hamlet(name: str, ward: int) -> int:
    return find_units(name, ward, LIST_DATE)[0].unit_id


def test_staging_changes_nothing_and_keeps_the_file(app: Flask, ward: int) -> None:
    data = xlsx([person(phone="0912 345 678")])
    with db.write():
        roster = stage(data, "danh-sach.xlsx", LIST_DATE, ward)
    assert register() == [] and taken(roster.id) == ["new"]
    assert app.extensions["storage"].read(roster.file_key) == data
    assert the_row(roster.id).raw[1] == ["Họ và tên", "Nguyễn Thị Hòa"]


def test_confirming_makes_people_and_posts_from_the_day_of_the_list(ward: int) -> None:
    entered(ward, person(phone="0912 345 678"), person("Trần Văn Bình", "05/06/1971", role="HGV, TTV", sex="Nam"))
    four = hamlet("Khóm 4", ward)
    phones = ("+84912345678", None)
    assert register() == [
        Held("Nguyễn Thị Hòa", "1968-01-01 year", "nu", phones, "CTV_DS", four, LIST_DATE, None),
        Held("Trần Văn Bình", "1971-06-05 day", "nam", (None, None), "HGV", four, LIST_DATE, None),
        Held("Trần Văn Bình", "1971-06-05 day", "nam", (None, None), "TTV", four, LIST_DATE, None),
    ]
    assert audit.verify().faults == ()


def test_the_same_file_twice_is_the_same_import(ward: int) -> None:
    first = entered(ward, person())
    before = register()
    assert staged(ward, person()) == first
    outcome = confirmed(first)
    assert (outcome.applied.rows, outcome.waiting) == (0, 0) and register() == before


def test_the_same_people_in_another_file_change_nothing(ward: int) -> None:
    rows = [person(phone="0912 345 678"), person("Trần Văn Bình", 1971, role="HGV", sex="Nam")]
    entered(ward, *rows)
    before = register()
    again = entered(ward, *reversed(rows), day=LATER)
    assert taken(again) == ["same", "same"] and register() == before


def test_doubt_waits_for_an_answer_and_the_rest_is_entered(ward: int) -> None:
    entered(ward, person(phone="0912 345 112"))
    import_id = staged(ward, person(phone="0912 345 678"), person("Lý Thị Mới"), day=LATER)
    outcome = confirmed(import_id)
    assert (outcome.applied.people, outcome.waiting) == (1, 1)
    assert names() == ["Lý Thị Mới", "Nguyễn Thị Hòa"]
    answered(import_id, 2, "same_person", the_row(import_id).questions[0]["options"][0][0])
    assert confirmed(import_id).applied.updated == 1
    (hoa,) = [held for held in register() if held.name == "Nguyễn Thị Hòa"]
    assert hoa.phones == ("+84912345678", "+84912345112")


def test_two_people_of_one_name_year_and_hamlet_are_asked(ward: int) -> None:
    import_id = staged(ward, person(phone="0912 345 678"), person(phone="0912 345 112"))
    assert confirmed(import_id).waiting == 1
    answered(import_id, 3, "same_row", "different")
    confirmed(import_id)
    assert names() == ["Nguyễn Thị Hòa", "Nguyễn Thị Hòa"]


def test_an_answer_can_be_changed_until_it_is_entered(ward: int) -> None:
    import_id = staged(ward, person(phone="9,12E+08"))
    answered(import_id, 2, "phone", "skip")
    assert confirmed(import_id).applied.rows == 0
    answered(import_id, 2, "phone", "empty")
    assert confirmed(import_id).applied.people == 1
    with pytest.raises(Refusal, match="đã được ghi vào sổ"):
        answered(import_id, 2, "phone", "later")


def test_an_answer_that_is_none_is_refused(ward: int) -> None:
    import_id = staged(ward, person(phone="9,12E+08"))
    for kind, answer in (("phone", "perhaps"), ("sex", "nu")):
        with pytest.raises(Refusal, match="không có trong các lựa chọn"):
            answered(import_id, 2, kind, answer)


def test_one_answer_serves_all_rows_that_say_the_same(ward: int) -> None:
    import_id = staged(ward, *(person(f"Lê Thị {name}", place="Khóm Chùa") for name in ("An", "Ba", "Cúc")))
    answered(import_id, 2, "unit", f"unit:{hamlet('Khóm 5', ward)}")
    assert confirmed(import_id).applied.people == 3
    assert {held.unit_id for held in register()} == {hamlet("Khóm 5", ward)}


def test_hamlets_that_only_the_list_knows_can_be_added(ward: int) -> None:
    import_id = staged(
        ward, person(place="K 7"), person("Lê Thị An", place="Khóm 7"), person("Lê Thị Ba", place="Khóm 8")
    )
    assert taken(import_id) == ["ask", "ask", "ask"]
    with db.write():
        add_unknown_hamlets(import_id)
    assert [row.parsed["state"]["outcome"] for row in rows_of(import_id)] == ["new", "new", "new"]
    confirmed(import_id)
    seven, eight = hamlet("Khóm 7", ward), hamlet("Khóm 8", ward)
    assert sorted(held.unit_id for held in register()) == [seven, seven, eight]


def test_a_post_of_before_the_reform_is_not_doubled(make: Make, ward: int) -> None:
    person_id = make.person("Nguyễn Thị Hòa", birth_date=date(1968, 1, 1), birth_precision="year", sex="nu")
    make.assignment(person_id, "CTV_DS", "tv/p8/khom-4", date(2023, 1, 1))
    import_id = entered(ward, person(place="Khóm 13"))
    assert taken(import_id) == ["same"] and len(register()) == 1


def test_an_old_list_lands_in_the_units_of_its_own_day(make: Make, ward: int) -> None:
    import_id = staged(ward, person(place="Khóm 4 P8"), day=date(2024, 5, 1))
    confirmed(import_id)
    assert [held.unit_id for held in register()] == [make.unit_id("tv/p8/khom-4")]


def test_an_older_list_does_not_overwrite_a_later_correction(ward: int) -> None:
    entered(ward, person(phone="0912 345 678"))
    (person_id,) = db.session.scalars(unscoped(Person.__table__.select().with_only_columns(Person.id), "test"))
    db.session.rollback()
    with time_machine.travel("2026-05-10T03:00Z"), db.write():
        correct_person(person_id, PersonFacts("Nguyễn Thị Hòa", phone="+84987654321"))
    import_id = staged(ward, person(phone="0912 345 678"), day=LATER)
    answered(import_id, 2, "same_person", f"person:{person_id}")
    confirmed(import_id)
    assert register()[0].phones == ("+84987654321", "+84912345678")


def test_an_older_list_does_not_bring_back_who_left_since(make: Make, ward: int) -> None:
    entered(ward, person())
    post_id = the_row(1).effect["posts"][0]
    with time_machine.travel("2026-06-01T03:00Z"), db.write():
        end_post(post_id, date(2026, 3, 20))
    import_id = entered(ward, person(), day=LATER)
    assert taken(import_id) == ["ask"] and register()[0].last_day == date(2026, 3, 20)


def test_the_register_may_change_between_looking_and_confirming(ward: int) -> None:
    first = staged(ward, person(phone="0912 345 678"))
    entered(ward, person(phone="0912 345 678"), person("Lê Thị An"), day=LATER)
    with db.write():
        outcome = confirm(first)
    assert outcome.moved == 1 and outcome.applied.rows == 0
    assert confirmed(first).applied.rows == 1
    assert names() == ["Lê Thị An", "Nguyễn Thị Hòa", "Nguyễn Thị Hòa"]  # one person, two spells of one post


def test_our_own_export_is_recognised_by_its_hidden_key(ward: int) -> None:
    entered(ward, person(phone="0912 345 678"))
    row_key = db.session.scalars(unscoped(Person.__table__.select().with_only_columns(Person.row_key), "test")).one()
    db.session.rollback()
    headings = ("STT", "Họ và tên", "Năm sinh", "Khóm", "Chức danh", "Điện thoại", "Mã dòng")
    rows = [("Nguyễn Thị Hòa", 1958, "Khóm 4", "CTV DS", "0987 654 321", row_key)]
    with db.write():
        import_id = stage(xlsx(rows, headings), "xuat.xlsx", LATER, ward).id
    assert taken(import_id) == ["update"]
    confirmed(import_id)
    (held,) = register()
    assert held.birth == "1958-01-01 year" and held.phones == ("+84987654321", "+84912345678")


def test_a_place_that_is_known_is_offered_where_only_the_ward_beside_it_is_unclear(make: Make, ward: int) -> None:
    headings = ("STT", "Họ và tên", "Năm sinh", "Khóm", "Phường", "Chức danh")
    with db.write():
        import_id = stage(xlsx([("Lê Thị An", 1970, "Khóm 4", "nt", "HGV")], headings), "ds.xlsx", LIST_DATE, ward).id
    (question,) = the_row(import_id).questions
    offered = [answer for answer, _ in question["options"]]
    known = the_row(import_id).parsed["units"]["sure"]
    assert offered == [f"unit:{known}", f"unit:{ward}", "skip"]


def test_a_column_of_mixed_dates_is_asked_about_once(ward: int) -> None:
    births = (date(1973, 6, 5), "5.6.1973", "05-6-1974", "25/12/1980")
    import_id = staged(
        ward,
        *(
            person(name, birth)
            for name, birth in zip(("Lê Thị An", "Kim Thị Út", "Sơn Văn Ba", "Lý Thị Tư"), births, strict=True)
        ),
    )
    assert taken(import_id) == ["ask", "ask", "ask", "new"]
    answered(import_id, the_row(import_id).row_no, "birth", "year")
    outcome = confirmed(import_id)
    assert (outcome.applied.rows, outcome.waiting) == (4, 0)
    assert sorted(held.birth for held in register()) == [
        "1973-01-01 year",
        "1973-01-01 year",
        "1974-01-01 year",
        "1980-12-25 day",
    ]


def test_who_is_missing_is_listed_and_nobody_is_ended(make: Make, ward: int) -> None:
    entered(ward, person(phone="0912 345 678"), person("Lê Thị An"), person("Kim Thị Út", role="HGV"))
    before = register()
    import_id = entered(ward, person(phone="0912 345 678"), day=LATER)
    roster = db.session.get_one(RosterImport, import_id)
    absent = missing(roster, rows_of(import_id), SYSTEM)
    assert [(one.full_name, one.role) for one in absent] == [("Lê Thị An", "Cộng tác viên dân số")]
    db.session.rollback()
    assert register() == before


def test_who_is_still_asked_about_is_not_missing(ward: int) -> None:
    entered(ward, person(phone="0912 345 112"))
    import_id = entered(ward, person(phone="0912 345 678"), person("Lê Thị An"), day=LATER)
    roster = db.session.get_one(RosterImport, import_id)
    assert missing(roster, rows_of(import_id), SYSTEM) == []


def test_a_dropped_file_can_be_sent_again(ward: int) -> None:
    first = staged(ward, person())
    with db.write():
        drop(first)
    with pytest.raises(Refusal, match="đã bỏ"):
        confirmed(first)
    assert staged(ward, person()) != first


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x89PNG\r\n\x1a\n picture", "hình chụp"),
        (b"", "trống"),
        (b"%PDF-1.7", "PDF"),
        (b"xin chao", "tiêu đề"),
        (xlsx([]), "không có dòng nào là một người"),
    ],
)
def test_a_bad_file_is_refused_and_stores_nothing(app: Flask, ward: int, data: bytes, words: str) -> None:
    with pytest.raises(Refusal, match=words), db.write():
        stage(data, "danh-sach.xlsx", LIST_DATE, ward)
    assert db.session.query(RosterImport).count() == 0
    assert not (app.extensions["settings"].files_dir / "rosters").exists()


def test_too_many_rows_are_refused(app: Flask, ward: int) -> None:
    app.extensions["settings"].roster_max_rows = 10
    data = xlsx(person(f"Lê Thị {letter}") for letter in "ABCDEGHIKLMN")
    with pytest.raises(Refusal, match="hơn 10 dòng"), db.write():
        stage(data, "danh-sach.xlsx", LIST_DATE, ward)


def test_a_day_that_has_not_come_is_refused(ward: int) -> None:
    with pytest.raises(Refusal, match="chưa tới"):
        staged(ward, person(), day=date(2199, 1, 1))
    with pytest.raises(Refusal, match="bắt đầu từ"):
        staged(ward, person(), day=date(1999, 1, 1))


def test_a_stranger_ward_can_neither_send_nor_see_nor_decide(make: Make, ward: int) -> None:
    import_id = staged(ward, person(phone="9,12E+08"))
    row_id = the_row(import_id).id
    act_as(manager(make, ELSEWHERE))
    with pytest.raises(Forbidden):
        staged(ward, person("Lê Thị An"))
    for verb in (confirm, drop):
        with pytest.raises(NotFound), db.write():
            verb(import_id)
    with pytest.raises(NotFound), db.write():
        decide(import_id, {row_id: {"phone": "empty"}})


def test_a_place_beyond_ones_own_area_cannot_be_chosen(make: Make, ward: int) -> None:
    act_as(manager(make))
    import_id = staged(ward, person(place="Khóm Chùa"))
    with pytest.raises(Forbidden):
        answered(import_id, 2, "unit", f"unit:{make.unit_id(ELSEWHERE)}")
    with pytest.raises(NotFound):
        answered(import_id, 2, "unit", "unit:x")


def test_a_line_of_another_ward_cannot_be_used_here(make: Make, ward: int) -> None:
    grants = (GrantValue("manager", ward, "justice"), GrantValue("manager", make.unit_id(ELSEWHERE), "health"))
    act_as(Viewer(account_id=1, grants=grants))
    import_id = staged(ward, person(role="Tổ phó gì đó"))
    answered(import_id, 2, "role", "role:CTV_DS")
    with pytest.raises(Forbidden):
        confirmed(import_id)
    answered(import_id, 2, "role", "role:HGV")
    assert confirmed(import_id).applied.people == 1


def test_a_place_of_another_ward_is_asked_about(make: Make, ward: int) -> None:
    import_id = staged(ward, person(place="Phường Hòa Thuận"))
    assert the_row(import_id).questions[0]["reasons"][0][0] == "unit_elsewhere"


def test_a_line_takes_its_own_roles_only(make: Make, ward: int) -> None:
    act_as(manager(make, line="justice"))
    import_id = entered(ward, person(role="HGV, CTV DS"), person("Lê Thị An", role="CTV DS"))
    assert taken(import_id) == ["new", "error"]
    assert [held.role for held in register()] == ["HGV"]


@pytest.mark.attack("S31")
@pytest.mark.attack("S41")
def test_a_namesake_of_another_ward_is_not_told(make: Make, ward: int) -> None:
    other = make.person("Nguyễn Thị Hòa", birth_date=date(1968, 1, 1), birth_precision="year", phone="+84912345678")
    make.assignment(other, "CTV_DS", ELSEWHERE, date(2025, 9, 1))
    act_as(manager(make))
    import_id = staged(ward, person(), person("Nguyễn Thị Hoà", place="Khóm 5", phone="0912 345 678"))
    plain, proven = rows_of(import_id)
    assert plain.taken_as == "new"
    assert proven.questions[0]["options"][0] == [f"person:{other}", {"person": other, "shown": False}]
    assert proven.questions[0]["reasons"] == []


def test_a_long_list_asks_the_database_no_oftener_than_a_short_one(ward: int) -> None:
    def statements(*rows: Cells, day: date) -> int:
        counted = []

        def count(*_: object) -> None:
            counted.append(1)

        event.listen(db.engine, "before_cursor_execute", count)
        try:
            import_id = staged(ward, *rows, day=day)
            confirmed(import_id)
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
        return len(counted)

    words = ("An", "Ba", "Cúc", "Dung", "Em", "Hoa", "Lan", "Mai", "Sen", "Út")
    many = [person(f"{a} Thị {b} {c}", 1950 + n) for n, a in enumerate(words) for b in words for c in words[:3]]
    few = statements(*many[:10], day=LIST_DATE)
    assert statements(*many[10:], day=LATER) <= few + 15


def test_a_hamlet_that_was_added_as_an_answer_is_an_answer_that_can_be_changed(ward: int) -> None:
    import_id = staged(ward, person(place="Khóm 8"), person("Lê Thị An", place="Khóm 8"))
    answered(import_id, 2, "unit", "unit:new")
    eight = hamlet("Khóm 8", ward)
    assert [row.decision for row in rows_of(import_id)] == [{"unit": f"unit:{eight}"}] * 2
    answered(import_id, 3, "unit", f"unit:{ward}")
    confirmed(import_id)
    assert {held.unit_id for held in register()} == {ward}


def test_hamlets_added_all_at_once_are_answers_too(ward: int) -> None:
    import_id = staged(ward, person(place="Khóm 8"), person("Lê Thị An", place="Khóm 9"))
    with db.write():
        add_unknown_hamlets(import_id)
    assert taken(import_id) == ["ask", "ask"] and not any(row.parsed["state"]["open"] for row in rows_of(import_id))


def test_what_was_written_is_added_up_and_its_people_can_be_asked_for(ward: int) -> None:
    entered(ward, person(), person("Lê Thị An"))
    rows = [person(phone="0912 345 678"), person("Lê Thị An"), person("Kim Thị Út", role="CTV DS, HGV")]
    import_id = entered(ward, *rows, day=LATER)
    assert written_by(rows_of(import_id)) == Written(people=1, updated=1, same=1, posts=2, refined=0)
    new = set(db.session.scalars(people_of_list(import_id, only_new=True)))
    everybody = set(db.session.scalars(people_of_list(import_id, only_new=False)))
    assert len(new) == 1 and len(everybody) == 3 and new < everybody
    assert set(db.session.scalars(people_of_list(staged(ward, person("Lý Văn Ba")), only_new=False))) == set()
