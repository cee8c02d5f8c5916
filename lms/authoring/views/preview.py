"""A screen as a learner would see it, made from what stands in the editor's form; shown in the phone beside it."""

from __future__ import annotations

from flask import render_template, request

from lms.access import requires
from lms.authoring import queries
from lms.authoring.files import read_document
from lms.authoring.lesson_form import lines_of, listed
from lms.authoring.views.lessons import module_at, stored_text, the_draft_or_404
from lms.courses.documents import DocumentError
from lms.courses.law import cite_all, law_table
from lms.courses.shown import media_urls, rendered
from lms.courses.snapshot import edition_view
from lms.text.dates import read_date
from lms.web.headers import in_frame


@in_frame
@requires("trainer")
def preview(code: str) -> str:
    """GET: as stored; POST: as the form says now. Nothing is saved."""
    draft = the_draft_or_404(queries.course_of(code))
    path = request.values.get("tep", "")
    module = module_at(draft, path)
    said = _sent() if request.method == "POST" else _saved(stored_text(draft, path)[0])
    view = edition_view(draft.id)
    pictures = next((media_urls(view, one) for one in view.modules if one.folder == module.folder), {})
    return render_template(
        "authoring/preview.html",
        title=said["title"],
        content_note=said["content_note"],
        html=rendered(said["body"], "vi", pictures),
        citations=cite_all(law_table(), listed(said["law"])),
        reviewed_on=read_date(said["reviewed_on"]),
    )


def _sent() -> dict[str, str]:
    names = ("title", "content_note", "law", "reviewed_on")
    return {name: request.form.get(name, "") for name in names} | {"body": lines_of(request.form.get("body"))}


def _saved(stored: str) -> dict[str, str]:
    try:
        document = read_document(stored)
    except DocumentError:
        return {"title": "", "content_note": "", "law": "", "reviewed_on": "", "body": ""}
    front, keys = document.front, document.front.get("law")
    said = {name: str(front.get(name) or "") for name in ("title", "content_note", "reviewed_on")}
    return said | {"law": ",".join(map(str, keys if isinstance(keys, list) else ())), "body": document.body}
