"""The page from which a module is read aloud, and the slots for its recordings."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from lms.access import requires
from lms.authoring import queries
from lms.authoring.recordings import drop_recording, keep_recording, script_of
from lms.authoring.views.drafts import the_draft_or_404
from lms.courses.law import law_table
from lms.courses.models import Edition
from lms.courses.operations import hold
from lms.courses.shown import sound_of
from lms.courses.snapshot import ModuleView, edition_view
from lms.db import db
from lms.web.helplines import helplines
from lms.web.refusals import Refusal


@requires("trainer")
def scripts(code: str, folder: str) -> str:
    draft = the_draft_or_404(queries.course_of(code))
    view, law = edition_view(draft.id), law_table()
    module = next((one for one in view.modules if one.folder == folder), None)
    if module is None:
        raise NotFound
    read = [script_of(lesson, law, _number) for lesson in module.lessons]
    sounds = {one.lesson.id: sound_of(view, module, one.lesson.front.get("audio")) for one in read}
    return render_template(
        "authoring/scripts.html", code=code, course=view, module=module, scripts=read, sounds=sounds, path_of=_path
    )


@requires("trainer")
def record(code: str, path: str) -> ResponseReturnValue:
    """A recording into its slot, or the one there taken out."""
    with db.write():
        draft = the_draft_or_404(queries.course_of(code))
        hold(draft)
        module = _module_of(draft, path)
        _refuse_replaced(draft, module, path)
        if request.form.get("bo"):
            drop_recording(draft, path)
        else:
            keep_recording(draft, path, _sent())
    flash(_("Đã bỏ bản thu.") if request.form.get("bo") else _("Đã giữ bản thu. Anh/Chị nghe lại một lượt nhé."))
    return redirect(url_for("authoring.scripts", code=code, folder=module.folder), 303)


def _module_of(draft: Edition, path: str) -> ModuleView:
    """404 for a path at which the draft has no lesson, an introduction's too."""
    for module in edition_view(draft.id).modules:
        if any(path == _path(module, lesson.file) for lesson in module.lessons):
            return module
    raise NotFound


def _refuse_replaced(draft: Edition, module: ModuleView, path: str) -> None:
    """The page showed one recording, and by now another stands in the slot."""
    lesson = next(one for one in module.lessons if path == _path(module, one.file))
    sound = sound_of(edition_view(draft.id), module, lesson.front.get("audio"))
    if request.form.get("seen", "") != (sound.digest if sound else ""):
        raise Refusal(_("Bản thu này vừa có người thay hoặc bỏ. Anh/Chị tải lại trang, nghe thử rồi làm tiếp."), 409)


def _sent() -> bytes:
    sent = request.files.get("tep")
    data = sent.read() if sent else b""
    if not data:
        raise Refusal(_("Anh/Chị chưa chọn tệp thu âm."), 400)
    return data


def _number(key: str) -> str | None:
    """Of the whole country alone: a ward's own number is not recorded."""
    line = helplines().get(key)
    return line.number if line and line.everywhere else None


def _path(module: ModuleView, file: str) -> str:
    return f"modules/{module.folder}/{file}"
