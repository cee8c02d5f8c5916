"""The courses that ship: nothing to mend and nothing to look at again, with the register of units at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.authoring.checking import check_files
from lms.courses.folder import read_folder

COURSES = sorted(Path("content").glob("k[1-6]-*"))


def test_there_are_courses() -> None:
    assert [course.name[:2] for course in COURSES][:3] == ["k1", "k2", "k3"]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.name)
def test_our_own_courses_are_clean(course: Path) -> None:
    assert [one for one in check_files(read_folder(course)) if not one.allowed_reason] == []
