"""`lms content …`"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy import select

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.authoring import operations
from lms.authoring.checking import context, has_units
from lms.authoring.checks import Finding, check_package, check_sheet, errors_of
from lms.authoring.hours import say_hours
from lms.authoring.wording import say
from lms.courses import operations as courses
from lms.courses.curriculum import curriculum
from lms.courses.models import Course
from lms.courses.package import CoursePackage, read_package
from lms.db import db
from lms.talks.kits import FOLDER as TALKS
from lms.web.refusals import Refusal

cli = AppGroup("content", help="Course packages: check a folder, take it in, take it out.")

Folder = click.Path(exists=True, file_okay=False, path_type=Path)


@cli.command("check")
@click.argument("folder", type=Folder)
@click.option("--json", "as_json", is_flag=True)
def check(folder: Path, as_json: bool) -> None:
    """Check a course's folder, or a folder of courses, by the rules of the content guide, and show its hours.

    Exit 1 if anything must be mended before publishing.
    """
    _use_tables_near(folder)
    with_units = has_units()
    if not with_units:
        click.echo(_("Máy này chưa có danh mục địa bàn, nên trong bài chỉ dò được tên các tỉnh, thành phố."), err=True)
    findings, now = [], context(with_units)
    for name, files in _courses_in(folder).items():
        package = read_package(files)
        found = [replace(one, path=f"{name}{one.path}") for one in check_package(package, files, now)]
        findings += found
        if not as_json:
            _print(found)
            _print_hours(package.course)
    sheets = _sheets_in(folder)
    told = [one for path in sheets for one in check_sheet(path, sheets, now)]
    findings += told
    if sheets and not as_json:
        _print(told)
    if as_json:
        click.echo(json.dumps([asdict(one) | {"severity": one.severity} for one in findings], ensure_ascii=False))
    sys.exit(1 if errors_of(findings) else 0)


@cli.command("import")
@click.argument("folder", type=Folder)
@click.option("--publish", is_flag=True, help="Publish it as the next edition at once.")
@click.option("--json", "as_json", is_flag=True)
def import_(folder: Path, publish: bool, as_json: bool) -> None:
    """Take a course's folder, or each of a folder of courses, in as the draft of its course, or publish it.

    Exit 1 with every reason if one cannot be; the courses before it stay.
    """
    act_as(SYSTEM)
    taken = []
    for name, files in _courses_in(folder).items():
        number, code = _import(files, publish, name.rstrip("/") or folder.resolve().name, as_json)
        taken.append({"course": code, "edition": number})
        if not as_json:
            words = _("Khóa %(code)s, bản số %(number)s.", code=code, number=number) if number else _draft_words(code)
            click.echo(words)
    if as_json:
        click.echo(json.dumps(taken))


def _import(files: dict[str, bytes], publish: bool, name: str, as_json: bool) -> tuple[int | None, str]:
    """(number of the published edition or None: the draft, code of the course). `as_json`: reasons go to stderr."""
    try:
        with db.write():
            edition = operations.import_folder(files, publish, folder=name)
            return edition.number, edition.course.code
    except operations.ContentRefused as refused:
        _print(refused.findings, err=as_json)
        sys.exit(1)
    except Refusal as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(1)


@cli.command("export")
@click.argument("course")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--draft", is_flag=True, help="The draft instead of the newest edition.")
def export(course: str, folder: Path, draft: bool) -> None:
    """Write a course out as the folder it came in as. The folder must be new or empty."""
    if folder.exists() and any(folder.iterdir()):
        click.echo(_("Thư mục này đã có tệp khác bên trong."), err=True)
        sys.exit(1)
    found = db.session.scalars(select(Course).where(Course.code == course)).one_or_none()
    newest = courses.draft_of if draft else courses.newest_published
    edition = newest(found) if found is not None else None
    if edition is None:
        click.echo(_("Không có khóa học này, hoặc chưa có bản như vậy."), err=True)
        sys.exit(1)
    files = courses.export_files(edition)
    operations.write_folder(folder, files)
    click.echo(_("Đã ghi %(n)s tệp.", n=len(files)))


def _courses_in(folder: Path) -> dict[str, dict[str, bytes]]:
    """What stands before a path in the findings → the files: of this course, or of each course in the folder."""
    several = sorted(path.parent for path in folder.glob("*/course.yaml"))
    if (folder / "course.yaml").is_file() or not several:
        return {"": operations.read_folder(folder)}
    return {f"{course.name}/": operations.read_folder(course) for course in several}


def _sheets_in(folder: Path) -> dict[str, bytes]:
    """Of a folder of courses: the texts of the talk kits beside them, path → bytes; of a course's folder none."""
    if (folder / "course.yaml").is_file() or not (folder / TALKS).is_dir():
        return {}
    texts = operations.read_folder(folder / TALKS).items()
    return {f"{TALKS}/{path}": data for path, data in texts if path.endswith(".vi.md")}


def _print_hours(course: CoursePackage | None) -> None:
    if course is not None:
        planned = curriculum(current_app.extensions["settings"].content_dir)
        click.echo("\n".join(say_hours(course, planned)) + "\n")


def _use_tables_near(folder: Path) -> None:
    """The tables of law and helplines that stand beside the folder or above it, else those of the settings."""
    settings = current_app.extensions["settings"]
    places = (folder.resolve(), *folder.resolve().parents, settings.content_dir)
    found = next((place for place in places if (place / "law.yaml").is_file()), None)
    if found is None:
        click.echo(_("Không thấy bảng điều luật law.yaml trong thư mục này hay các thư mục ở trên."), err=True)
        sys.exit(2)
    current_app.extensions["settings"] = settings.model_copy(update={"content_dir": found})


def _print(findings: list[Finding], err: bool = False) -> None:
    for finding in findings:
        allowed = _(" (được phép: %(why)s)", why=finding.allowed_reason) if finding.allowed_reason else ""
        click.echo(f"{finding.code}  {say(finding)}{allowed}", err=err)
    errors = len(errors_of(findings))
    warnings = sum(one.severity == "warning" and one.allowed_reason is None for one in findings)
    click.echo(_("%(errors)s chỗ phải sửa, %(warnings)s chỗ nên xem lại.", errors=errors, warnings=warnings), err=True)


def _draft_words(code: str) -> str:
    return str(_("Khóa %(code)s, bản nháp. Chưa phát hành.", code=code))
