"""Where one can go: the entries of the top bar by capability, and the page to start on."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from lms.access import Viewer
from lms.access.current import viewer
from lms.web.deny import safe_next

OFFICE = ("manager", "inspector", "trainer", "organiser", "administrator")


@dataclass(frozen=True)
class Entry:
    """One entry of the top bar: its words, the route behind it, and who may see it."""

    words: str
    endpoint: str
    capabilities: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """An entry as the page shows it; `here` is what aria-current says ("" elsewhere)."""

    words: str
    url: str
    here: str = ""


ENTRIES = (
    Entry(_l("Tỷ lệ tập huấn"), "coverage.coverage", ("manager", "inspector")),
    Entry(_l("Con người"), "people.people", ("manager", "inspector", "organiser")),
    Entry(_l("Nhập danh sách"), "people.imports", ("manager",)),
    Entry(_l("Thẻ đăng nhập"), "accounts.cards", ("manager",)),
    Entry(_l("Sổ cấp giấy"), "certificates.register", ("manager", "inspector")),
    Entry(_l("Soạn bài"), "authoring.courses", ("trainer",)),
    Entry(_l("Nói chuyện với bà con"), "talks.talks", ("trainer", "organiser")),
    Entry(_l("Tài khoản và quyền"), "accounts.accounts", ("administrator",)),
    Entry(_l("Địa bàn"), "units.tree", ("manager", "inspector", "administrator")),
    Entry(_l("Việc của tôi"), "courses.home", ("learner",)),
    Entry(_l("Hồ sơ của tôi"), "certificates.records", ("learner",)),
)


def has_page(endpoint: str) -> bool:
    """True if the room that brings this route is part of this application."""
    return endpoint in current_app.view_functions


def _entries(who: Viewer) -> list[Entry]:
    return [entry for entry in ENTRIES if has_page(entry.endpoint) and who.can(*entry.capabilities)]


def navigation() -> list[Link]:
    """The top bar of this viewer. A learner's pages have none: one thing a screen, the name above leads home."""
    who = viewer()
    return [_link(entry) for entry in _entries(who)] if who.can(*OFFICE) else []


def _link(entry: Entry) -> Link:
    url = url_for(entry.endpoint)
    if request.path == url:
        return Link(entry.words, url, "page")
    return Link(entry.words, url, "true" if request.path.startswith(url + "/") else "")


def home_of(who: Viewer) -> str:
    """The endpoint of the page to start on: the first entry of the top bar, sign-in for a stranger, else the guide."""
    if not who.signed_in:
        return "accounts.sign_in" if has_page("accounts.sign_in") else "web.guide"
    return next((entry.endpoint for entry in _entries(who)), "web.guide")


def here() -> str:
    """The address of this page as one could open it again (the start page for an answer to a form)."""
    path = request.path if request.method in ("GET", "HEAD") else _opens_by_get(request.path)
    query = request.query_string.decode("ascii", "replace") if path == request.path else ""
    return safe_next(f"{path}?{query}" if query else path)


def _opens_by_get(path: str) -> str:
    try:
        current_app.create_url_adapter(request).match(path, "GET")  # type: ignore[union-attr]
    except (HTTPException, RequestRedirect):
        return "/"
    return path


def back() -> str:
    """The page of ours this one was reached from, else the start page."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host:
        return "/"
    return safe_next(f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path)
