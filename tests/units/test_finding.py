"""What a text on a staff list may mean: domain.md §8.2, case 24."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from lms.db import db
from lms.units import operations, queries
from lms.units.queries import Candidate
from tests.factories import Make

CITY, NOW = date(2024, 6, 1), date(2026, 6, 1)
REFORM = date(2025, 7, 1)


def found(make: Make, text: str, on: date, parent: str | None = None) -> list[Candidate]:
    return queries.find_units(text, make.unit_id(parent) if parent else None, on)


def one(make: Make, text: str, on: date, parent: str | None = None) -> tuple[str, str]:
    (candidate,) = found(make, text, on, parent)
    return candidate.path, candidate.how


@pytest.mark.parametrize(
    ("text", "on", "parent", "path", "how"),
    [
        ("Khóm 4 P8", CITY, None, "Khóm 4, Phường 8", "name"),
        ("Khóm 4 P8", NOW, None, "Khóm 13, Phường Nguyệt Hóa", "lineage"),
        ("khóm 04", CITY, "tv/p8", "Khóm 4, Phường 8", "name"),
        ("4", CITY, "tv/p8", "Khóm 4, Phường 8", "name"),
        ("khóm 04", NOW, "vl/nguyet-hoa", "Khóm 13, Phường Nguyệt Hóa", "lineage"),
        ("khom 13", NOW, "vl/nguyet-hoa", "Khóm 13, Phường Nguyệt Hóa", "name"),
        ("Khóm 13, phường Nguyệt Hoá, tỉnh Vĩnh Long", NOW, None, "Khóm 13, Phường Nguyệt Hóa", "name"),
        ("P.8", CITY, None, "Phường 8", "name"),
        ("P.8", NOW, None, "Phường Nguyệt Hóa", "lineage"),
        ("UBND phường 8", CITY, "tv/tp-tra-vinh", "Phường 8", "name"),
        ("Phường 2", NOW, None, "Phường Trà Vinh", "lineage"),
        ("TP TV", CITY, None, "Thành phố Trà Vinh", "alias"),
        ("Nguyệt Hoá", CITY, None, "Xã Nguyệt Hóa", "name"),
        ("Nguyệt Hoá", NOW, None, "Phường Nguyệt Hóa", "name"),
        ("nguyet hoa", NOW, None, "Phường Nguyệt Hóa", "unmarked"),
        ("P. Nguyệt Hóa", NOW, None, "Phường Nguyệt Hóa", "name"),
        ("xã Nguyệt Hóa", NOW, None, "Phường Nguyệt Hóa", "lineage"),
        ("P. Nguyệt Hóa", CITY, None, "Xã Nguyệt Hóa", "kind"),
        ("Khóm 13 P8", NOW, None, "Khóm 13, Phường Nguyệt Hóa", "moved"),
        ("Khóm 13", CITY, None, "Khóm 4, Phường 8", "later"),
    ],
)
def test_what_people_write(
    app: Flask, make: Make, text: str, on: date, parent: str | None, path: str, how: str
) -> None:
    assert one(make, text, on, parent) == (path, how)


@pytest.mark.parametrize("text", ["Khóm 99", "nt", "", "Khóm", "Phường 8 Nguyệt Hóa Bến Tre", "4/8"])
def test_what_nobody_knows_has_no_candidate(app: Flask, make: Make, text: str) -> None:
    assert found(make, text, NOW) == []


def test_an_old_name_is_given_with_the_unit_that_was_written(app: Flask, make: Make) -> None:
    (candidate,) = found(make, "Khóm 4 P8", NOW)
    assert candidate.unit_id == make.unit_id("vl/nguyet-hoa/khom-13")
    assert candidate.written_id == make.unit_id("tv/p8/khom-4")
    assert candidate.sure


def test_two_units_of_one_name_are_both_given_never_one_of_them(app: Flask, make: Make) -> None:
    make.unit("Khóm 1", parent="vl/tra-vinh", start=REFORM)
    make.unit("Khóm 1", parent="vl/long-duc", start=REFORM)
    assert {candidate.path for candidate in found(make, "khóm 1", NOW)} == {
        "Khóm 1, Phường Trà Vinh",
        "Khóm 1, Phường Long Đức",
    }
    assert one(make, "khóm 1", NOW, "vl/long-duc") == ("Khóm 1, Phường Long Đức", "name")
    assert one(make, "Khóm 1, P. Trà Vinh", NOW) == ("Khóm 1, Phường Trà Vinh", "name")


def test_a_name_that_holds_on_the_lists_date_wins_over_an_older_one(app: Flask, make: Make) -> None:
    make.unit("Khóm 4", parent="vl/nguyet-hoa", key="test/new-4", start=REFORM)
    (candidate,) = found(make, "Khóm 4", NOW, "vl/nguyet-hoa")
    assert (candidate.unit_id, candidate.how) == (make.unit_id("test/new-4"), "name")
    (candidate,) = found(make, "Khóm 4 P8", NOW, "vl/nguyet-hoa")
    assert (candidate.path, candidate.how) == ("Khóm 13, Phường Nguyệt Hóa", "lineage")


def test_an_old_ap_or_a_new_khom_of_that_number_is_a_question(app: Flask, make: Make) -> None:
    """Written in 2026: the old Ấp 3, or the new Khóm 3 by a slip? Both are offered."""
    make.unit("Ấp 3", "ap", "tv/xa-long-duc", key="test/ap-3", end=REFORM)
    make.unit("Khóm 3", "khom", "vl/long-duc", key="test/khom-3", start=REFORM)
    make.unit("Khóm 7", "khom", "vl/long-duc", key="test/khom-7", start=REFORM)
    with db.write():
        operations.import_units(
            {
                "schema": "lhp-units/1",
                "lineage": [{"from": "test/ap-3", "to": "test/khom-7", "date": REFORM, "kind": "renumber"}],
            }
        )
    candidates = found(make, "Ấp 3", NOW, "vl/long-duc")
    assert [(candidate.path, candidate.how) for candidate in candidates] == [
        ("Khóm 7, Phường Long Đức", "lineage"),
        ("Khóm 3, Phường Long Đức", "kind"),
    ]


def test_a_hamlet_that_was_split_stays_as_it_was_written(app: Flask, make: Make) -> None:
    make.unit("Khóm 9", parent="tv/p9", key="test/9", end=REFORM)
    for number in (21, 22):
        make.unit(f"Khóm {number}", parent="vl/tra-vinh", key=f"test/{number}", start=REFORM)
    with db.write():
        operations.import_units(
            {
                "schema": "lhp-units/1",
                "lineage": [
                    {"from": "test/9", "to": f"test/{number}", "date": REFORM, "kind": "split"} for number in (21, 22)
                ],
            }
        )
    (candidate,) = found(make, "Khóm 9 P9", NOW)
    assert candidate.unit_id == candidate.written_id == make.unit_id("test/9")
    assert candidate.path == "Khóm 9, Phường 9"
    assert queries.path_names(candidate.unit_id, NOW) == "Phường Trà Vinh"


def test_an_alias_holds_under_its_parent_and_in_its_years(app: Flask, make: Make) -> None:
    alias = {"text": "Xóm Chùa", "unit": "vl/nguyet-hoa/khom-13", "parent": "vl/nguyet-hoa", "from": date(2026, 1, 1)}
    with db.write():
        operations.import_units({"schema": "lhp-units/1", "aliases": [alias]})
    assert one(make, "xom chua", NOW, "vl/nguyet-hoa") == ("Khóm 13, Phường Nguyệt Hóa", "alias")
    assert found(make, "Xóm Chùa", NOW) == []
    assert found(make, "Xóm Chùa", date(2025, 12, 1), "vl/nguyet-hoa") == []


def test_another_wards_units_are_not_offered(app: Flask, make: Make) -> None:
    assert found(make, "Khóm 13", NOW, "vl/long-duc") == []


def test_many_at_once_mean_what_each_means_alone(app: Flask, make: Make) -> None:
    texts = [
        "Khóm 4 P8",
        "khom 13",
        "P.8",
        "Khóm 13, phường Nguyệt Hoá, tỉnh Vĩnh Long",
        "UBND phường 8",
        "Khóm 99",
        "",
    ]
    for on in (CITY, NOW):
        for parent in (None, "vl/nguyet-hoa"):
            under = make.unit_id(parent) if parent else None
            together = queries.find_many(texts, under, on)
            assert together == {text: found(make, text, on, parent) for text in texts}
            assert any(together.values())
