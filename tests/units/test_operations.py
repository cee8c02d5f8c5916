"""Taking in files and the verbs: all or nothing, audited, the closure follows."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit.models import AuditDetail, AuditEntry
from lms.audit.queries import verify
from lms.db import db
from lms.units import operations, paths, queries
from lms.units.models import Unit, UnitPath, UnitVersion
from lms.units.operations import Summary, UnitsFault
from lms.units.stored import stored
from tests.factories import Make

pytestmark = pytest.mark.both

REFORM, NEXT, TODAY = date(2025, 7, 1), date(2027, 1, 1), date(2026, 11, 25)


def document(*units: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"schema": "lhp-units/1", "units": list(units), **more}


def hamlet(key: str, name: str, parent: str, *, begin: date = REFORM, end: date | None = None) -> dict[str, Any]:
    version = {"name": name, "kind": "khom", "parent": parent, "from": begin, "to": end}
    return {"key": key, "versions": [version]}


def taken_in(*units: dict[str, Any], **more: Any) -> Summary:
    with db.write():
        return operations.import_units(document(*units, **more))


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))


def test_a_file_of_hamlets_is_taken_in_and_stands_in_the_tree(app: Flask, make: Make) -> None:
    summary = taken_in(hamlet("vl/tra-vinh/khom-2", "Khóm 2", "vl/tra-vinh"), source="Quyết định mẫu")
    assert summary == Summary(units_created=1)
    unit = make.unit_id("vl/tra-vinh/khom-2")
    assert queries.path_names(unit, TODAY) == "Khóm 2, Phường Trà Vinh"
    assert actions() == ["unit.created", "units.imported"]
    assert verify().faults == ()


def test_the_same_file_twice_changes_nothing(app: Flask) -> None:
    one = hamlet("vl/tra-vinh/khom-2", "Khóm 2", "vl/tra-vinh")
    two = {"text": "Kh 2", "unit": "vl/tra-vinh/khom-2", "parent": "vl/tra-vinh"}
    assert taken_in(one, aliases=[two]).changed
    before = actions()
    assert not taken_in(one, aliases=[two]).changed
    assert actions() == before


def test_a_name_is_stored_clean_and_days_may_be_written_day_first(app: Flask, make: Make) -> None:
    version = {"name": " Khóm  2\u200b ", "kind": "khom", "parent": "vl/tra-vinh", "from": "01/07/2025"}
    taken_in({"key": "vl/tra-vinh/khom-2", "versions": [version]})
    stored_version = queries.unit_on(make.unit_id("vl/tra-vinh/khom-2"), REFORM)
    assert stored_version and (stored_version.name, stored_version.name_key) == ("Khóm 2", "khom 2")


BAD = {
    "unknown_parent": [hamlet("x/1", "Khóm 1", "khong-co")],
    "before_parent": [hamlet("x/1", "Khóm 1", "vl/tra-vinh", begin=date(2020, 1, 1))],
    "after_parent": [hamlet("x/1", "Khóm 1", "tv/p8", begin=date(2020, 1, 1))],
    "backward": [hamlet("x/1", "Khóm 1", "vl/tra-vinh", end=REFORM)],
    "parent_not_above": [
        {"key": "x/a", "versions": [{"name": "Phường A", "kind": "ward", "parent": "x/b", "from": REFORM}]},
        {"key": "x/b", "versions": [{"name": "Phường B", "kind": "ward", "parent": "x/a", "from": REFORM}]},
    ],
    "no_parent": [{"key": "x/1", "versions": [{"name": "Khóm 1", "kind": "khom", "from": REFORM}]}],
    "stated_twice": [hamlet("x/1", "Khóm 1", "vl/tra-vinh"), hamlet("x/1", "Khóm 2", "vl/tra-vinh")],
    "unreadable": [
        {"key": "x/1", "versions": [{"name": "Khóm 1", "kind": "khom", "parent": "vl", "from": "31/02/2025"}]}
    ],
    "missing": [{"key": "x/1", "versions": [{"name": "Khóm 1", "kind": "khom", "parent": "vl"}]}],
    "unknown_field": [{**hamlet("x/1", "Khóm 1", "vl/tra-vinh"), "ten": "Khóm 1"}],
    "overlap": [
        {
            "key": "x/1",
            "versions": [
                {"name": "Khóm 1", "kind": "khom", "parent": "vl/tra-vinh", "from": REFORM, "to": date(2026, 6, 1)},
                {"name": "Khóm 2", "kind": "khom", "parent": "vl/tra-vinh", "from": date(2026, 5, 1)},
            ],
        }
    ],
    "gap": [
        {
            "key": "x/1",
            "versions": [
                {"name": "Khóm 1", "kind": "khom", "parent": "vl/tra-vinh", "from": REFORM, "to": date(2026, 5, 1)},
                {"name": "Khóm 2", "kind": "khom", "parent": "vl/tra-vinh", "from": date(2026, 6, 1)},
            ],
        }
    ],
    "level_changes": [
        {
            "key": "x/1",
            "versions": [
                {"name": "Khóm 1", "kind": "khom", "parent": "vl", "from": REFORM, "to": date(2026, 6, 1)},
                {"name": "Phường 1", "kind": "ward", "parent": "vl", "from": date(2026, 6, 1)},
            ],
        }
    ],
    "history_cut": [
        {"key": "tv/p8", "versions": [{"name": "Phường 8", "kind": "ward", "parent": "tv", "from": date(2020, 1, 1)}]}
    ],
}


@pytest.mark.parametrize("code", BAD)
def test_a_bad_file_is_refused_with_its_reason_and_stores_nothing(app: Flask, code: str) -> None:
    good = hamlet("vl/tra-vinh/khom-2", "Khóm 2", "vl/tra-vinh")
    before = stored()
    with pytest.raises(UnitsFault) as refused:
        taken_in(good, *deepcopy(BAD[code]))
    assert code in {fault.code for fault in refused.value.faults}
    assert all("%(" not in sentence for sentence in refused.value.sentences)
    assert stored() == before and actions() == []


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ({"from": "tv/p8", "to": "vl/nguyet-hoa", "date": date(2025, 8, 1)}, "origin_not_there"),
        ({"from": "tv/p8", "to": "vl/nguyet-hoa", "date": date(2003, 1, 1)}, "origin_not_there"),
        ({"from": "tv/p8", "to": "vl/nguyet-hoa", "date": date(2024, 8, 1)}, "heir_not_there"),
        ({"from": "tv/p8", "to": "tv/p8", "date": date(2024, 8, 1)}, "heir_of_itself"),
        ({"from": "tv/p8", "to": "khong-co", "date": date(2024, 8, 1)}, "unknown_in_lineage"),
    ],
)
def test_lineage_must_fit_the_lives_of_both_units(app: Flask, link: dict[str, Any], code: str) -> None:
    with pytest.raises(UnitsFault) as refused:
        taken_in(lineage=[{**link, "kind": "merge"}])
    assert code in {fault.code for fault in refused.value.faults}


@pytest.mark.parametrize("data", [{}, {"schema": "lhp-units/2"}, {"units": []}])
def test_another_kind_of_file_is_refused(app: Flask, data: dict[str, Any]) -> None:
    with pytest.raises(UnitsFault, match="lhp-units/1"), db.write():
        operations.import_units(data)


def test_all_reasons_are_told_at_once(app: Flask) -> None:
    with pytest.raises(UnitsFault) as refused:
        taken_in(hamlet("x/1", "Khóm 1", "khong-co"), hamlet("x/2", "Khóm 2", "vl/tra-vinh", end=REFORM))
    assert len(refused.value.faults) == 2


def test_doubts_are_told_but_do_not_stop_a_file(app: Flask) -> None:
    summary = taken_in(
        hamlet("x/1", "Khóm 5", "vl/nguyet-hoa"),
        hamlet("x/2", "Khóm 5", "vl/nguyet-hoa"),
    )
    assert summary.units_created == 2
    assert any("cùng tên" in warning for warning in summary.warnings)
    assert any("chưa ghi nguồn gốc" in warning and "kh-119" in warning for warning in summary.warnings)


def test_a_border_between_versions_may_move_either_way(app: Flask, make: Make) -> None:
    def at(border: date) -> dict[str, Any]:
        old, new = (
            hamlet("x/1", "Khóm 1", "vl/tra-vinh", end=border),
            hamlet("x/1", "Khóm 2", "vl/tra-vinh", begin=border),
        )
        return {"key": "x/1", "versions": [*old["versions"], *new["versions"]]}

    for border in (date(2026, 1, 1), date(2026, 6, 1), date(2025, 10, 1)):
        assert taken_in(at(border)).changed
        rows = [(row.name, row.valid_from, row.valid_to) for row in queries.versions_of(make.unit_id("x/1"))]
        assert rows == [("Khóm 1", REFORM, border), ("Khóm 2", border, None)]


def test_a_link_recorded_in_error_can_be_withdrawn(app: Flask, make: Make) -> None:
    link = {"from": "tv/p5", "to": "vl/hoa-thuan", "date": REFORM}
    assert taken_in(withdraw=[link]).lineage_withdrawn == 1
    assert queries.carry(make.unit_id("tv/p5"), TODAY) == make.unit_id("vl"), "nobody knows its ward any more"
    with pytest.raises(UnitsFault) as refused:
        taken_in(withdraw=[link])
    assert [fault.code for fault in refused.value.faults] == ["unknown_link"]
    with db.write():
        operations.load_reference()
    assert queries.carry(make.unit_id("tv/p5"), TODAY) == make.unit_id("vl"), "a new release does not bring it back"


def test_what_an_office_changed_survives_the_next_release(app: Flask, make: Make) -> None:
    ward = make.unit_id("vl/long-duc")
    with db.write():
        operations.rename_unit(ward, "Phường Long Đức Mới", NEXT)
    with db.write():
        assert not operations.load_reference().changed
    named = queries.unit_on(ward, NEXT)
    assert named and named.name == "Phường Long Đức Mới"


def test_renaming_keeps_the_unit_and_its_past(app: Flask, make: Make) -> None:
    ward = make.unit_id("vl/long-duc")
    with db.write():
        operations.rename_unit(ward, "Phường Đức Long", NEXT, "NQ mẫu")
    assert queries.names_on([ward], TODAY) == {ward: "Phường Long Đức"}
    assert queries.names_on([ward], NEXT) == {ward: "Phường Đức Long"}
    detail = db.session.scalars(select(AuditDetail)).one().details
    assert len(detail["before"]["versions"]) == 1 and len(detail["after"]["versions"]) == 2


def test_merging_wards_takes_their_hamlets_along_and_moves_nobody(app: Flask, make: Make) -> None:
    hoa_thuan, nguyet_hoa = make.unit_id("vl/hoa-thuan"), make.unit_id("vl/nguyet-hoa")
    khom = make.unit("Khóm 1", parent="vl/hoa-thuan", start=REFORM)
    versions_before = db.session.scalar(select(func.count(UnitVersion.id)))
    with db.write():
        operations.merge_units([hoa_thuan], nguyet_hoa, NEXT, "NQ mẫu")
    assert queries.path_names(khom, TODAY) == "Khóm 1, Phường Hòa Thuận"
    assert queries.path_names(khom, NEXT) == "Khóm 1, Phường Nguyệt Hóa"
    assert queries.carry(hoa_thuan, NEXT) == nguyet_hoa
    assert db.session.scalar(select(func.count(UnitVersion.id))) == (versions_before or 0) + 1
    assert {"unit.changed", "unit.lineage_recorded"} <= set(actions())


def test_hamlets_merged_into_a_new_one(app: Flask, make: Make) -> None:
    one, two = (make.unit(f"Khóm {number}", parent="vl/tra-vinh", start=REFORM) for number in (1, 2))
    new = make.unit("Khóm 1-2", parent="vl/tra-vinh", start=NEXT)
    with db.write():
        operations.merge_units([one, two], new, NEXT)
    assert queries.carry_many([one, two, new], NEXT) == dict.fromkeys([one, two, new], new)
    assert queries.carry(new, TODAY) == make.unit_id("vl/tra-vinh"), "which of the two, nobody can say"


def test_a_unit_cannot_end_under_living_ones_or_before_it_began(app: Flask, make: Make) -> None:
    ward, khom = make.unit_id("vl/nguyet-hoa"), make.unit_id("vl/nguyet-hoa/khom-13")
    with pytest.raises(UnitsFault) as refused, db.write():
        operations.end_unit(ward, NEXT)
    assert [fault.code for fault in refused.value.faults] == ["after_parent"]
    with pytest.raises(UnitsFault), db.write():
        operations.end_unit(khom, date(2020, 1, 1))
    with pytest.raises(UnitsFault), db.write():
        operations.end_unit(987_654, NEXT)
    with db.write():
        operations.end_unit(khom, NEXT, "QĐ mẫu")
    assert queries.carry(khom, NEXT) == ward


def test_the_closure_is_rebuilt_from_the_facts_alone(app: Flask) -> None:
    def rows() -> set[tuple[object, ...]]:
        return {tuple(row)[1:] for row in db.session.execute(select(*UnitPath.__table__.columns))}

    before = rows()
    with db.write() as session:
        for row in session.scalars(select(UnitPath).limit(20)).all():
            session.delete(row)
    assert rows() != before
    with db.write():
        assert operations.rebuild_paths() == {"added": 20, "removed": 0}
    assert rows() == before
    with db.write():
        assert paths.rebuild(stored()) == {"added": 0, "removed": 0}


def test_more_units_than_one_statement_may_have_parameters(app: Flask) -> None:
    many = [hamlet(f"x/{number}", f"Khóm {number}", "vl/tra-vinh") for number in range(1, 1_301)]
    assert taken_in(*many).units_created == 1_300
    assert not taken_in(*many).changed
    ids = db.session.scalars(select(Unit.id).where(Unit.key.startswith("x/"))).all()
    assert len(queries.paths_of(ids, TODAY)) == 1_300
