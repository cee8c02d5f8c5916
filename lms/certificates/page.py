"""The certificate as a page of HTML, for WeasyPrint and for the screen alike."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from lms.certificates.codes import normalise_code, show_code
from lms.certificates.paper import CertificatePaper, cleaned
from lms.certificates.qr import qr_data_uri
from lms.certificates.rules import study_text
from lms.text.dates import show_date_long

SQUEEZES = range(4)
# Letters that fit on one line at each size in paper.css: the first size is the largest.
_NAME_ROOM = (45, 54)
_COURSE_ROOM = (90, 160)
_KHMER_ROOM = (60,)
_CAPITAL_WIDTH = 1.4


@lru_cache(maxsize=1)
def _templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    templates = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    templates.filters["day_long"] = show_date_long
    return templates


def paper_html(paper: CertificatePaper, *, squeeze: int = 0, made_on: str = "", stylesheet: str = "") -> str:
    """The whole page; every value is escaped, none is read as a template.

    `squeeze` 0–3 sets the middle part ever smaller. `made_on` (ISO 8601) becomes the file's date of making.
    `stylesheet` is where a browser finds paper.css; `render_pdf` brings its own.
    """
    template = _templates().get_template("certificates/paper.html")
    return template.render(**_words(paper), on_paper=True, squeeze=squeeze, made_on=made_on, stylesheet=stylesheet)


def sheet_html(paper: CertificatePaper) -> Markup:
    """What stands on the sheet, to be put into an element of class "cert" of another page, without links."""
    return Markup(_templates().get_template("certificates/sheet.html").render(**_words(paper), on_paper=False))


def _words(paper: CertificatePaper) -> dict[str, Any]:
    paper = cleaned(paper)
    about_holder = _joined(", ", paper.birth_text, paper.role_and_unit)
    return {
        "paper": paper,
        "issuer": _joined(" ", paper.issuer, paper.issuer_place),
        "about_holder": about_holder,
        "optional_lines": sum(map(bool, (paper.holder_name_km, about_holder, paper.approved_programme))),
        "study": study_text(paper.tiet_online, paper.tiet_in_person),
        "code": show_code(paper.code),
        "check_place": check_place(paper),
        "qr": qr_data_uri(paper.check_url),
        "sizes": _sizes(paper),
    }


def check_place(paper: CertificatePaper) -> str:
    """Where to check, short enough to type: without scheme, and without the code, which stands below."""
    address = paper.check_url.partition("://")[2] or paper.check_url
    place, _, last = address.rpartition("/")
    return place if normalise_code(last) == paper.code else address


def _joined(by: str, *parts: str) -> str:
    return by.join(part for part in parts if part)


def _sizes(paper: CertificatePaper) -> dict[str, int]:
    name = f"{paper.honorific} {paper.holder_name}"
    return {
        "name": _size(name, _NAME_ROOM),
        "khmer": _size(paper.holder_name_km, _KHMER_ROOM),
        "course": _size(paper.course_title, _COURSE_ROOM),
    }


def _size(text: str, room: tuple[int, ...]) -> int:
    """1 for texts that fit the largest size, one more for each room that is too small."""
    letters = sum(_CAPITAL_WIDTH if letter.isupper() else 1 for letter in text)
    return 1 + sum(letters > most for most in room)
