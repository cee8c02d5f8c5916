"""Finding one import: 404 if there is none, 403 if its unit is not the viewer's to keep."""

from __future__ import annotations

from sqlalchemy import Select, select
from werkzeug.exceptions import NotFound

from lms.access.current import viewer
from lms.db import db
from lms.people.models import RosterImport
from lms.people.rights import require_some_line


def see_import(import_id: int) -> RosterImport:
    """To look at it."""
    return _found(select(RosterImport).where(RosterImport.id == import_id))


def load_import(import_id: int) -> RosterImport:
    """Locked for a change."""
    statement = select(RosterImport).where(RosterImport.id == import_id).with_for_update()
    return _found(statement.execution_options(populate_existing=True))


def _found(statement: Select[RosterImport]) -> RosterImport:
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    require_some_line(viewer(), found.unit_id)
    return found
