"""A screen as a learner would see it, made from what stands in the editor's form; shown in the phone beside it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from lms.access import requires
from lms.authoring import queries
from lms.authoring.files import Document, read_document
from lms.authoring.lesson_form import LessonForm, RawForm, TextForm, law_keys
from lms.authoring.views.drafts import (
    findings_of,
    form_of,
    module_at,
    stored_text,
    the_draft_or_404,
    typed_text,
)
from lms.authoring.views.editions import law_words, words
from lms.courses.documents import DocumentError
from lms.courses.law import cite_all, law_table
from lms.courses.models import Edition
from lms.courses.passages import count_words
from lms.courses.shown import media_urls, rendered
from lms.courses.snapshot import edition_view
from lms.text.dates import read_date
from lms.web.headers import in_frame


@in_frame
@requires("trainer")
def preview(code: str) -> str:
    """GET: as stored; POST: as the form says now, with what the checks say of that. Nothing is saved."""
    draft = the_draft_or_404(queries.course_of(code))
    path = request.values.get("tep", "")
    stored = stored_text(draft, path)[0]
    form = form_of(stored, module_at(draft, path), path)
    if request.method == "GET":
        return phone_page(draft, path, stored)
    text = typed_text(form, stored)
    return phone_page(draft, path, text, live=live_words(draft, path, text, form))


def phone_page(draft: Edition, path: str, text: str, live: dict[str, Any] | None = None) -> str:
    """The text as a page of its own; `live`: what changes beside the phone while somebody types."""
    try:
        document = read_document(text)
    except DocumentError:
        document = Document("", {}, "")
    view, front = edition_view(draft.id), document.front
    keys = front.get("law")
    pictures = next((media_urls(view, one) for one in view.modules if path.startswith(f"modules/{one.folder}/")), {})
    return render_template(
        "authoring/preview.html",
        title=front.get("title") or "",
        content_note=front.get("content_note") or "",
        html=rendered(document.body, "vi", pictures),
        citations=cite_all(law_table(), map(str, keys if isinstance(keys, list) else ())),
        reviewed_on=read_date(str(front.get("reviewed_on") or "")),
        live=live,
        **(live or {}),
    )


def live_words(draft: Edition, path: str, text: str, form: TextForm | RawForm) -> dict[str, Any]:
    """The length, the checks, and the law as learners will read it."""
    keys = law_keys(form.law.data) if isinstance(form, LessonForm) else []
    return {
        "count": sum(count_words(form.body.data or "")) if isinstance(form, LessonForm) else 0,
        "findings": findings_of(draft, path, text, form),
        **law_words(keys),
        **words(),
    }
