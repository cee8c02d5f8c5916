"""The editor of one screen, and the order of screens."""

from __future__ import annotations

from base64 import b64decode, b64encode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from lms.access import requires
from lms.authoring import queries, writing
from lms.authoring.lesson_form import LessonForm, RawForm, TextForm
from lms.authoring.views.drafts import form_of, module_at, said_by, stored_text, the_draft_or_404, title_of, typed_text
from lms.authoring.views.preview import live_words, phone_page
from lms.courses.content import LOOKS
from lms.courses.models import Course, Edition
from lms.courses.operations import draft_of
from lms.courses.package import ModulePackage
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
    module = module_at(draft, path)
    form = form_of(stored, module, path)
    if request.method == "GET":
        form.opened.data = digest
        return _page(course, draft, module, path, form)
    if not form.validate():
        return _page(course, draft, module, path, form), 400
    try:
        with db.write():
            writing.save_text(queries.course_of(code), path, typed_text(form, stored), form.opened.data or "")
    except writing.Changed as changed:
        return _page(course, draft, module, path, form, changed=changed.message), 409
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
    draft = the_draft_or_404(course)
    if request.method == "POST":
        with db.write():
            title = title_of(stored_text(draft, path)[0])
            removed = writing.delete_lesson(queries.course_of(code), path, request.form.get("opened", ""))
        kept = [(one, b64encode(data).decode()) for one, data in removed.items()]
        return render_template("authoring/deleted.html", course=course, title=title or path, kept=kept)
    stored, digest = stored_text(draft, path)
    name = path.rpartition("/")[2]
    leading = [one for one in module_at(draft, path).questions if one.get("read_again") == name]
    page = {"title": title_of(stored), "opened": digest, "path": path, "key": "", "leading": len(leading)}
    return render_template("authoring/delete.html", course=course, **page)


@requires("trainer")
def restore_lesson(code: str) -> ResponseReturnValue:
    """The undo of a deletion: the page that said it is done carried the files; later, an edition still has them."""
    lost = request.form.get("lost")
    if lost is not None:
        with db.write():
            writing.bring_back_lesson(queries.course_of(code), lost)
        flash(_("Đã đưa bài trở lại chỗ cũ."))
        return redirect(url_for("authoring.outline", code=code), 303)
    try:
        files = [b64decode(one, validate=True) for one in request.form.getlist("data")]
        removed = dict(zip(request.form.getlist("path"), files, strict=True))
    except ValueError:
        raise BadRequest from None
    with db.write():
        writing.restore_lesson(queries.course_of(code), removed)
    flash(_("Đã đưa bài trở lại chỗ cũ."))
    return redirect(url_for("authoring.outline", code=code), 303)


def _page(
    course: Course, draft: Edition, module: ModulePackage, path: str, form: TextForm | RawForm, changed: str = ""
) -> str:
    """`changed`: somebody saved in between; then what is stored stands below the form, and a further save replaces
    that. Whatever was sent is shown on the phone and checked as it was sent."""
    stored, digest = stored_text(draft, path)
    if changed:
        form.opened.data = digest
    sent = request.method == "POST"
    text = typed_text(form, stored) if sent else stored
    return render_template(
        "authoring/lesson.html",
        course=course,
        module=module,
        path=path,
        form=form,
        is_lesson=isinstance(form, LessonForm),
        is_raw=isinstance(form, RawForm),
        title=title_of(stored) or title_of(text),
        phone=phone_page(draft, path, text) if sent else "",
        changed=changed,
        stored=stored if changed else "",
        theirs=said_by(stored) if changed else [],
        containers=list(LOOKS),
        lines=list(helplines()),
        **live_words(draft, path, text, form),
    )
