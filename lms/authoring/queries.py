"""What the trainer's pages show: courses and editions, the draft as an outline, the bank. Numbers of people only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from lms.authoring.checking import check_draft
from lms.authoring.checks import Finding
from lms.authoring.wording import item_of
from lms.courses import operations as courses
from lms.courses.models import Course, Edition, Enrolment
from lms.courses.package import CoursePackage, ModulePackage, read_package
from lms.courses.rules import amount
from lms.db import db
from lms.people.scope import unscoped

Body = dict[str, Any]
NOT_TO_MEND = ("W06",)
"""What authors cannot mend today: cases of many steps cannot be played yet."""
PART_FILES = ("module.vi.md", "questions.yaml")


@dataclass(frozen=True)
class EditionLine:
    """A published edition and how many learners are on it."""

    id: int
    number: int
    title: str
    content_hash: str
    published_at: datetime
    tiet: Decimal
    under_way: int
    finished: int


@dataclass(frozen=True)
class CourseLine:
    """`editions`: newest first."""

    code: str
    title: str
    motif: int
    has_draft: bool
    editions: tuple[EditionLine, ...]

    @property
    def newest(self) -> EditionLine | None:
        return self.editions[0] if self.editions else None

    @property
    def on_older(self) -> int:
        """Learners under way on an edition that is not the newest."""
        return sum(line.under_way for line in self.editions[1:])


@dataclass(frozen=True)
class Screen:
    path: str
    title: str
    minutes: Decimal
    findings: list[Finding]


@dataclass(frozen=True)
class QuestionLine:
    """An item of the draft; `body` is what questions.yaml says."""

    key: str
    folder: str
    module: str
    body: Body
    findings: list[Finding]


@dataclass(frozen=True)
class ModuleOutline:
    """`findings`: of the module itself, not of its screens and questions."""

    folder: str
    code: str
    title: str
    path: str
    screens: list[Screen]
    questions: list[QuestionLine]
    findings: list[Finding]


@dataclass(frozen=True)
class Outline:
    """The draft at a glance; `findings` are all there are, `general` those of no module; `lost`: see `lost_lessons`."""

    edition: Edition
    title: str
    modules: list[ModuleOutline]
    findings: list[Finding]
    lost: Mapping[str, str]

    @property
    def general(self) -> list[Finding]:
        return [one for one in self.findings if not one.path.startswith("modules/")]

    @property
    def names(self) -> dict[str, str]:
        """A file of the draft → what its author calls it."""
        screens = {screen.path: screen.title for module in self.modules for screen in module.screens}
        parts = {f"modules/{module.folder}/{name}": module.title for module in self.modules for name in PART_FILES}
        return screens | parts

    @property
    def questions(self) -> list[QuestionLine]:
        return [question for module in self.modules for question in module.questions]


def course_of(code: str) -> Course:
    """404 for a course that is not there."""
    found = db.session.scalars(select(Course).where(Course.code == code)).one_or_none()
    if found is None:
        raise NotFound
    return found


def course_lines() -> list[CourseLine]:
    return [course_line(course) for course in db.session.scalars(select(Course).order_by(Course.code))]


def course_line(course: Course) -> CourseLine:
    counts = _people_on(course)
    published = [edition for edition in course.editions if edition.number is not None]
    lines = [_line(edition, counts.get(edition.id, (0, 0))) for edition in reversed(published)]
    return CourseLine(course.code, course.title, course.motif, len(published) < len(course.editions), tuple(lines))


def outline(draft: Edition) -> Outline:
    """The draft's modules with what the checks say of each screen and question."""
    course, lost = package_of(draft), lost_lessons(draft)
    findings = [_with_title(one, lost) for one in check_draft(draft) if one.code not in NOT_TO_MEND]
    return Outline(draft, course.title, [_module(module, findings) for module in course.modules], findings, lost)


def lost_lessons(draft: Edition) -> dict[str, str]:
    """Lessons of the newest edition that the draft does not have: path → title."""
    newest = courses.newest_published(draft.course)
    if newest is None:
        return {}
    there = {f"modules/{module.folder}/{lesson.file}" for module in draft.modules for lesson in module.lessons}
    folders = {module.folder for module in draft.modules}
    return {
        path: lesson.title
        for module in newest.modules
        if module.folder in folders
        for lesson in module.lessons
        for path in [f"modules/{module.folder}/{lesson.file}"]
        if path not in there
    }


def _with_title(finding: Finding, lost: Mapping[str, str]) -> Finding:
    """A lesson that was taken out is told by its title, where an edition still knows it."""
    path = f"{finding.path.rpartition('/')[0]}/{finding.text}"
    return replace(finding, text=lost[path]) if finding.detail == "read-again-unknown" and path in lost else finding


def package_of(edition: Edition) -> CoursePackage:
    course = read_package(courses.export_files(edition)).course
    if course is None:
        raise NotFound
    return course


def of_path(findings: Sequence[Finding], path: str, item: str = "") -> list[Finding]:
    """What is still to be looked at in a file, or in one item of it."""
    return [
        one
        for one in findings
        if one.path == path and one.allowed_reason is None and (not item or item_of(one) == item)
    ]


def _module(module: ModulePackage, findings: list[Finding]) -> ModuleOutline:
    bank = f"{module.path}/questions.yaml"
    screens = [
        Screen(path, lesson.title, amount(lesson.front.get("minutes")), of_path(findings, path))
        for lesson in module.lessons
        for path in [f"{module.path}/{lesson.file}"]
    ]
    own = [one for one in of_path(findings, bank) if not item_of(one)]
    return ModuleOutline(
        folder=module.folder,
        code=module.code,
        title=module.title,
        path=f"{module.path}/module.vi.md",
        screens=screens,
        questions=[_question(module, dict(item), findings) for item in module.questions],
        findings=[*of_path(findings, f"{module.path}/module.vi.md"), *own],
    )


def _question(module: ModulePackage, body: Body, findings: list[Finding]) -> QuestionLine:
    key = str(body.get("id"))
    found = of_path(findings, f"{module.path}/questions.yaml", key)
    return QuestionLine(key, module.folder, module.code, body, found)


def _line(edition: Edition, people: tuple[int, int]) -> EditionLine:
    assert edition.number is not None and edition.content_hash is not None and edition.published_at is not None
    return EditionLine(
        id=edition.id,
        number=edition.number,
        title=edition.title,
        content_hash=edition.content_hash,
        published_at=edition.published_at,
        tiet=edition.tiet_online,
        under_way=people[0],
        finished=people[1],
    )


def _people_on(course: Course) -> dict[int, tuple[int, int]]:
    """edition id → (under way, finished)."""
    query = (
        select(Enrolment.edition_id, func.count(), func.count(Enrolment.completed_on))
        .join(Edition, Edition.id == Enrolment.edition_id)
        .where(Edition.course_id == course.id)
        .group_by(Enrolment.edition_id)
    )
    rows = db.session.execute(unscoped(query, "numbers for the authors of a course, never a person")).all()
    return {edition: (whole - finished, finished) for edition, whole, finished in rows}
