"""Two entries that are one person. A merge is a pointer: certificates and posts stay where they are, and it can be
undone.
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.access.current import viewer
from lms.audit.operations import record
from lms.db import db, utc_now
from lms.people.merging import active_merges, root_of
from lms.people.models import PersonMerge
from lms.people.rights import managed_among, require_managed
from lms.people.scope import unscoped
from lms.web.refusals import Refusal


def merge(person_id: int, into_id: int) -> int:
    """`person_id` turned out to be `into_id`; returns who they are now. Both must be people whom the viewer keeps."""
    person, into = require_managed(person_id), require_managed(into_id)
    merges = active_merges()
    target = root_of(into.id, merges)
    if person.id in merges:
        raise Refusal(_("%(name)s đã được gộp vào một người khác. Hãy tách ra trước.", name=person.full_name))
    if target == person.id:
        raise Refusal(_("Đây đã là cùng một người trong sổ."))
    db.session.add(PersonMerge(person_id=person.id, into_id=target))
    record("person.merged", f"person:{person.id}", after={"into": target})
    return target


def unmerge(person_id: int) -> int:
    """Take a merge back; returns the person they had been merged into."""
    merges = active_merges()
    into = merges.get(person_id)
    if into is None or not managed_among(viewer(), [person_id, into, root_of(into, merges)]):
        raise NotFound
    statement = select(PersonMerge).where(PersonMerge.person_id == person_id, PersonMerge.undone_at.is_(None))
    row = db.session.scalars(unscoped(statement, "the merge that is taken back, checked above")).one()
    row.undone_at = utc_now()
    record("person.unmerged", f"person:{person_id}", before={"into": into})
    return into
