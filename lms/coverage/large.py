"""Which questions are too large for a request, and what makes two of them the same question."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from time import monotonic
from typing import Any

from sqlalchemy import func, literal, select

from lms.access import GrantValue, Viewer
from lms.coverage.facts import READERS, Question, counting, stands_in, units_counted
from lms.coverage.summing import By
from lms.db import db
from lms.kept import kept
from lms.people.models import Assignment
from lms.people.scope import units_of, unscoped, visible
from lms.units.models import UnitPath

LIMIT = 150_000
"""Posts that one request counts. The largest province has 40,000 and takes a third of a second; from here on it would
be more than a second, and tens of megabytes, of a web thread that others wait for."""
REMEMBERED = 600.0
"""Seconds that a process remembers which of the two an area is."""

Area = tuple[int | None, str | None]


def is_large(viewer: Viewer, question: Question) -> bool:
    """Whether the viewer may count more than `LIMIT` posts there, past ones included: a look at the index alone."""
    if (db.session.scalar(unscoped(select(func.max(Assignment.id)), "how many there ever were")) or 0) <= LIMIT:
        return False
    sizes, asked = kept("coverage: sizes", 1000), (LIMIT, question.scope, question.tree_on, *areas(viewer))
    until, found = sizes.get(asked) or (0.0, False)
    if until < monotonic():
        until, found = sizes.put(asked, (monotonic() + REMEMBERED, _holds_many(viewer, question)))
    return bool(found)


def _holds_many(viewer: Viewer, question: Question) -> bool:
    posts = select(literal(1)).where(stands_in(viewer, question, units_counted(viewer, question)))
    some = visible(counting(viewer), posts, of=Assignment).limit(LIMIT + 1).subquery()
    many = unscoped(select(func.count()).select_from(some), "posts that passed visible()")
    return (db.session.scalar(many) or 0) > LIMIT


def areas(viewer: Viewer) -> list[Area]:
    """The units and lines whose posts the viewer may count, without those that lie in another one of them."""
    own = {(grant.unit_id, grant.line) for grant in viewer.grants_for(*READERS)}
    wider = [one for one in own if not any(_holds(other, one) for other in own - {one})]
    return sorted(wider, key=lambda area: (area[0] or 0, area[1] or ""))


def _holds(wide: Area, narrow: Area) -> bool:
    return wide[0] in (None, narrow[0]) and wide[1] in (None, narrow[1])


def viewer_of(those: list[Area]) -> Viewer:
    """Somebody who may count exactly these."""
    return Viewer(name="lms", grants=tuple(GrantValue("inspector", unit, line) for unit, line in those))


def asked_as(viewer: Viewer, question: Question, divisions: tuple[By, ...] | None, *, now: bool) -> dict[str, Any]:
    """The question as plain values, the same for all who are to see the same figure. `divisions`: None for the page's;
    `now`: asked with what is known when it is answered.

    The rights are part of it: the areas that may be counted, and which units these are on today's tree. So is the tree
    itself (`paths`): a place that was moved makes another question.
    """
    needs = question.requirement
    return {
        "on": question.on.isoformat(),
        "tree_on": question.tree_on.isoformat(),
        "known_on": None if now else question.known_on.astimezone(UTC).isoformat(),
        "scope": question.scope,
        "plan": needs.plan_code,
        "version": needs.version,
        "areas": [list(area) for area in areas(viewer)],
        "units": _units_digest(viewer),
        "paths": db.session.scalar(select(func.max(UnitPath.id))),
        "divisions": None if divisions is None else [list(by) for by in divisions],
    }


def key_of(asked: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _units_digest(viewer: Viewer) -> str | None:
    """Of the units in each area; None where everything may be counted, whatever there is."""
    found = []
    for unit, line in areas(viewer):
        under = units_of(viewer_of([(unit, line)]), *READERS)
        found.append([unit, line, [] if under is None else sorted(set(db.session.scalars(under)))])
    return None if all(unit is None for unit, _, _ in found) else hashlib.sha256(json.dumps(found).encode()).hexdigest()
