"""The courses that ship: nothing to mend and nothing to look at again, with the register of units at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.authoring.checking import context
from lms.authoring.checks import check
from lms.authoring.sheets.lines import read_module
from lms.authoring.sheets.table import read_rows
from lms.courses.folder import read_folder

COURSES = sorted(Path("content").glob("k[1-6]-*"))
SHEETS = sorted(Path("content/review/km").glob("0*.csv"))
"""Of the modules of K1 that readers of Khmer have before them."""


def test_there_are_courses() -> None:
    assert [course.name[:2] for course in COURSES][:3] == ["k1", "k2", "k3"]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.name)
def test_our_own_courses_are_clean(course: Path) -> None:
    assert [one for one in check(read_folder(course), context()) if not one.allowed_reason] == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_what_readers_of_khmer_have_before_them_is_what_stands_in_the_course(sheet: Path) -> None:
    """Every string has a draft and its back-translation; after a change: `lms content sheet`, and translate."""
    module = read_module(read_folder(COURSES[0] / "modules" / sheet.stem), "km")
    rows = read_rows(sheet.read_bytes()).values()
    assert module.troubles == ()
    assert [(row.file, row.nr, row.source, row.draft) for row in rows] == [
        (line.file, line.nr, line.source, line.draft) for line in module.lines
    ]
    assert [row.nr for row in rows if not row.draft or not row.back_translation] == []


def test_the_first_drafts_are_the_modules_that_save_lives() -> None:
    assert [sheet.stem[:2] for sheet in SHEETS] == ["01", "03", "05"]
