"""From one ward into the next: people taken over by a list, and trees bent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask

from lms.access import NOBODY, SYSTEM
from lms.access.current import act_as
from lms.db import db
from lms.people.operations import end_post
from lms.people.roster import deciding
from lms.people.roster.deciding import decide
from lms.people.roster.staging import rows_of
from lms.people.scope import require_person
from lms.units import operations as units
from lms.units.operations import UnitsFault
from lms.web.refusals import Refusal
from tests.access.site import Site
from tests.access.test_table import LINES
from tests.factories import Make
from tests.people.conftest import ELSEWHERE, Held, manager, register
from tests.people.lists import TODAY, WARD, answered, confirmed, person, staged

both = pytest.mark.both


# ── people taken over by a list ──────────────────────────────────────────


@pytest.fixture
def ward(app: Flask, make: Make) -> Iterator[int]:
    make.unit("Khóm 5", parent=WARD, start=date(2025, 7, 1))
    act_as(SYSTEM)
    with time_machine.travel(TODAY, tick=True):
        yield make.unit_id(WARD)
    act_as(NOBODY)


@pytest.fixture
def theirs(make: Make) -> tuple[int, int]:
    """(person, post) of somebody at work in the other ward, all of whose facts the attacker happens to know."""
    known = {"birth_date": date(1968, 1, 1), "birth_precision": "year", "phone": "+84912345678"}
    person_id = make.person("Nguyễn Thị Hòa", **known)
    return person_id, make.assignment(person_id, "CTV_DS", ELSEWHERE, date(2025, 9, 1))


def listed(ward: int) -> int:
    """A list of the own ward that names her, staged."""
    return staged(ward, person(place="Khóm 5", phone="0912 345 678"))


def claim(import_id: int, person_id: int) -> list[Held]:
    """The register after the one row was said to be that person and entered."""
    answered(import_id, rows_of(import_id)[0].row_no, "same_person", f"person:{person_id}")
    confirmed(import_id)
    return register()


@both
@pytest.mark.attack("S41")
def test_a_list_takes_nobody_over_who_is_at_work_elsewhere(make: Make, ward: int, theirs: tuple[int, int]) -> None:
    """A post here would open her records, her phone and her PIN to this ward: one side alone must not do that."""
    before = register()
    act_as(manager(make))
    import_id = listed(ward)
    with pytest.raises(Refusal, match="địa bàn khác"):
        claim(import_id, theirs[0])
    assert confirmed(import_id).applied.people == 0
    assert register() == before


@both
@pytest.mark.attack("S41")
def test_who_keeps_both_wards_may_say_that_she_moved(make: Make, ward: int, theirs: tuple[int, int]) -> None:
    act_as(manager(make))
    import_id = listed(ward)
    act_as(manager(make, "vl"))
    assert len(claim(import_id, theirs[0])) == 2


@both
@pytest.mark.attack("S41")
def test_whom_the_other_ward_let_go_may_be_taken_in(make: Make, ward: int, theirs: tuple[int, int]) -> None:
    """The other side has spoken: it wrote down her last day. What she did there stays there."""
    act_as(manager(make, ELSEWHERE))
    with db.write():
        end_post(theirs[1], date(2026, 2, 1))
    here = manager(make)
    act_as(here)
    assert len(claim(listed(ward), theirs[0])) == 2
    assert require_person(here, theirs[0]).full_name == "Nguyễn Thị Hòa"


@pytest.mark.attack("S41")
def test_without_the_guard_a_list_would_take_her_over(
    make: Make, ward: int, theirs: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "_require_released", lambda person_id: None)
    here = manager(make)
    act_as(here)
    claim(listed(ward), theirs[0])
    assert require_person(here, theirs[0])


@both
@pytest.mark.attack("S41")
def test_nobody_is_claimed_whom_the_list_did_not_ask_about(make: Make, ward: int, theirs: tuple[int, int]) -> None:
    """`person:<id>` is no free answer: neither for a row that asks something else nor for one that asks nothing, and
    not of the own people either."""
    mine = make.person("Lê Thị Cúc")
    make.assignment(mine, "HGV", WARD, date(2025, 9, 1))
    act_as(manager(make))
    import_id = staged(ward, person("Lê Thị An"), person("Trần Thị Ba", role="Tổ phó gì đó"))
    for row in rows_of(import_id):
        for kind in ("same_person", "role", "unit", "row"):
            for claimed in (theirs[0], mine):
                with pytest.raises(Refusal), db.write():
                    decide(import_id, {row.id: {kind: f"person:{claimed}"}})


# ── trees ────────────────────────────────────────────────────────────────


def one_unit(key: str, name: str, kind: str, parent: str) -> dict[str, Any]:
    version = {"name": name, "kind": kind, "parent": parent, "from": date(2025, 7, 1)}
    return {"schema": "lhp-units/1", "units": [{"key": key, "versions": [version]}]}


@both
@pytest.mark.attack("S41")
@pytest.mark.parametrize("kind", ["ward", "province"])
def test_no_unit_stands_below_one_of_its_own_level_or_lower(app: Flask, make: Make, kind: str) -> None:
    """So that no circle closes and no hamlet's manager gets a ward below her."""
    hamlet = make.unit("Khóm 5", parent=WARD, key=f"{WARD}/k5", start=date(2025, 7, 1))
    act_as(SYSTEM)
    assert hamlet
    with pytest.raises(UnitsFault) as refused, db.write():
        units.import_units(one_unit(f"{WARD}/k5/trong", "Phường Trong", kind, f"{WARD}/k5"))
    assert "parent_not_above" in {fault.code for fault in refused.value.faults}


@pytest.mark.attack("S41")
def test_nobody_on_screen_writes_units(site: Site) -> None:
    """Areas are made by the operator, and hamlets by who keeps the list that names them: there is no other route."""
    writing = {(line.method, line.rule) for line in LINES if line.method != "GET" and "dia-ban" in line.rule}
    assert writing == set()
