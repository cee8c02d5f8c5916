"""The list of people: who is on it, in which order, what may be read of them. On both databases."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
import time_machine
from openpyxl import load_workbook
from sqlalchemy import select

from lms.access import SYSTEM, GrantValue, Viewer
from lms.access.current import act_as
from lms.db import db
from lms.people import areas
from lms.people.areas import area, area_around, for_lists, in_area
from lms.people.exporting import template_xlsx, write_people
from lms.people.models import IdentityCheck
from lms.people.operations import merge
from lms.people.register_list import Filter, everybody, page_of
from lms.people.roster.readers import read_roster
from lms.people.roster.staging import stage
from lms.people.scope import may_act_in
from lms.people.views.people import roles
from lms.sheets.reading import read_workbook
from lms.units.models import UnitVersion
from tests.factories import Make
from tests.people.conftest import ELSEWHERE, holder, manager
from tests.people.lists import WARD, entered, person, taken

pytestmark = pytest.mark.both
TODAY = date(2026, 11, 24)
ORDER = [
    "Lê Văn An",
    "Sơn Thị Ánh",
    "Lê Thị Ân",
    "Lý Văn Ân",
    "Trần Văn Ẩn",
    "Bùi Văn Dũng",
    "Thạch Thị Đa",
    "Nguyễn Văn Đạt",
    "Nguyễn Thị Hoa",
    "Nguyễn Thị Hoà",
    "Huỳnh Thị Út",
    "Ngô Văn Ưng",
]


@pytest.fixture(autouse=True)
def in_november() -> object:
    with time_machine.travel("2026-11-24T03:00Z") as clock:
        yield clock


def found(who: Viewer, size: int = 50, **wanted: object) -> list[str]:
    return [one.full_name for one in page_of(who, Filter(**wanted), TODAY, size).people]  # type: ignore[arg-type]


def hired(make: Make, name: str, unit: str | int = WARD, role: str = "CTV_DS", **fields: object) -> int:
    person_id = make.person(name, **fields)
    make.assignment(person_id, role, unit, date(2026, 1, 1))
    return person_id


def people_xlsx(wanted: Filter, who: Viewer = SYSTEM) -> bytes:
    stream = io.BytesIO()
    write_people(stream, everybody(who, wanted, TODAY), TODAY)
    return stream.getvalue()


def test_the_order_is_that_of_a_vietnamese_roll(make: Make, ward: int) -> None:
    for name in sorted(ORDER):
        hired(make, name)
    assert found(SYSTEM) == ORDER


def test_pages_follow_each_other_without_gap_or_double(make: Make, ward: int) -> None:
    for name in sorted(ORDER):
        hired(make, name)
    seen: list[str] = []
    after, firsts = None, []
    while True:
        page = page_of(SYSTEM, Filter(after=after), TODAY, 5)
        seen += [one.full_name for one in page.people]
        firsts.append((page.first, page.total))
        after = page.next_after
        if after is None:
            break
    assert seen == ORDER and firsts == [(1, 12), (6, 12), (11, 12)]
    assert [one.full_name for one in everybody(SYSTEM, Filter(), TODAY)] == ORDER


def test_a_name_is_found_without_marks_and_in_any_order(make: Make, ward: int) -> None:
    for name in ORDER:
        hired(make, name)
    assert found(SYSTEM, text="hoa") == ["Nguyễn Thị Hoa", "Nguyễn Thị Hoà"]
    assert found(SYSTEM, text="Dat NGUYEN") == ["Nguyễn Văn Đạt"]
    assert found(SYSTEM, text="100%_") == []


def test_filters_by_unit_role_and_state(make: Make, ward: int) -> None:
    hamlet = make.unit("Khóm 9", parent=WARD, start=date(2025, 7, 1))
    hired(make, "Lê Thị An", hamlet, "HGV", phone="+84912345678")
    hired(make, "Lê Thị Ba", WARD, "CTV_DS")
    hired(make, "Lê Thị Cúc", ELSEWHERE, "HGV")
    gone = make.person("Lê Thị Dung")
    make.assignment(gone, "HGV", hamlet, date(2025, 8, 1), TODAY - timedelta(days=1))
    make.person("Lê Thị Em")
    assert found(SYSTEM, unit_id=ward) == ["Lê Thị An", "Lê Thị Ba"]
    assert found(SYSTEM, unit_id=hamlet) == ["Lê Thị An"]
    assert found(SYSTEM, role="HGV") == ["Lê Thị An", "Lê Thị Cúc"]
    assert found(SYSTEM, state="left") == ["Lê Thị Dung"]
    assert found(SYSTEM, state="left", unit_id=make.unit_id(ELSEWHERE)) == []
    assert found(SYSTEM, state="no_phone") == ["Lê Thị Ba", "Lê Thị Cúc"]
    assert found(SYSTEM, state="all") == [f"Lê Thị {name}" for name in ("An", "Ba", "Cúc", "Dung", "Em")]


def test_who_reported_an_error_is_found_until_it_is_answered(make: Make, ward: int) -> None:
    an, ba = hired(make, "Lê Thị An"), hired(make, "Lê Thị Ba")
    with db.write() as session:
        for person_id, answer in ((an, "wrong"), (ba, "wrong"), (ba, "right")):
            session.add(IdentityCheck(person_id=person_id, answer=answer, full_name="x", birth_text="1968"))
            session.flush()
    assert found(SYSTEM, state="reported") == ["Lê Thị An"]
    assert [one.reported for one in page_of(SYSTEM, Filter(), TODAY).people] == [True, False]


def test_a_merged_person_is_listed_once_with_the_posts_of_both(make: Make, ward: int) -> None:
    hoa, double = hired(make, "Nguyễn Thị Hoà"), hired(make, "Nguyễn Thị Hòa", role="HGV")
    with db.write():
        merge(double, hoa)
    (one,) = page_of(SYSTEM, Filter(), TODAY).people
    assert [post.role for post in one.posts] == ["Cộng tác viên dân số", "Hòa giải viên ở cơ sở"]
    assert found(SYSTEM, role="HGV") == ["Nguyễn Thị Hoà"]


@pytest.mark.attack("S42")
def test_who_sees_everybody_finds_by_name_who_was_merged_and_who_is_gone(make: Make, ward: int) -> None:
    """Asked person by person, where a name has left few."""
    kept, double, gone = make.person("Lý Thị Sáu"), make.person("Lý Thị Sau"), make.person("Lý Văn Sáu")
    make.assignment(double, "HGV", ward, date(2026, 1, 1))
    make.assignment(gone, "HGV", ward, date(2025, 1, 1), date(2025, 12, 31))
    with db.write():
        merge(double, kept)
    for state, ids in (("working", [kept]), ("left", [gone]), ("all", [kept, gone])):
        page = page_of(SYSTEM, Filter(text="ly sau", state=state), TODAY)
        assert {one.person_id for one in page.people} == set(ids), state
        assert page.total == len(ids)


def test_each_ward_reads_its_own_and_phones_only_who_keeps_them(make: Make, ward: int) -> None:
    hoa = hired(make, "Nguyễn Thị Hoà", phone="+84912345678")
    make.assignment(hoa, "HGV", ELSEWHERE, date(2026, 1, 1))
    hired(make, "Lê Thị An", ELSEWHERE)
    (mine,) = page_of(manager(make), Filter(), TODAY).people
    assert (mine.full_name, mine.phone, len(mine.posts)) == ("Nguyễn Thị Hoà", "0912 345 678", 1)
    (seen,) = page_of(holder(make, "inspector"), Filter(), TODAY).people
    assert seen.phone == "•••• ••• 678"
    assert found(Viewer(account_id=5, person_id=hoa)) == ["Nguyễn Thị Hoà"]


def test_remarks_only_who_keeps_them(make: Make, ward: int) -> None:
    """Not the ward she left, not who only looks: the page of a person shows a remark to nobody else either."""
    moved = make.person("Lê Thị An", note="hay đi vắng")
    make.assignment(moved, "HGV", WARD, date(2025, 8, 1), date(2025, 12, 31))
    make.assignment(moved, "HGV", ELSEWHERE, date(2026, 1, 1))

    def remark(who: Viewer) -> object:
        return load_workbook(io.BytesIO(people_xlsx(Filter(state="all"), who))).active["H4"].value

    assert remark(manager(make, ELSEWHERE)) == "hay đi vắng"
    others = [manager(make), holder(make, "organiser"), holder(make, "inspector", ELSEWHERE)]
    assert [page_of(who, Filter(state="all"), TODAY).total for who in others] == [1, 1, 1]
    assert [remark(who) for who in others] == [None, None, None]


def test_the_export_reads_back_as_nothing_new(make: Make, ward: int) -> None:
    for role in roles():
        hired(make, f"Lê Thị {role.code.replace('_', ' ').title()}", role=role.code)
    entered(ward, person("Nguyễn Thị Hoà", "05/06/1968", role="CTV DS + HGV", phone="0912 345 678"))
    data = people_xlsx(Filter())
    with db.write():
        import_id = stage(data, "xuat.xlsx", TODAY, ward).id
    assert set(taken(import_id)) == {"same"} and len(taken(import_id)) == len(roles()) + 1


def test_the_export_hides_its_keys_and_holds_what_is_filtered(make: Make, ward: int) -> None:
    hired(make, "Lê Thị An", role="HGV")
    hired(make, "=1+1 Ba")
    book = load_workbook(io.BytesIO(people_xlsx(Filter())))
    sheet = book.active
    assert sheet.column_dimensions["I"].hidden and sheet["I3"].value == "Mã dòng"
    assert [sheet["B4"].value, sheet["B5"].value] == ["Lê Thị An", "=1+1 Ba"] and sheet["B5"].data_type == "s"
    only = load_workbook(io.BytesIO(people_xlsx(Filter(role="HGV")))).active
    assert only.max_row == 4


def test_the_template_is_a_list_our_reader_understands(ward: int) -> None:
    reading = read_roster(read_workbook(template_xlsx(roles()), "mau.xlsx"), today=TODAY)
    people = [row for sheet in reading.sheets for row in sheet.rows]
    assert [(row.full_name, row.role_codes) for row in people] == [
        ("Nguyễn Thị Mẫu", ("CTV_DS",)),
        ("Thạch Văn Ví Dụ", ("HGV",)),
    ]
    assert not any(row.problems for row in people)


def test_the_area_of_a_manager_is_her_ward_and_its_hamlets(make: Make, ward: int) -> None:
    act_as(manager(make))
    places = area(manager(make), TODAY, "manager")
    assert places[0].name == "Phường Nguyệt Hóa" and {place.level for place in places[1:]} == {"hamlet"}
    assert [place.name for place in for_lists(places)] == ["Phường Nguyệt Hóa"]
    assert in_area(manager(make), places[1].unit_id, TODAY, "manager")
    assert not in_area(manager(make), make.unit_id(ELSEWHERE), TODAY, "manager")


def test_a_list_too_long_to_choose_from_ends_higher_up_and_opens_around_the_chosen_place(
    make: Make, ward: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def named(who: Viewer, chosen: int | None = None) -> list[str]:
        return [place.name for place in area_around(who, TODAY, chosen, "manager")]

    first, *_ = hamlets = area(manager(make), TODAY, "manager")[1:]
    monkeypatch.setattr(areas, "MOST_CHOICES", len(hamlets))
    assert named(manager(make)) == ["Phường Nguyệt Hóa"]
    assert named(manager(make), first.unit_id) == ["Phường Nguyệt Hóa", first.name]
    assert named(manager(make), ward) == ["Phường Nguyệt Hóa", *(place.name for place in hamlets)]
    assert in_area(manager(make), hamlets[-1].unit_id, TODAY, "manager")
    monkeypatch.setattr(areas, "MOST_CHOICES", 0)
    everybody = manager(make, None)
    assert {place.level for place in area_around(everybody, TODAY, None, "manager")} == {"province"}
    assert "ward" in {place.level for place in area(everybody, TODAY, "manager")}, "a form must let one choose a ward"
    assert named(everybody, first.unit_id) == ["Tỉnh Vĩnh Long", "Phường Nguyệt Hóa", first.name]


def test_a_right_over_the_country_as_a_place_is_none(make: Make, ward: int) -> None:
    """Whoever may see everything has a right without a place; no form offers the country as one."""
    hired(make, "Lê Thị An")
    country = db.session.scalars(select(UnitVersion.unit_id).where(UnitVersion.kind == "country")).first()
    assert country is not None
    nobody = Viewer(account_id=1, grants=(GrantValue("manager", country),))
    assert area(nobody, TODAY, "manager") == [] and page_of(nobody, Filter(), TODAY).total == 0
    assert not in_area(nobody, ward, TODAY, "manager") and not may_act_in(nobody, ward, "manager")
