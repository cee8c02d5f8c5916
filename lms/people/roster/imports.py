"""Finding one import: 404 if there is none that the viewer keeps, whatever unit or line keeps it from them."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import Select, select
from werkzeug.exceptions import NotFound

from lms.access import Viewer
from lms.access.current import viewer
from lms.db import db
from lms.people.models import LINES, RosterImport
from lms.people.rights import lines_in
from lms.web.refusals import Refusal


def see_import(import_id: int) -> RosterImport:
    """To look at it."""
    return _found(select(RosterImport).where(RosterImport.id == import_id))


def load_import(import_id: int) -> RosterImport:
    """Locked for a change."""
    statement = select(RosterImport).where(RosterImport.id == import_id).with_for_update()
    return _found(statement.execution_options(populate_existing=True))


def may_open(who: Viewer, roster: RosterImport) -> bool:
    """The rows name people of every line that whoever sent the file keeps: who opens them must keep these too."""
    kept = lines_in(who, roster.unit_id)
    return bool(kept) and lines_of(roster) <= kept


def lines_of(roster: RosterImport) -> frozenset[str]:
    """The lines that the list was read for; all of them where nothing was noted."""
    return frozenset(roster.reading.get("lines", LINES))


def _found(statement: Select[RosterImport]) -> RosterImport:
    found = db.session.scalars(statement).one_or_none()
    if found is None or not may_open(viewer(), found):
        raise NotFound
    if not found.file_key:
        raise Refusal(_("Danh sách này đã hết hạn lưu giữ nên tệp và các dòng đã được xóa. Sổ vẫn giữ nguyên."), 410)
    return found
