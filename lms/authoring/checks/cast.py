"""Who appears as what (content-guide.md A3): the balance of `cast` over a course, W05."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lms.authoring.checks.findings import Finding
from lms.courses.package import CoursePackage

HARMED, ACTED, PROFESSIONAL = "bi", "co", "chuyen-mon"
WOMEN, MEN = (Fraction(1, 2), Fraction(7, 10)), (Fraction(15, 100), Fraction(3, 10))
CHILD_BELOW, ELDER_FROM = 16, 60
DISABLED = "khuyet-tat"


@dataclass(frozen=True)
class Figure:
    """One appearance in a story: names are not unique, and what a learner meets is what counts."""

    who: str
    sex: str
    age: int
    ethnic: str
    role: str

    @property
    def is_child(self) -> bool:
        return 0 <= self.age < CHILD_BELOW


def cast_findings(course: CoursePackage) -> Iterator[Finding]:
    carriers = [*_carriers(course)]
    figures = [figure for carrier in carriers for figure in figures_of(carrier)]
    if figures:
        yield from (Finding("W05", "course.yaml", "", text, detail) for detail, text in _balance(figures))
        if not any(DISABLED in (carrier.get("tags") or ()) for carrier in carriers):
            yield Finding("W05", "course.yaml", "", "", "cast-disabled")


def figures_of(carrier: Mapping[str, Any]) -> Iterator[Figure]:
    rows = carrier.get("cast")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            age = row.get("age")
            yield Figure(
                str(row.get("who")).casefold(),
                str(row.get("sex")),
                age if isinstance(age, int) else -1,
                str(row.get("ethnic") or ""),
                str(row.get("role")),
            )


def _carriers(course: CoursePackage) -> Iterator[Mapping[str, Any]]:
    for module in course.modules:
        yield from (lesson.front for lesson in module.lessons)
        yield from module.questions


def _balance(cast: list[Figure]) -> Iterator[tuple[str, str]]:
    harmed, acted = _in(cast, HARMED), _in(cast, ACTED)
    if harmed:
        yield from _shares(harmed)
        if not any(figure.is_child for figure in harmed):
            yield "cast-child", ""
        if not any(figure.age >= ELDER_FROM for figure in harmed):
            yield "cast-elder", ""
    if acted and len({figure.sex for figure in acted}) < 2:
        yield "cast-acted-sex", ""
    for figure in acted:
        if figure.ethnic:
            yield "cast-acted-ethnic", figure.who
    for ethnic in sorted({figure.ethnic for figure in cast} - {"", "kinh"}):
        helping = sum(figure.ethnic == ethnic for figure in _in(cast, PROFESSIONAL))
        if helping < sum(figure.ethnic == ethnic for figure in harmed + acted):
            yield "cast-ethnic", ethnic


def _shares(harmed: list[Figure]) -> Iterator[tuple[str, str]]:
    """Women and men among all who are harmed. A child is a child: were it counted by its sex, both bands could only
    be met where they touch."""
    for sex, (least, most), detail in (("nu", WOMEN, "cast-women"), ("nam", MEN, "cast-men")):
        grown = sum(figure.sex == sex and not figure.is_child for figure in harmed)
        share = Fraction(grown, len(harmed))
        if not least <= share <= most:
            yield detail, f"{int(share * 100)} %"


def _in(cast: list[Figure], role: str) -> list[Figure]:
    return [figure for figure in cast if figure.role == role]
