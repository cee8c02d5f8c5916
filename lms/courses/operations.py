"""The verbs of editions: bring a package in, change a draft, publish it, take it out again. Never commits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from lms.audit.operations import record
from lms.courses import messages
from lms.courses.enrolments import enrol, finish_lesson, mark_completed, open_lesson
from lms.courses.files import content_hash, faults_of_file, hash_of_hashes, sha256
from lms.courses.models import Course, Edition, EditionFile, Lesson, Module
from lms.courses.package import CoursePackage, ModulePackage, Package, Problem, read_package
from lms.courses.rules import amount
from lms.db import db, utc_now
from lms.web.refusals import Refusal

__all__ = [
    "draft_of",
    "enrol",
    "export_files",
    "finish_lesson",
    "hold",
    "import_package",
    "mark_completed",
    "newest_published",
    "open_lesson",
    "publish",
    "remove_draft_file",
    "reparse",
    "start_draft",
    "write_draft_file",
]

DEFAULT_VALIDITY_MONTHS = 12


def import_package(files: Mapping[str, bytes], folder: str | None = None) -> Edition:
    """The draft of the package's course, replaced by `files`; the newest edition if it is the same bytes.

    `folder`: the name of the folder it came in (kept for a new course; default its code). `Refusal` for what
    cannot be stored or does not say which course it is; lesser problems stay in the draft to be mended.
    """
    package = read_package(files)
    course_package = _accepted(package)
    course = _course(course_package, folder or course_package.code)
    newest = newest_published(course)
    if newest is not None and newest.content_hash == content_hash(files):
        return newest
    edition = draft_of(course) or _new_draft(course, course_package)
    _replace_files(edition, files)
    _apply(edition, course_package)
    record("course.imported", f"edition:{edition.id}", files=len(files), content_hash=content_hash(files))
    return edition


def start_draft(course: Course) -> Edition:
    """The course's draft, made from the newest edition's files if there is none. `Refusal` without either."""
    draft = draft_of(course)
    if draft is not None:
        return draft
    newest = newest_published(course)
    if newest is None:
        raise Refusal(_("Khóa học này chưa có bản nào để soạn tiếp."))
    files = export_files(newest)
    package = _accepted(read_package(files))
    edition = _new_draft(course, package)
    _replace_files(edition, files)
    _apply(edition, package)
    record("edition.draft_started", f"edition:{edition.id}", copied_from=newest.id)
    return edition


def write_draft_file(edition: Edition, path: str, data: bytes) -> list[Problem]:
    """Put one file into a draft; the problems it then has. `Refusal` for what may not be stored."""
    hold(edition)
    _refuse_published(edition)
    refused = list(faults_of_file(path, data))
    if refused:
        raise Refusal(messages.say(refused[0]), 400)
    before = db.session.get(EditionFile, (edition.id, path))
    digest = sha256(data)
    if before is None:
        db.session.add(EditionFile(edition_id=edition.id, path=path, sha256=digest, data=data))
    elif before.sha256 != digest:
        record("edition.file_changed", f"edition:{edition.id}", path=path, before=before.sha256, after=digest)
        before.sha256, before.data = digest, data
    else:
        return list(read_package(export_files(edition)).problems)
    if before is None:
        record("edition.file_changed", f"edition:{edition.id}", path=path, before=None, after=digest)
    return reparse(edition)


def hold(edition: Edition) -> None:
    """Its course changes by one hand at a time, until the transaction ends; what was published meanwhile is known."""
    db.session.execute(select(Course.id).where(Course.id == edition.course_id).with_for_update())
    db.session.refresh(edition, ["number"])


def remove_draft_file(edition: Edition, path: str) -> list[Problem]:
    """Take one file out of a draft; the problems of the draft as it then is."""
    hold(edition)
    _refuse_published(edition)
    file = db.session.get(EditionFile, (edition.id, path))
    if file is not None:
        record("edition.file_removed", f"edition:{edition.id}", path=path, before=file.sha256)
        db.session.delete(file)
    return reparse(edition)


def reparse(edition: Edition, package: Package | None = None) -> list[Problem]:
    """Derive the draft's modules and lessons from its files again; what is wrong with the files."""
    _refuse_published(edition)
    db.session.flush()
    package = package or read_package(export_files(edition))
    _apply(edition, _accepted(package))
    return list(package.problems)


