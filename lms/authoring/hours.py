"""The hours of a course side by side: declared, computed (content-guide.md A7), and planned in the curriculum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import format_decimal
from flask_babel import gettext as _

from lms.authoring.checks.hours import draws_of, module_seconds
from lms.courses.curriculum import PlannedCourse
from lms.courses.package import CoursePackage
from lms.courses.rules import amount, tiet

WIDTHS = (10, 10, 13, 12, 8, 10)


@dataclass(frozen=True)
class Hours:
    """Tiết of a module or a course, online and in person as declared.

    `computed`: what the content takes online, each module cut down to a quarter; `planned`: in all, None: not planned.
    """

    code: str
    computed: Decimal
    online: Decimal
    in_person: Decimal
    planned: Decimal | None


def hours_of(course: CoursePackage, planned: PlannedCourse | None) -> list[Hours]:
    """Each module's, and last the course's own."""
    draws, modules = draws_of(course), planned.modules if planned else {}
    found = [
        Hours(
            module.code,
            tiet(module_seconds(module, draws.get(module.code, 0))),
            amount(module.front.get("tiet_tt")),
            amount(module.front.get("tiet_ttr")),
            modules.get(module.position),
        )
        for module in course.modules
    ]
    whole = planned.online + planned.in_person if planned else None
    return [*found, _summed(course, found, whole)]


def say_hours(course: CoursePackage, curriculum: Mapping[str, PlannedCourse]) -> Iterator[str]:
    """The table as lines of text, and what is short of the curriculum in words."""
    planned = curriculum.get(course.code)
    yield _line(_("Số tiết"), _("tính ra"), _("trực tuyến"), _("tập trung"), _("cộng"), _("kế hoạch"))
    rows = hours_of(course, planned)
    for row in rows:
        hours = (row.computed, row.online, row.in_person, row.online + row.in_person, row.planned)
        yield _line(row.code, *map(_number, hours))
    whole = rows[-1]
    if planned and (
        whole.online < planned.online or whole.online + whole.in_person < planned.online + planned.in_person
    ):
        yield _(
            "Trực tuyến khai %(online)s trên %(planned)s tiết kế hoạch; cả khóa %(all)s trên %(whole)s tiết.",
            online=_number(whole.online),
            planned=_number(planned.online),
            all=_number(whole.online + whole.in_person),
            whole=_number(whole.planned),
        )


def _summed(course: CoursePackage, rows: list[Hours], planned: Decimal | None) -> Hours:
    zero = Decimal(0)
    computed = sum((row.computed for row in rows), zero)
    online, in_person = sum((row.online for row in rows), zero), sum((row.in_person for row in rows), zero)
    return Hours(course.code, computed, online, in_person, planned)


def _line(*cells: str) -> str:
    return "".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def _number(value: Decimal | None) -> str:
    return "–" if value is None else str(format_decimal(value))
