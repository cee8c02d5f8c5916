"""Who may open an import: the lines for which it was read, and the area it is about."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from werkzeug.exceptions import Forbidden, HTTPException, NotFound

from lms.access import NOBODY
from lms.access.current import act_as
from lms.db import db
from lms.people.models import Assignment
from lms.people.person_page import person_page
from lms.people.roster.confirming import confirm
from lms.people.roster.deciding import add_unknown_hamlets, decide
from lms.people.roster.imports import load_import, see_import
from lms.people.roster.overview import imports_of
from lms.people.roster.staging import rows_of
from lms.people.roster.undoing import undo
from lms.people.scope import unscoped
from lms.units.models import Unit
from tests.factories import Make
from tests.people.conftest import ELSEWHERE, Office, manager
from tests.people.lists import TODAY, confirmed, entered, person, staged

URLS = ("", "/ghi-vao-so", "/hoan-tac")
POSTS = ("/quyet-dinh", "/them-khom", "/ghi-vao-so", "/bo", "/hoan-tac")


def units() -> int:
    return db.session.scalars(select(func.count(Unit.id))).one()


@pytest.mark.both
def test_a_list_of_all_lines_is_not_there_for_the_keeper_of_one(make: Make, ward: int) -> None:
    import_id = staged(ward, person(place="Khóm 8"))
    act_as(manager(make, line="health"))
    for act in (see_import, load_import, confirm, undo, add_unknown_hamlets, lambda one: decide(one, {})):
        with pytest.raises(NotFound), db.write():
            act(import_id)
    assert imports_of(manager(make, line="health"), TODAY) == []
    assert [one.id for one in imports_of(manager(make), TODAY)] == [import_id]


@pytest.mark.both
def test_a_list_of_ones_own_line_is_open_to_that_line_and_to_the_wards_keeper(make: Make, ward: int) -> None:
    act_as(manager(make, line="health"))
    import_id = staged(ward, person())
    for who, seen in (
        (manager(make, line="health"), True),
        (manager(make), True),
        (manager(make, line="justice"), False),
    ):
        act_as(who)
        assert ([one.id for one in imports_of(who, TODAY)] == [import_id]) is seen
    with pytest.raises(NotFound):
        see_import(import_id)


def test_the_same_file_read_for_another_line_is_another_import(make: Make, ward: int) -> None:
    rows = (person(), person("Lê Thị An", role="HGV"))
    act_as(manager(make, line="health"))
    health = staged(ward, *rows)
    assert [row.taken_as for row in rows_of(health)] == ["new", "error"]
    act_as(manager(make))
    whole = staged(ward, *rows)
    assert whole != health and [row.taken_as for row in rows_of(whole)] == ["new", "new"]
    assert staged(ward, *rows) == whole


def test_pages_of_a_list_of_another_line_are_not_found_and_change_nothing(
    office: Office, make: Make, ward: int
) -> None:
    import_id = staged(ward, person(place="Khóm 8"))
    before = units()
    office.viewer = manager(make, line="justice")
    assert {office.get(f"/danh-sach/{import_id}{url}").status for url in URLS} == {404}
    assert {office.post(f"/danh-sach/{import_id}{url}").status for url in POSTS} == {404}
    assert "danh-sach.xlsx" not in office.get("/danh-sach").text
    assert units() == before


def test_a_post_shows_its_list_only_to_those_who_may_open_it(make: Make, ward: int) -> None:
    import_id = entered(ward, person())
    someone = db.session.scalars(unscoped(select(Assignment.person_id), "test")).one()
    ids = [person_page(who, someone).posts[0].list_id for who in (manager(make), manager(make, line="health"))]
    assert ids == [import_id, None]


@pytest.mark.both
@pytest.mark.parametrize("who", ["elsewhere", "other_line", "hamlet", "nobody"])
def test_hamlets_are_added_only_by_a_keeper_of_the_list(make: Make, ward: int, who: str) -> None:
    """The door for `import_units`, which asks nothing itself."""
    import_id = staged(ward, person(place="Khóm 8"))
    row = rows_of(import_id)[0].id
    before = units()
    hamlet = db.session.scalars(select(Unit.key).where(Unit.key.startswith("test/"))).first()
    actors = {
        "elsewhere": manager(make, ELSEWHERE),
        "other_line": manager(make, line="justice"),
        "hamlet": manager(make, hamlet),
        "nobody": NOBODY,
    }
    act_as(actors[who])
    for act in (lambda: add_unknown_hamlets(import_id), lambda: decide(import_id, {row: {"unit": "unit:new"}})):
        with pytest.raises(HTTPException) as refused, db.write():
            act()
        assert isinstance(refused.value, Forbidden | NotFound)
    assert units() == before


def test_a_keeper_adds_the_hamlet_and_the_row_is_clear(make: Make, ward: int) -> None:
    import_id = staged(ward, person(place="Khóm 8"))
    before = units()
    act_as(manager(make))
    with db.write():
        assert add_unknown_hamlets(import_id) == 1
    assert units() == before + 1 and confirmed(import_id).applied.people == 1
