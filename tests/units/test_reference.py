"""The units that ship: domain.md §2.2, and §0.3 (the two scopes are different sets)."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from lms.audit.models import AuditEntry
from lms.db import db
from lms.units import operations, queries
from lms.units.models import Unit, UnitAlias, UnitLineage, UnitPath, UnitScope, UnitVersion
from tests.factories import Make

pytestmark = pytest.mark.both

CITY_DAY, ONE_WARD_LESS, TODAY = date(2024, 12, 31), date(2025, 6, 30), date(2026, 11, 25)
NEW_WARDS = ["Phường Hòa Thuận", "Phường Long Đức", "Phường Nguyệt Hóa", "Phường Trà Vinh"]


def names(day: date, scope: str, level: str = "ward") -> list[str]:
    return [node.name for node in queries.tree_on(day, scope) if node.level == level]


def code_on(make: Make, key: str, day: date) -> str | None:
    version = queries.unit_on(make.unit_id(key), day)
    assert version is not None
    return version.code


def contents() -> dict[str, list[tuple[object, ...]]]:
    tables = (Unit, UnitVersion, UnitLineage, UnitAlias, UnitScope, UnitPath)
    return {
        table.__tablename__: [tuple(row) for row in db.session.execute(select(*table.__table__.columns).order_by("id"))]
        for table in tables
    }


def test_loading_again_changes_nothing(app: Flask) -> None:
    before = contents()
    assert len(before["unit_version"]) > 25
    with db.write():
        assert not operations.load_reference().changed
    assert contents() == before
    assert db.session.scalar(select(func.count(AuditEntry.seq))) == 0


def test_the_city_had_ten_units_then_eight_then_none(app: Flask, make: Make) -> None:
    city = make.unit_id("tv/tp-tra-vinh")
    assert [version.name for version in queries.children_on(city, CITY_DAY)] == [
        *(f"Phường {number}" for number in range(1, 10)),
        "Xã Long Đức",
    ]
    assert len(queries.children_on(city, ONE_WARD_LESS)) == 8
    assert queries.unit_on(city, date(2025, 7, 1)) is None
    assert names(TODAY, "all", "district") == []


def test_four_wards_of_the_new_province_since_1_july_2025(app: Flask, make: Make) -> None:
    province = make.unit_id("vl")
    assert [version.name for version in queries.children_on(province, date(2025, 7, 1))] == NEW_WARDS
    assert queries.children_on(province, ONE_WARD_LESS) == []


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("29242", "tv/p3", "vl/tra-vinh"),
        ("29254", "tv/p7", "vl/nguyet-hoa"),
        ("29263", "tv/xa-long-duc", "vl/long-duc"),
        ("29398", "tv/xa-hoa-thuan", "vl/hoa-thuan"),
        ("86", "vl-cu", "vl"),
    ],
)
def test_codes_were_used_again_for_other_units(app: Flask, make: Make, code: str, before: str, after: str) -> None:
    assert code_on(make, before, ONE_WARD_LESS) == code_on(make, after, TODAY) == code
    assert make.unit_id(before) != make.unit_id(after)


def test_ward_3_grew_and_stayed_the_same_unit(app: Flask, make: Make) -> None:
    ward = make.unit_id("tv/p3")
    before, after = queries.unit_on(ward, CITY_DAY), queries.unit_on(ward, date(2025, 1, 1))
    assert before and after and before.unit_id == after.unit_id and before.id != after.id
    assert {queries.carry(make.unit_id(key), date(2025, 3, 1)) for key in ("tv/p2", "tv/p3", "tv/p6")} == {ward}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        *((f"tv/p{number}", "vl/tra-vinh") for number in (1, 2, 3, 6, 9)),
        *((key, "vl/long-duc") for key in ("tv/p4", "tv/xa-long-duc")),
        *((key, "vl/nguyet-hoa") for key in ("tv/p7", "tv/p8", "tv/xa-nguyet-hoa")),
        *((key, "vl/hoa-thuan") for key in ("tv/p5", "tv/xa-hoa-thuan")),
        ("tv/p8/khom-4", "vl/nguyet-hoa/khom-13"),
        ("tv/tp-tra-vinh", "vl"),
    ],
)
def test_every_old_unit_is_carried_to_its_successor(app: Flask, make: Make, old: str, new: str) -> None:
    assert queries.carry(make.unit_id(old), TODAY) == make.unit_id(new)


def test_both_scopes_show_the_same_wards_today_and_other_ones_before(app: Flask) -> None:
    assert names(TODAY, "current-wards") == names(TODAY, "kh-119") == NEW_WARDS
    city = [*(f"Phường {number}" for number in range(1, 10)), "Xã Long Đức"]
    assert names(CITY_DAY, "kh-119") == city
    assert sorted(names(CITY_DAY, "current-wards")) == sorted([*city, "Xã Nguyệt Hóa", "Xã Hòa Thuận"])


def test_a_hamlet_of_a_former_commune_of_chau_thanh_is_in_one_scope_only(app: Flask, make: Make) -> None:
    start, end = date(2003, 1, 1), date(2025, 7, 1)
    make.unit("Ấp Mẫu", "ap", "tv/xa-nguyet-hoa", key="test/ap", start=start, end=end)
    make.unit("Khóm 20", "khom", "vl/nguyet-hoa", key="test/khom-20", start=end)
    with db.write():
        operations.import_units(
            {
                "schema": "lhp-units/1",
                "lineage": [{"from": "test/ap", "to": "test/khom-20", "date": end, "kind": "renumber"}],
            }
        )
    assert names(TODAY, "current-wards", "hamlet") == ["Khóm 13", "Khóm 20"]
    assert names(TODAY, "kh-119", "hamlet") == ["Khóm 13"]
    assert "Phường Nguyệt Hóa" in names(TODAY, "kh-119")


def test_posts_of_the_two_communes_count_for_the_wards_but_not_for_the_plan(app: Flask, make: Make) -> None:
    def units_in(scope: str) -> set[str]:
        rows = (
            select(Unit.key)
            .join(UnitPath, UnitPath.unit_id == Unit.id)
            .join(UnitScope, UnitScope.id == UnitPath.scope_id)
        )
        found = rows.where(UnitScope.code == scope, UnitPath.level == "scope", UnitPath.valid_to.is_(None))
        return set(db.session.scalars(found))

    wards, plan = units_in("current-wards"), units_in("kh-119")
    assert wards - plan == {"tv/xa-nguyet-hoa", "tv/xa-hoa-thuan"}
    assert plan - wards == {"tv/tp-tra-vinh"}, "a post at the city itself has no ward today"


def test_paths_are_named_as_of_the_day(app: Flask, make: Make) -> None:
    khom = make.unit_id("tv/p8/khom-4")
    assert queries.path_names(khom, CITY_DAY) == "Khóm 4, Phường 8"
    assert queries.path_names(khom, TODAY) == "Khóm 13, Phường Nguyệt Hóa"
    assert queries.path_names(make.unit_id("vl/nguyet-hoa/khom-13"), CITY_DAY) == "Khóm 4, Phường 8"
    assert queries.path_names(make.unit_id("tv/tp-tra-vinh"), date(2005, 1, 1)) == "Thị xã Trà Vinh"
    assert queries.path_names(khom, date(1990, 1, 1)) == ""


def test_what_stands_under_a_unit_today_holds_what_ended_before(app: Flask, make: Make) -> None:
    def under(key: str, day: date) -> set[str]:
        ids = set(db.session.scalars(queries.units_under(make.unit_id(key), day)))
        return set(db.session.scalars(select(Unit.key).where(Unit.id.in_(ids))))

    assert under("vl/nguyet-hoa", TODAY) == {
        "vl/nguyet-hoa",
        "vl/nguyet-hoa/khom-13",
        "tv/p7",
        "tv/p8",
        "tv/p8/khom-4",
        "tv/xa-nguyet-hoa",
    }
    assert under("tv/p8", TODAY) == set()
    assert len(under("vn", TODAY)) == db.session.scalar(select(func.count(Unit.id)))


def test_the_database_itself_refuses_versions_that_overlap(app: Flask, make: Make) -> None:
    with pytest.raises(DBAPIError, match="overlap"), db.write() as session:
        session.add(
            UnitVersion(
                unit_id=make.unit_id("tv/p8"),
                name="Phường 8",
                name_key="phuong 8",
                kind="ward",
                parent_id=make.unit_id("tv/tp-tra-vinh"),
                valid_from=date(2024, 1, 1),
                valid_to=date(2024, 2, 1),
            )
        )
