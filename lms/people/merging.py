"""Persons who turned out to be one. A merge is a pointer that can be undone; it is followed whenever asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import CompoundSelect, Select, select

from lms.db import db
from lms.people.models import PersonMerge
from lms.people.scope import unscoped

WHY = "which persons are one: ids only"


def merged_away() -> Select[int]:
    """A SELECT of the ids of all persons who are now part of another."""
    return unscoped(select(PersonMerge.person_id).where(PersonMerge.undone_at.is_(None)), WHY)


def ever_merged() -> CompoundSelect[int]:
    """A SELECT of the ids of all persons who are part of another, or have another as a part."""
    into = select(PersonMerge.into_id).where(PersonMerge.undone_at.is_(None))
    return merged_away().union(into)


def active_merges() -> dict[int, int]:
    """person → the person it was merged into."""
    rows = select(PersonMerge.person_id, PersonMerge.into_id).where(PersonMerge.undone_at.is_(None))
    return dict(db.session.execute(unscoped(rows, WHY)).all())


def root_of(person_id: int, merges: Mapping[int, int]) -> int:
    """Who the person is after all merges; operations keep them free of circles."""
    while person_id in merges:
        person_id = merges[person_id]
    return person_id


def members(merges: Mapping[int, int]) -> dict[int, list[int]]:
    """root → everybody merged into it, over any number of steps."""
    found: dict[int, list[int]] = defaultdict(list)
    for person_id in sorted(merges):
        found[root_of(person_id, merges)].append(person_id)
    return found
