"""Pages for whoever speaks before people: every kit to read, to print and to take along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from lms.access import requires
from lms.certificates.pdf import PdfLibrariesMissing
from lms.courses.documents import DocumentError
from lms.courses.law import cite_all, law_table
from lms.courses.shown import rendered
from lms.talks.kits import FOLDER, Kit, Sheet, kit_of, kits, sheet_of
from lms.talks.poster import POSTER, poster_pdf, read_poster
from lms.web.helplines import helplines, numbers, oldest_check
from lms.web.languages import select_language
from lms.web.refusals import Refusal

log = structlog.get_logger("lms.talks")
bp = Blueprint("talks", __name__, template_folder="templates")
SPEAKERS = ("learner", "trainer", "organiser")
OPEN, ALL = "mo", "het"
"""?mo=het unfolds every part: for paper, also from browsers that print only what is unfolded."""


@dataclass(frozen=True)
class Part:
    """A sheet as it is shown; `anchor`: its name in the page's address."""

    anchor: str
    part: str
    sheet: Sheet
    lang: str


@bp.get("/noi-chuyen")
@requires(*SPEAKERS)
def talks() -> str:
    return render_template("talks/talks.html", kits=kits(_content()), poster=_poster("vi"), khmer=_khmer_poster())


@bp.get("/noi-chuyen/<kit_code>")
@requires(*SPEAKERS)
def kit(kit_code: str) -> str:
    """All sheets of a kit on one page, in the order in which they are needed; printed, each begins a sheet of paper.

    They are folded, but for the first: a kit is thirty screens of a phone.
    """
    try:
        found = kit_of(_content(), kit_code)
    except DocumentError as error:
        raise Refusal(_("Bộ này đang có chỗ máy không đọc được. Xin báo người phụ trách.")) from error
    if found is None:
        raise NotFound
    unfolded = request.args.get(OPEN) == ALL
    page = {"kit": found, "parts": [*_parts(found)], "unfolded": unfolded}
    return render_template("talks/kit.html", **page, html=_html, cite=_cited)


@bp.get("/noi-chuyen/to-treo.pdf")
@requires(*SPEAKERS)
def poster() -> Response:
    return _pdf(_poster("vi"), "vi")


@bp.get("/noi-chuyen/to-treo.km.pdf")
@requires(*SPEAKERS)
def khmer_poster() -> Response:
    """In Khmer for whoever may see it, else the Vietnamese one."""
    sheet = _khmer_poster()
    return _pdf(sheet, "km") if sheet is not None else _pdf(_poster("vi"), "vi")


def _content() -> Path:
    folder: Path = current_app.extensions["settings"].content_dir
    return folder


def _poster(lang: str) -> Sheet | None:
    """None where there is none, or one that cannot be read: the kits are shown all the same."""
    try:
        return sheet_of(_content() / FOLDER / f"{POSTER}.{lang}.md")
    except DocumentError as error:
        log.error("the poster cannot be read", lang=lang, fault=error.code, line=error.line)
        return None


def _pdf(sheet: Sheet | None, lang: str) -> Response:
    if sheet is None:
        raise NotFound
    response = Response(_printed(sheet, lang), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="to-treo{"" if lang == "vi" else "." + lang}.pdf"'
    return response


def _printed(sheet: Sheet, lang: str) -> bytes:
    try:
        checked_on = oldest_check([*helplines().values()])
        return poster_pdf(read_poster(sheet.body), numbers(), checked_on, lang, draft=lang != "vi" and sheet.draft)
    except ValueError as error:
        raise Refusal(_("Tờ treo chưa đúng mẫu nên chưa in được. Xin báo người phụ trách.")) from error
    except PdfLibrariesMissing as missing:
        raise Refusal(_("Máy chủ chưa in được tờ treo. Xin báo người phụ trách."), 503) from missing


def _khmer_asked() -> bool:
    """Drafts are for whoever asked for Khmer, and only where the office lets drafts be seen."""
    return select_language() == "km"


def _khmer_poster() -> Sheet | None:
    return _poster("km") if _khmer_asked() else None


def _parts(kit: Kit) -> Iterator[Part]:
    """Each sheet; before it the same in Khmer, for whoever asked for Khmer."""
    for part, sheet in kit.sheets.items():
        if part in kit.khmer and _khmer_asked():
            yield Part(f"{part}-km", part, kit.khmer[part], "km")
        yield Part(part, part, sheet, "vi")


def _html(sheet: Sheet, lang: str = "vi") -> str:
    return rendered(sheet.body, lang, {})


def _cited(sheet: Sheet) -> list[str]:
    return cite_all(law_table(), sheet.law)
