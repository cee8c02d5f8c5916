"""What an import has written into the register so far, added up from what its rows remember."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select

from lms.people.models import RosterRow
from lms.people.scope import unscoped


@dataclass(frozen=True)
class Written:
    """`people` new, `updated` and `same` are persons, each counted once. `posts` new; `refined`: the place said more
    closely.
    """

    people: int
    updated: int
    same: int
    posts: int
    refined: int


def written_by(rows: Sequence[RosterRow]) -> Written:
    effects = [row.effect for row in rows if row.effect]
    new = {effect["person"] for effect in effects if effect["created"]}
    touched = {e["person"] for e in effects if e["changes"] or e["posts"] or e["refined"]} - new
    return Written(
        people=len(new),
        updated=len(touched),
        same=len({effect["person"] for effect in effects} - new - touched),
        posts=sum(len(effect["posts"]) for effect in effects),
        refined=sum(len(effect["refined"]) for effect in effects),
    )


def people_of_list(import_id: int, *, only_new: bool) -> Select[int]:
    """A SELECT of the persons that rows of the import were entered as, or of those alone whom it made."""
    person: ColumnElement[int] = RosterRow.effect["person"].as_integer()
    wanted = RosterRow.effect["created"].as_boolean() if only_new else person.is_not(None)
    statement = select(person).where(RosterRow.import_id == import_id, wanted)
    return unscoped(statement, "ids, to narrow what the caller has scoped")
