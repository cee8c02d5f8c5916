"""Whom the undoing of an import left in the register, and why: kept with the import as ids and codes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from lms.access import Viewer
from lms.db import db
from lms.people.models import Person, RosterImport
from lms.people.roster.packing import unpack_reasons
from lms.people.roster.words import Lexicon, sentences
from lms.people.scope import visible


def kept_of(roster: RosterImport, who: Viewer) -> list[tuple[Person, Sequence[str]]]:
    """Empty unless it was undone; only people whom the viewer may see."""
    kept = dict(roster.reading.get("undone", {}).get("kept", ()))
    people = db.session.scalars(visible(who, select(Person).where(Person.id.in_(kept)).order_by(Person.sort_key)))
    return [(person, sentences(unpack_reasons(kept[person.id]), Lexicon())) for person in people]
