"""The editor of one screen, and the order of screens."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, NotFound

from lms.access import requires
from lms.authoring import queries, writing
from lms.authoring.checks import Finding
from lms.authoring.files import read_document
from lms.authoring.lesson_form import LessonForm, RawForm, TextForm, lines_of, listed, text_of
from lms.authoring.views.editions import words
from lms.courses.content import LOOKS
from lms.courses.documents import DocumentError, body_of, decode
from lms.courses.files import sha256
from lms.courses.law import cite, law_table
from lms.courses.models import Course, Edition, EditionFile
from lms.courses.operations import draft_of
from lms.courses.package import ModulePackage
from lms.courses.passages import count_words
from lms.db import db
from lms.web.headers import holds_frame
from lms.web.helplines import helplines


@requires("trainer")
def new_lesson(code: str, folder: str) -> ResponseReturnValue:
    with db.write():
        path = writing.add_lesson(queries.course_of(code), folder, request.form.get("title", ""))
    return redirect(url_for("authoring.lesson", code=code, path=path), 303)


@holds_frame
@requires("trainer")
def lesson(code: str, path: str) -> ResponseReturnValue:
    course = queries.course_of(code)
    draft = draft_of(course)
    if draft is None:
        return redirect(url_for("authoring.outline", code=code), 303)
    stored, digest = stored_text(draft, path)
    form = _form(stored, module_at(draft, path), path)
    if request.method == "GET":
        form.opened.data = digest
        return _page(course, draft, path, form)
    if not form.validate():
        return _page(course, draft, path, form), 400
    try:
        with db.write():
            text = lines_of(form.text.data) if isinstance(form, RawForm) else text_of(form, stored)
            writing.save_text(queries.course_of(code), path, text, form.opened.data or "")
    except writing.Changed as changed:
        return _page(course, draft, path, form, changed=changed.message), 409
    flash(_("Đã lưu bản nháp."))
    return redirect(url_for("authoring.lesson", code=code, path=path), 303)


@requires("trainer")
def move_lesson(code: str, path: str) -> ResponseReturnValue:
    with db.write():
        writing.move_lesson(queries.course_of(code), path, -1 if request.form.get("step") == "up" else 1)
    return redirect(url_for("authoring.outline", code=code, _anchor=path.split("/")[1]), 303)


@requires("trainer")
def delete_lesson(code: str, path: str) -> ResponseReturnValue:
    course = queries.course_of(code)
    if request.method == "POST":
        with db.write():
            title = _title(stored_text(the_draft_or_404(course), path)[0])
            removed = writing.delete_lesson(queries.course_of(code), path, request.form.get("opened", ""))
        kept = [(one, b64encode(data).decode()) for one, data in removed.items()]
        return render_template("authoring/deleted.html", course=course, title=title or path, kept=kept)
    stored, digest = stored_text(the_draft_or_404(course), path)
    title = _title(stored)
    return render_template("authoring/delete.html", course=course, title=title, opened=digest, path=path, key="")


@requires("trainer")
def restore_lesson(code: str) -> ResponseReturnValue:
    """The undo of a deletion: the page that said it is done carried the files."""
    try:
        files = [b64decode(one, validate=True) for one in request.form.getlist("data")]
        removed = dict(zip(request.form.getlist("path"), files, strict=True))
    except ValueError:
        raise BadRequest from None
    with db.write():
        writing.restore_lesson(queries.course_of(code), removed)
    flash(_("Đã đưa bài trở lại chỗ cũ."))
    return redirect(url_for("authoring.outline", code=code), 303)


def module_at(draft: Edition, path: str) -> ModulePackage:
    """The module that a file belongs to; 404 for any other file."""
    if not writing.EDITABLE.fullmatch(path):
        raise NotFound
    found = (module for module in queries.package_of(draft).modules if path.startswith(f"{module.path}/"))
    module = next(found, None)
    if module is None:
        raise NotFound
    return module


def _form(stored: str, module: ModulePackage, path: str) -> TextForm | RawForm:
    """Filled with what is stored, or with what was sent."""
    try:
        document = read_document(stored)
    except DocumentError:
        return RawForm(data={"text": stored})
    form: TextForm = TextForm() if path.endswith("module.vi.md") else LessonForm()
    if isinstance(form, LessonForm):
        form.offer(module, document.front.get("outcome"))
    if request.method == "GET":
        form.fill(document)
    return form


def _page(course: Course, draft: Edition, path: str, form: TextForm | RawForm, changed: str = "") -> str:
    """`changed`: somebody saved in between; then what is stored stands below the form, and a further save replaces
    that."""
    stored, digest = stored_text(draft, path)
    if changed:
        form.opened.data = digest
    found = queries.outline(draft)
    module = next(one for one in found.modules if path.startswith(f"modules/{one.folder}/"))
    return render_template(
        "authoring/lesson.html",
        course=course,
        module=module,
        path=path,
        form=form,
        is_lesson=isinstance(form, LessonForm),
        is_raw=isinstance(form, RawForm),
        title=_title(stored),
        count=sum(count_words(form.body.data or "")) if isinstance(form, TextForm) else 0,
        findings=_by_lines_of_the_box(queries.of_path(found.findings, path), stored, form),
        cited=_cited(form),
        changed=changed,
        stored=stored if changed else "",
        containers=list(LOOKS),
        lines=list(helplines()),
        **words(),
    )


def _by_lines_of_the_box(found: list[Finding], stored: str, form: TextForm | RawForm) -> list[Finding]:
    """The box holds what stands below the front matter, so its lines are counted from there."""
    above = 0 if isinstance(form, RawForm) else stored[: len(stored) - len(body_of(stored))].count("\n")
    return [
        replace(one, place=f"line:{int(one.place[5:]) - above}")
        if one.place.startswith("line:") and int(one.place[5:]) > above
        else one
        for one in found
    ]


def _cited(form: TextForm | RawForm) -> list[tuple[str, str | None]]:
    """Each key of law with the words that learners will see; None for one that the table does not have."""
    keys = listed(form.law.data) if isinstance(form, LessonForm) else []
    return [(key, cite(law_table(), key)) for key in keys]


def stored_text(draft: Edition, path: str) -> tuple[str, str]:
    """The text of a file of the draft and its SHA-256; 404 if it is not there."""
    file: Any = db.session.get(EditionFile, (draft.id, path))
    if file is None or not writing.EDITABLE.fullmatch(path):
        raise NotFound
    try:
        return decode(file.data), sha256(file.data)
    except DocumentError:
        return file.data.decode("utf-8", "replace"), sha256(file.data)


def the_draft_or_404(course: Course) -> Edition:
    draft = draft_of(course)
    if draft is None:
        raise NotFound
    return draft


def _title(stored: str) -> str:
    try:
        return str(read_document(stored).front.get("title") or "")
    except DocumentError:
        return ""
