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
from lms.courses.operations import hold
from lms.courses.pages import Sound
from lms.courses.shown import sound_of
from lms.courses.snapshot import EditionView, LessonView, ModuleView, edition_view
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
    return render_template("authoring/scripts.html", code=code, course=view, module=module, scripts=read, sounds=sounds)


@requires("trainer")
def record(code: str, path: str) -> ResponseReturnValue:
    """A recording into its slot, or the one there taken out."""
    with db.write():
        draft = the_draft_or_404(queries.course_of(code))
        hold(draft)
        view = edition_view(draft.id)
        module, lesson = _lesson_at(view, path)
        _refuse_replaced(sound_of(view, module, lesson.front.get("audio")))
        if request.form.get("bo"):
            drop_recording(draft, path)
        else:
            keep_recording(draft, path, _sent())
    flash(_("Đã bỏ bản thu.") if request.form.get("bo") else _("Đã giữ bản thu. Anh/Chị nghe lại một lượt nhé."))
    return redirect(url_for("authoring.scripts", code=code, folder=module.folder), 303)


def _lesson_at(view: EditionView, path: str) -> tuple[ModuleView, LessonView]:
    """404 for a path at which the draft has no lesson, an introduction's too."""
    lessons = ((module, lesson) for module in view.modules for lesson in module.lessons)
    found = next((one for one in lessons if path == f"{one[0].path}/{one[1].file}"), None)
    if found is None:
        raise NotFound
    return found


def _refuse_replaced(sound: Sound | None) -> None:
    """The page showed one recording, and by now another stands in the slot."""
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
