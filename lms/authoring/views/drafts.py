"""What the pages of one text of a draft share: its module, its letters, its form, and what the checks say of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from lms.authoring import queries, writing
from lms.authoring.checking import check_typed
from lms.authoring.checks import Finding
from lms.authoring.files import Document, read_document
from lms.authoring.lesson_form import LessonForm, RawForm, TextForm, lines_of, text_of, with_added_law
from lms.courses.documents import DocumentError, body_of, decode
from lms.courses.files import sha256
from lms.courses.models import Course, Edition, EditionFile
from lms.courses.operations import draft_of
from lms.courses.package import ModulePackage
from lms.db import db


def the_draft_or_404(course: Course) -> Edition:
    draft = draft_of(course)
    if draft is None:
        raise NotFound
    return draft


def module_at(draft: Edition, path: str) -> ModulePackage:
    """The module that a file belongs to; 404 for any other file."""
    if not writing.EDITABLE.fullmatch(path):
        raise NotFound
    found = (module for module in queries.package_of(draft).modules if path.startswith(f"{module.path}/"))
    module = next(found, None)
    if module is None:
        raise NotFound
    return module


def stored_text(draft: Edition, path: str) -> tuple[str, str]:
    """The text of a file of the draft and its SHA-256; 404 if it is not there.

    A lesson that was taken out while its form was open: two empty texts for what that form sends.
    """
    file: Any = db.session.get(EditionFile, (draft.id, path))
    if not writing.EDITABLE.fullmatch(path) or (file is None and request.method != "POST"):
        raise NotFound
    if file is None:
        return "", ""
    try:
        return decode(file.data), sha256(file.data)
    except DocumentError:
        return file.data.decode("utf-8", "replace"), sha256(file.data)


def form_of(stored: str, module: ModulePackage, path: str) -> TextForm | RawForm:
    """Filled with what is stored, or with what was sent."""
    try:
        document = read_document(stored) if stored else Document("", {}, "")
    except DocumentError:
        return RawForm(data={"text": stored})
    form: TextForm = TextForm() if path.endswith("module.vi.md") else LessonForm()
    if isinstance(form, LessonForm):
        form.offer(module, document.front)
    if request.method == "GET":
        form.fill(document)
    elif isinstance(form, LessonForm):
        form.law.data = with_added_law(request.form)
    return form


def typed_text(form: TextForm | RawForm, stored: str) -> str:
    """The file as the form says it."""
    return lines_of(form.text.data) if isinstance(form, RawForm) else text_of(form, stored)


def findings_of(draft: Edition, path: str, text: str, form: TextForm | RawForm) -> list[Finding]:
    """What is to be looked at in the stored text (GET) or in the one that was sent, by the lines of the form's box:
    it holds what stands below the front matter."""
    stored = request.method == "GET"
    found = queries.outline(draft).findings if stored else check_typed(draft, path, text)
    above = 0 if isinstance(form, RawForm) else text[: len(text) - len(body_of(text))].count("\n")
    return [
        replace(one, place=f"line:{int(one.place[5:]) - above}")
        if one.place.startswith("line:") and int(one.place[5:]) > above
        else one
        for one in queries.of_path(found, path)
    ]


def said_by(stored: str) -> list[tuple[str, str]]:
    """A stored text in words: what its form calls a field, and what that says."""
    try:
        document = read_document(stored)
    except DocumentError:
        return [(_("Cả tệp"), stored)]
    names = (("title", _("Tên bài")), ("content_note", _("Lời báo trước")))
    said = [(label, str(document.front.get(name) or "")) for name, label in names]
    return [*said, (_("Nội dung"), document.body)]


def title_of(stored: str) -> str:
    try:
        return str(read_document(stored).front.get("title") or "")
    except DocumentError:
        return ""