def publish(edition: Edition, by: str, package: Package | None = None) -> Edition:
    """Give the draft its number and hash; from then on the database refuses any change to what it holds.

    `package`: its files, where they were read since the course is held (`hold`).
    `Refusal` if it is published already or its package has a problem. Checks of content (law, care,
    questions), and the rows of its quiz, are the authoring room's, before it calls this.
    """
    course = db.session.scalars(select(Course).where(Course.id == edition.course_id).with_for_update()).one()
    problems = reparse(edition, package)
    if problems:
        raise Refusal(_("Chưa phát hành được: %(problem)s", problem=messages.say(problems[0])))
    digests = select(EditionFile.path, EditionFile.sha256).where(EditionFile.edition_id == edition.id)
    digest = hash_of_hashes((path, sha256) for path, sha256 in db.session.execute(digests))
    last = db.session.scalar(select(func.max(Edition.number)).where(Edition.course_id == course.id)) or 0
    # One flush, and the last: the number closes the edition, so modules and lessons must stand by now.
    edition.content_hash, edition.number = digest, last + 1
    edition.published_at, edition.published_by = utc_now(), by
    db.session.flush()
    course.title, course.motif = edition.title, _motif(edition.front)
    record("edition.published", f"edition:{edition.id}", number=edition.number, content_hash=digest)
    return edition


def export_files(edition: Edition) -> dict[str, bytes]:
    """The package as it came in or was saved, byte for byte, sorted by path."""
    rows = select(EditionFile.path, EditionFile.data).where(EditionFile.edition_id == edition.id)
    found = db.session.execute(rows.order_by(EditionFile.path)).all()
    return {row.path: row.data for row in found}


def newest_published(course: Course) -> Edition | None:
    wanted = select(Edition).where(Edition.course_id == course.id, Edition.number.is_not(None))
    return db.session.scalars(wanted.order_by(Edition.number.desc()).limit(1)).one_or_none()


def draft_of(course: Course) -> Edition | None:
    return db.session.scalars(
        select(Edition).where(Edition.course_id == course.id, Edition.number.is_(None))
    ).one_or_none()


def _accepted(package: Package) -> CoursePackage:
    if package.course is None or package.refusals:
        problem = (package.refusals or package.problems)[0]
        raise Refusal(_("Không nhận được gói bài học: %(problem)s", problem=messages.say(problem)), 400)
    return package.course


def _refuse_published(edition: Edition) -> None:
    if edition.number is not None:
        raise Refusal(_("Bản số %(number)s đã phát hành nên không sửa được. Hãy soạn bản mới.", number=edition.number))


def _course(package: CoursePackage, folder: str) -> Course:
    course = db.session.scalars(select(Course).where(Course.code == package.code).with_for_update()).one_or_none()
    if course is None:
        course = Course(code=package.code, folder=folder, title=package.title, motif=_motif(package.front))
        db.session.add(course)
        db.session.flush()
    return course


def _new_draft(course: Course, package: CoursePackage) -> Edition:
    edition = Edition(
        course_id=course.id, title=package.title, front={}, tiet_online=Decimal(0), tiet_in_person=Decimal(0)
    )
    db.session.add(edition)
    db.session.flush()
    return edition


def _replace_files(edition: Edition, files: Mapping[str, bytes]) -> None:
    db.session.execute(delete(EditionFile).where(EditionFile.edition_id == edition.id))
    db.session.add_all(
        EditionFile(edition_id=edition.id, path=path, sha256=sha256(data), data=data) for path, data in files.items()
    )
    db.session.flush()


def _apply(edition: Edition, package: CoursePackage) -> None:
    """Write what the package says into the rows of its draft."""
    if package.code != db.session.scalars(select(Course.code).where(Course.id == edition.course_id)).one():
        raise Refusal(_("Mã khóa học trong course.yaml không được đổi."), 400)
    edition.title, edition.front = package.title, dict(package.front)
    edition.tiet_online = amount(package.front.get("tiet_tt"))
    edition.tiet_in_person = amount(package.front.get("tiet_ttr"))
    edition.validity_months = int(amount(package.front.get("validity_months"))) or DEFAULT_VALIDITY_MONTHS
    _replace_modules(edition, package.modules)


def _replace_modules(edition: Edition, modules: tuple[ModulePackage, ...]) -> None:
    ids = select(Module.id).where(Module.edition_id == edition.id)
    db.session.execute(delete(Lesson).where(Lesson.module_id.in_(ids)))
    db.session.execute(delete(Module).where(Module.edition_id == edition.id))
    db.session.expire(edition, ["modules"])
    db.session.add_all(_module_row(edition.id, module) for module in modules)
    db.session.flush()


def _module_row(edition_id: int, module: ModulePackage) -> Module:
    lessons = [
        Lesson(
            position=lesson.position,
            file=lesson.file,
            title=lesson.title,
            body=lesson.body,
            front=dict(lesson.front),
            texts=dict(lesson.texts),
        )
        for lesson in module.lessons
    ]
    return Module(
        edition_id=edition_id,
        position=module.position,
        folder=module.folder,
        code=module.code,
        title=module.title,
        body=module.body,
        front=dict(module.front),
        lessons=lessons,
    )


def _motif(front: Mapping[str, object]) -> int:
    """The tile of the course, 1…6."""
    motif = int(amount(front.get("motif")))
    return motif if 1 <= motif <= 6 else 1
