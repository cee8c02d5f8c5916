"""What people do where, in one line each: tells two people of one name apart."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select

from lms.access import Viewer
from lms.accounts.operations import rights
from lms.db import db, utc_now
from lms.people.models import Assignment, Role
from lms.people.rights import running
from lms.people.scope import visible
from lms.text.dates import local_today
from lms.units.queries import paths_of


def posts_of(who: Viewer, person_ids: list[int]) -> dict[int, str]:
    """The running posts of each person, as far as the viewer serves them."""
    today = local_today(utc_now())
    statement = (
        select(Assignment.person_id, Role.short_name, Assignment.unit_id)
        .join(Role, Role.id == Assignment.role_id)
        .where(
            Assignment.person_id.in_(person_ids),
            running(Assignment, today),
        )
        .order_by(Role.position, Assignment.id)
    )
    rows = db.session.execute(visible(rights.serving(who), statement, of=Assignment)).all()
    places = paths_of({row.unit_id for row in rows}, today)
    said: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        said[row.person_id].append(f"{row.short_name}, {places.get(row.unit_id, '')}")
    return {person: "; ".join(posts) for person, posts in said.items()}
