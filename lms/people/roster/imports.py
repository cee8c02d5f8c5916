"""Finding one import: 404 if there is none for the viewer's lines, 403 if its unit is not the viewer's to keep."""

from __future__ import annotations

from sqlalchemy import Select, select
from werkzeug.exceptions import NotFound

from lms.access import Viewer
from lms.access.current import viewer
from lms.db import db
from lms.people.models import LINES, RosterImport
from lms.people.rights import lines_in, require_some_line


def see_import(import_id: int) -> RosterImport:
    """To look at it."""
    return _found(select(RosterImport).where(RosterImport.id == import_id))


def load_import(import_id: int) -> RosterImport:
    """Locked for a change."""
    statement = select(RosterImport).where(RosterImport.id == import_id).with_for_update()
    return _found(statement.execution_options(populate_existing=True))


def may_open(who: Viewer, roster: RosterImport) -> bool:
    """The rows name people of every line that whoever sent the file keeps: who opens them must keep these too."""
    return lines_of(roster) <= lines_in(who, roster.unit_id)


def lines_of(roster: RosterImport) -> frozenset[str]:
    """The lines that the list was read for; all of them where nothing was noted."""
    return frozenset(roster.reading.get("lines", LINES))


def _found(statement: Select[RosterImport]) -> RosterImport:
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    require_some_line(viewer(), found.unit_id)
    if not may_open(viewer(), found):
        raise NotFound
    return found
