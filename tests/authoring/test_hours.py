"""The hours a course declares, beside what its content takes and what the curriculum planned."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask

from lms.authoring import operations
from lms.authoring.hours import Hours, hours_of
from lms.courses.curriculum import curriculum, read_curriculum
from lms.courses.documents import DocumentError
from lms.courses.package import read_package
from tests.editions import package

CONTENT = Path("content")
COURSES = sorted(CONTENT.glob("k[1-6]-*"))
TABLE = b"schema: lhp-curriculum/1\ncourses:\n  k1: {tiet_tt: 2, tiet_ttr: 1.5, modules: [3.5]}\n"


def test_declared_computed_and_planned_stand_side_by_side() -> None:
    course = read_package(package()).course
    assert course is not None
    module, whole = hours_of(course, read_curriculum(TABLE)["k1"])
    assert module == Hours("k1-m1", Decimal(0), Decimal(1), Decimal(0), Decimal("3.5"))
    assert whole == Hours("k1", Decimal(0), Decimal(1), Decimal(0), Decimal("3.5"))
    assert [row.planned for row in hours_of(course, None)] == [None, None]


@pytest.mark.parametrize(
    "data", [b"courses: {}", b"schema: lhp-curriculum/1", b"schema: lhp-curriculum/1\ncourses: {k1: {modules: 3}}"]
)
def test_another_file_is_no_curriculum(data: bytes) -> None:
    with pytest.raises(DocumentError):
        read_curriculum(data)


@pytest.mark.parametrize("folder", COURSES, ids=lambda course: course.name)
def test_no_course_of_ours_declares_more_than_it_takes_or_than_was_planned(folder: Path) -> None:
    course = read_package(operations.read_folder(folder)).course
    assert course is not None
    planned = curriculum(CONTENT)[course.code]
    assert len(planned.modules) == len(course.modules) and sum(planned.modules.values()) == (
        planned.online + planned.in_person
    )
    *modules, whole = hours_of(course, planned)
    assert all(row.online <= row.computed for row in modules)
    assert whole.online <= planned.online and whole.online + whole.in_person <= planned.online + planned.in_person


@pytest.mark.usefixtures("app")
def test_the_command_shows_them_for_every_course_of_a_folder(app: Flask, tmp_path: Path) -> None:
    for code in ("k1", "k2"):
        files = {path: data.replace(b"k1", code.encode()) for path, data in package().items()}
        operations.write_folder(tmp_path / f"{code}-mau", files)
    for name in ("law.yaml", "hotlines.yaml"):
        (tmp_path / name).write_bytes((CONTENT / name).read_bytes())
    (tmp_path / "curriculum.yaml").write_bytes(TABLE)
    told = app.test_cli_runner().invoke(args=["content", "check", str(tmp_path)])
    lines = [line.split() for line in told.stdout.splitlines()]
    assert ["k1-m1", "0", "1", "0", "1", "3,5"] in lines
    assert ["k2-m1", "0", "1", "0", "1", "–"] in lines
    assert "k2-mau/modules/01-mau/module.vi.md" in told.output
    assert "Trực tuyến khai 1 trên 2 tiết kế hoạch; cả khóa 1 trên 3,5 tiết." in told.output
    kit = tmp_path / "talks" / "01-mau"
    kit.mkdir(parents=True)
    (kit / "talk.vi.md").write_text("---\nlaw: [L99:1]\n---\nGọi {{duong-day:khong-co}}.\n", encoding="utf-8")
    (kit / "loa.vi.md").write_text("không có dòng ---", encoding="utf-8")
    told = app.test_cli_runner().invoke(args=["content", "check", str(tmp_path), "--json"])
    found = {(row["path"], row["detail"]) for row in json.loads(told.stdout) if row["path"].startswith("talks/")}
    assert found >= {
        ("talks/01-mau/talk.vi.md", "law-unknown"),
        ("talks/01-mau/talk.vi.md", "hotline-unknown"),
        ("talks/01-mau/loa.vi.md", "front-missing"),
    }
