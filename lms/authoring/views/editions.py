"""Courses, the draft at a glance, publishing, and what was published."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from lms.access import requires
from lms.authoring import operations, queries
from lms.authoring.changes import Change, changes
from lms.authoring.checks import Finding, errors_of
from lms.authoring.wording import bare, grouped, item_of, opening, what_of, where_of
from lms.authoring.writing import EDITABLE
from lms.courses import operations as course_operations
from lms.courses.law import KEY, cite, law_table
from lms.courses.models import Course, Edition
from lms.db import db

SINCE = (1980, 1, 1, 0, 0, 0)
"""The same edition gives the same zip: no date of today inside."""


def words() -> dict[str, Any]:
    """What templates need to say a finding, and to lead to where it is mended."""
    return {
        "grouped": grouped,
        "what_of": what_of,
        "where_of": where_of,
        "address_of": address_of,
        "bare": bare,
        "opening": opening,
    }


def address_of(code: str, finding: Finding) -> str:
    """The page on which a finding can be mended; "" for what is mended in the folder."""
    key = item_of(finding)
    if key:
        return url_for("authoring.question", code=code, key=key)
    if EDITABLE.fullmatch(finding.path):
        return url_for("authoring.lesson", code=code, path=finding.path)
    return ""


def law_words(keys: list[str]) -> dict[str, Any]:
    """Keys of law as learners will read them, and the instruments to choose from, each with its articles."""
    table = law_table()
    articles: dict[str, dict[str, None]] = {}
    for match in filter(None, map(KEY.fullmatch, table.articles)):
        articles.setdefault(match["instrument"], {})[match["article"]] = None
    return {
        "cited": [(key, words) for key in keys for words in [cite(table, key)] if words],
        "instruments": [(key, table.instruments[key], ", ".join(found)) for key, found in articles.items()],
    }


@requires("trainer")
def courses() -> str:
    return render_template("authoring/courses.html", lines=queries.course_lines())


@requires("trainer")
def outline(code: str) -> str:
    course = queries.course_of(code)
    draft = course_operations.draft_of(course)
    line = queries.course_line(course)
    found = queries.outline(draft) if draft is not None else None
    return render_template("authoring/outline.html", course=course, line=line, outline=found, **words())


@requires("trainer")
def start_draft(code: str) -> ResponseReturnValue:
    with db.write():
        course_operations.start_draft(queries.course_of(code))
    flash(_("Đã mở bản nháp. Người đang học vẫn học bản cũ cho tới khi Anh/Chị phát hành."))
    return redirect(url_for("authoring.outline", code=code), 303)


@requires("trainer")
def publish(code: str) -> ResponseReturnValue:
    if request.method == "POST":
        with db.write():
            number = operations.publish_course(queries.course_of(code)).number
        flash(_("Đã phát hành bản số %(n)s.", n=number))
        return redirect(url_for("authoring.edition", code=code, number=number), 303)
    course = queries.course_of(code)
    draft = course_operations.draft_of(course)
    if draft is None:
        return redirect(url_for("authoring.outline", code=code), 303)
    found = queries.outline(draft)
    return render_template(
        "authoring/publish.html",
        course=course,
        line=queries.course_line(course),
        outline=found,
        names=found.names,
        errors=errors_of(found.findings),
        warnings=[one for one in found.findings if one.severity == "warning" and one.allowed_reason is None],
        allowed=[one for one in found.findings if one.allowed_reason is not None],
        changes=_changes(course, draft),
        **words(),
    )


def _changes(course: Course, draft: Edition) -> list[Change] | None:
    """Against the edition in use; None where there is none yet."""
    newest = course_operations.newest_published(course)
    if newest is None:
        return None
    return changes(course_operations.export_files(newest), course_operations.export_files(draft))


@requires("trainer")
def edition(code: str, number: int) -> str:
    course = queries.course_of(code)
    line = queries.course_line(course)
    shown = next((one for one in line.editions if one.number == number), None)
    if shown is None:
        raise NotFound
    return render_template("authoring/edition.html", course=course, line=line, shown=shown)


@requires("trainer")
def edition_file(code: str, number: int) -> ResponseReturnValue:
    course = queries.course_of(code)
    return _zip(course, _published(course, number), f"{course.folder}-ban-{number}.zip")


@requires("trainer")
def draft_file(code: str) -> ResponseReturnValue:
    course = queries.course_of(code)
    draft = course_operations.draft_of(course)
    if draft is None:
        raise NotFound
    return _zip(course, draft, f"{course.folder}-nhap.zip")


def zipped(folder: str, files: Mapping[str, bytes]) -> bytes:
    """The package as one folder in a zip; the same files always give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(f"{folder}/{path}", SINCE), files[path], zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _zip(course: Course, edition: Edition, name: str) -> ResponseReturnValue:
    data = zipped(course.folder, course_operations.export_files(edition))
    return send_file(io.BytesIO(data), mimetype="application/zip", as_attachment=True, download_name=name)


def _published(course: Course, number: int) -> Edition:
    found = next((one for one in course.editions if one.number == number), None)
    if found is None:
        raise NotFound
    return found
