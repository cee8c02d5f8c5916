"""Pages for whoever speaks before people: every kit to read, to print and to take along."""

from __future__ import annotations

from pathlib import Path

import structlog
from flask import Blueprint, Response, current_app, render_template
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from lms.access import requires
from lms.certificates.pdf import PdfLibrariesMissing
from lms.courses.documents import DocumentError
from lms.courses.law import cite_all, law_table
from lms.courses.shown import rendered
from lms.talks.kits import FOLDER, Kit, Sheet, kit_of, kits, sheet_of
from lms.talks.poster import poster_pdf, read_poster
from lms.web.helplines import helplines, numbers, oldest_check
from lms.web.languages import select_language
from lms.web.refusals import Refusal

log = structlog.get_logger("lms.talks")
bp = Blueprint("talks", __name__, template_folder="templates")
SPEAKERS = ("learner", "trainer", "organiser")


@bp.get("/noi-chuyen")
@requires(*SPEAKERS)
def talks() -> str:
    return render_template("talks/talks.html", kits=kits(_content()), poster=_poster())


@bp.get("/noi-chuyen/<kit_code>")
@requires(*SPEAKERS)
def kit(kit_code: str) -> str:
    """All sheets of a kit on one page, in the order in which they are needed; printed, each begins a sheet of paper."""
    try:
        found = kit_of(_content(), kit_code)
    except DocumentError as error:
        raise Refusal(_("Bộ này đang có chỗ máy không đọc được. Xin báo người phụ trách.")) from error
    if found is None:
        raise NotFound
    return render_template("talks/kit.html", kit=found, khmer=_khmer(found), html=_html, cite=_cited)


@bp.get("/noi-chuyen/to-treo.pdf")
@requires(*SPEAKERS)
def poster() -> Response:
    sheet = _poster()
    if sheet is None:
        raise NotFound
    response = Response(_printed(sheet), mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="to-treo.pdf"'
    return response


def _content() -> Path:
    folder: Path = current_app.extensions["settings"].content_dir
    return folder


def _poster() -> Sheet | None:
    """None where there is none, or one that cannot be read: the kits are shown all the same."""
    try:
        return sheet_of(_content() / FOLDER / "poster.vi.md")
    except DocumentError as error:
        log.error("the poster cannot be read", fault=error.code, line=error.line)
        return None


def _printed(sheet: Sheet) -> bytes:
    try:
        return poster_pdf(read_poster(sheet.body), numbers(), oldest_check([*helplines().values()]))
    except ValueError as error:
        raise Refusal(_("Tờ treo chưa đúng mẫu nên chưa in được. Xin báo người phụ trách.")) from error
    except PdfLibrariesMissing as missing:
        raise Refusal(_("Máy chủ chưa in được tờ treo. Xin báo người phụ trách."), 503) from missing


def _khmer(kit: Kit) -> Sheet | None:
    """A draft is for whoever asked for Khmer, and only where the office lets drafts be seen."""
    return kit.khmer if select_language() == "km" else None


def _html(sheet: Sheet, lang: str = "vi") -> str:
    return rendered(sheet.body, lang, {})


def _cited(sheet: Sheet) -> list[str]:
    return cite_all(law_table(), sheet.law)
