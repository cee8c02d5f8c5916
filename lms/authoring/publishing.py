"""A course goes from its files into the learners' hands: import, checks, bank, edition. Never commits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from lms.access.current import viewer
from lms.authoring.checking import context
from lms.authoring.checks import Finding, check_package, errors_of
from lms.authoring.wording import say
from lms.courses import operations as courses
from lms.courses.files import content_hash
from lms.courses.models import Course, Edition
from lms.courses.package import CoursePackage, read_package
from lms.quizzes import bank
from lms.web.refusals import Refusal


class ContentRefused(Refusal):
    """The checks found errors; `findings` has all that they found, for whoever can show a list."""

    def __init__(self, findings: list[Finding]) -> None:
        errors = errors_of(findings)
        self.findings = findings
        super().__init__(
            _(
                "Chưa phát hành được, còn %(n)s chỗ phải sửa. Chỗ đầu tiên: %(first)s",
                n=len(errors),
                first=say(errors[0]),
            )
        )


def import_folder(
    files: Mapping[str, bytes], publish: bool = False, by: str | None = None, folder: str | None = None
) -> Edition:
    """The course's draft, replaced by `files`; with `publish` its next edition. The same bytes change nothing.

    `by`: who answers for it (default: the viewer). `Refusal` for what cannot be stored, and `ContentRefused` for
    what may not be published.
    """
    edition = courses.import_package(files, folder)
    return publish_draft(edition, by) if publish and edition.number is None else edition


def publish_draft(edition: Edition, by: str | None = None) -> Edition:
    """Check the draft, put its questions into the bank, and close it under the next number.

    `ContentRefused` on errors of the checks, `Refusal` where nothing has changed since the newest edition.
    """
    courses.hold(edition)
    files = courses.export_files(edition)
    _refuse_unchanged(edition, files)
    package = read_package(files)
    findings = check_package(package, files, context())
    if errors_of(findings):
        raise ContentRefused(findings)
    if package.course is not None:
        store_questions(edition, package.course)
    return courses.publish(edition, by or viewer().actor, package)


def publish_course(course: Course, by: str | None = None) -> Edition:
    """`publish_draft` of the course's draft; `Refusal` if there is none."""
    draft = courses.draft_of(course)
    if draft is None:
        raise Refusal(_("Khóa học này không có bản nháp nào để phát hành."))
    return publish_draft(draft, by)


def store_questions(edition: Edition, course: CoursePackage) -> None:
    """The rows that an edition draws from: they must stand before its number closes it."""
    for module in course.modules:
        bank.store_items(edition, module.code, module.questions)
    described = course.front.get("final_quiz")
    if isinstance(described, dict) and described.get("draw"):
        bank.store_quiz(edition, described, must_be_right_keys(course))


def must_be_right_keys(course: CoursePackage) -> list[str]:
    """Named by a module's front matter, or marked in the item itself."""
    return sorted({key for module in course.modules for key in _must(module.front, module.questions)})


def _must(front: Mapping[str, Any], items: tuple[Mapping[str, Any], ...]) -> set[str]:
    quiz = front.get("quiz")
    named = quiz.get("must_be_right") if isinstance(quiz, dict) else None
    marked = {str(item["id"]) for item in items if item.get("must_be_right") and "id" in item}
    return marked | (set(map(str, named)) if isinstance(named, list) else set())


def _refuse_unchanged(edition: Edition, files: Mapping[str, bytes]) -> None:
    newest = courses.newest_published(edition.course)
    if newest is not None and newest.content_hash == content_hash(files):
        raise Refusal(
            _(
                "Bản nháp giống hệt bản số %(number)s đang dùng, nên không cần phát hành. "
                "Khi có chỗ nào thay đổi, Anh/Chị phát hành lại nhé.",
                number=newest.number,
            )
        )
