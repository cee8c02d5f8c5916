"""Writing decided rows into the register, and remembering in each row what it did, so that it can be undone."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select

from lms.audit.operations import record
from lms.chunks import chunks
from lms.db import db, utc_now
from lms.people.models import Assignment, Person, Role, RosterRow
from lms.people.roster.changes import unpack_birth
from lms.people.roster.proposals import Listed, PostPlan, Proposal, planned_id
from lms.people.roster.register import WHY
from lms.people.scope import unscoped
from lms.text.names import search_key, sort_key

_ROW_KEY_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32, so that each byte chooses evenly


@dataclass(frozen=True)
class Applied:
    """What one confirmation wrote."""

    rows: int = 0
    people: int = 0
    updated: int = 0
    posts: int = 0


@dataclass
class Effect:
    """What one row did. Kept in roster_row.effect; `posts` new, `refined` (old, new), `seen` already there."""

    person: int
    created: bool = False
    changes: dict[str, list[Any]] = field(default_factory=dict)
    posts: list[int] = field(default_factory=list)
    refined: list[list[int]] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)


def new_row_key() -> str:
    """What our exports carry in a hidden column; nothing can be guessed from it."""
    return "".join(_ROW_KEY_LETTERS[byte % 32] for byte in secrets.token_bytes(12))


def person_values(full_name: str, **facts: Any) -> dict[str, Any]:
    """The columns of a new person."""
    keys = {"sort_key": sort_key(full_name), "search_key": search_key(full_name), "row_key": new_row_key()}
    return {"full_name": full_name, **keys, **facts}


@dataclass(frozen=True)
class Entry:
    """One decided row: as stored, as it is read with its answers, and what is proposed."""

    row: RosterRow
    listed: Listed
    proposal: Proposal


def apply(entries: Sequence[Entry]) -> Applied:
    """Enter rows (in the order of the file, none of them open) into the register."""
    created = _create_people(entries)
    effects: dict[int, Effect] = {}
    for entry in entries:
        effects[entry.proposal.key] = _effect(entry.proposal, created, effects)
    _change_people(entries, effects, set(created.values()))
    _create_posts(entries, effects)
    for entry in entries:
        effect = effects[entry.proposal.key]
        entry.row.effect, entry.row.person_id = dict(vars(effect)), effect.person
    return _applied(effects.values(), len(created))


def _applied(effects: Collection[Effect], people: int) -> Applied:
    new = {effect.person for effect in effects if effect.created}
    return Applied(
        rows=len(effects),
        people=people,
        updated=len({effect.person for effect in effects if effect.changes} - new),
        posts=sum(len(effect.posts) + len(effect.refined) for effect in effects),
    )


def _effect(proposal: Proposal, created: Mapping[int, int], effects: Mapping[int, Effect]) -> Effect:
    if proposal.key in created:
        return Effect(created[proposal.key], created=True)
    root = effects.get(proposal.same_as) if proposal.same_as is not None else None
    person_id = root.person if root else proposal.person_id
    assert person_id is not None, "a decided row is somebody"
    return Effect(person_id)


def _create_people(entries: Sequence[Entry]) -> dict[int, int]:
    """Key of the row → the person it made. Inserted in bulk, and found again by their row keys."""
    values = {entry.proposal.key: _values_of(entry) for entry in entries if entry.proposal.outcome == "new"}
    ids: dict[str, int] = {}
    for some in chunks(values.values()):
        db.session.execute(insert(Person), some, execution_options={"render_nulls": True})
        made = select(Person.row_key, Person.id).where(Person.row_key.in_([one["row_key"] for one in some]))
        ids.update(db.session.execute(unscoped(made, WHY)).all())
    return {key: ids[one["row_key"]] for key, one in values.items()}


def _values_of(entry: Entry) -> dict[str, Any]:
    listed = entry.listed
    return person_values(
        listed.names.full,
        birth_date=listed.birth.value if listed.birth else None,
        birth_precision=listed.birth.precision if listed.birth else None,
        sex=listed.sex,
        phone=listed.phone,
        phone_spare=listed.phone_spare,
        note=entry.row.parsed["note"] or None,
    )


def _change_people(entries: Sequence[Entry], effects: Mapping[int, Effect], created: set[int]) -> None:
    changed = [entry for entry in entries if entry.proposal.changes]
    people = load_people({effects[entry.proposal.key].person for entry in changed})
    for entry in changed:
        effect = effects[entry.proposal.key]
        person = people[effect.person]
        for name, (_before, after) in entry.proposal.changes.items():
            effect.changes[name] = [fact(person, name), after]
            set_fact(person, name, after)
        if person.id not in created:
            before, after = _sides(effect.changes)
            record("person.updated", f"person:{person.id}", before=before, after=after, row=entry.row.id)


def _sides(changes: Mapping[str, list[Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    return {name: values[0] for name, values in changes.items()}, {name: values[1] for name, values in changes.items()}


def load_people(ids: Iterable[int]) -> dict[int, Person]:
    """Persons by id, locked where the database can; those withdrawn from the register are left out."""
    found: dict[int, Person] = {}
    for some in chunks(sorted(ids)):
        statement = select(Person).where(Person.id.in_(some), Person.superseded_at.is_(None)).order_by(Person.id)
        locked = unscoped(statement, WHY).with_for_update().execution_options(populate_existing=True)
        found.update((person.id, person) for person in db.session.scalars(locked))
    return found


def fact(person: Person, name: str) -> Any:
    """A fact in the form that JSON holds; "birth" is date and precision together."""
    if name == "birth":
        return [person.birth_date.isoformat(), person.birth_precision] if person.birth_date else None
    return getattr(person, name)


def set_fact(person: Person, name: str, value: Any) -> None:
    if name == "birth":
        birth = unpack_birth(value)
        person.birth_date = birth.value if birth else None
        person.birth_precision = birth.precision if birth else None
        return
    setattr(person, name, value)
    if name == "full_name":
        person.sort_key, person.search_key = sort_key(value, person.given_name), search_key(value)


def _create_posts(entries: Sequence[Entry], effects: Mapping[int, Effect]) -> None:
    role_ids = dict(db.session.execute(select(Role.code, Role.id)).all())
    values: dict[int, dict[str, Any]] = {}
    for entry in entries:
        effect = effects[entry.proposal.key]
        for index, plan in enumerate(entry.proposal.posts):
            if plan.act != "seen":
                planned = planned_id(entry.proposal.key, index)
                values[planned] = _post_values(plan, effect.person, role_ids[plan.role], entry.row.id)
    made = _insert_posts(values)
    for entry in entries:
        _note_posts(entry.proposal, effects[entry.proposal.key], made)
    _supersede({old: new for effect in effects.values() for old, new in effect.refined})


def _post_values(plan: PostPlan, person_id: int, role_id: int, row_id: int) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "role_id": role_id,
        "unit_id": plan.unit_id,
        "first_day": plan.first_day,
        "last_day": plan.last_day,
        "roster_row_id": row_id,
    }


def _insert_posts(values: Mapping[int, dict[str, Any]]) -> dict[int, int]:
    """Planned id → id. Inserted in bulk, and found again by the row they came from."""
    names = ("roster_row_id", "role_id", "unit_id", "first_day")
    ids: dict[tuple[Any, ...], int] = {}
    for some in chunks(values.values()):
        db.session.execute(insert(Assignment), some, execution_options={"render_nulls": True})
        rows = {one["roster_row_id"] for one in some}
        columns = (*(getattr(Assignment, name) for name in names), Assignment.id)
        made = select(*columns).where(Assignment.roster_row_id.in_(rows), Assignment.superseded_at.is_(None))
        ids.update({tuple(row[:-1]): row[-1] for row in db.session.execute(unscoped(made, WHY))})
    return {planned: ids[tuple(one[name] for name in names)] for planned, one in values.items()}


def _note_posts(proposal: Proposal, effect: Effect, made: Mapping[int, int]) -> None:
    """Ids in the row's effect; what stood for a post of a row above is now that post."""
    for index, plan in enumerate(proposal.posts):
        before = made.get(plan.assignment_id or 0, plan.assignment_id)
        if plan.act == "seen":
            effect.seen += [before] if before else []
        elif plan.act == "refine" and before:
            effect.refined.append([before, made[planned_id(proposal.key, index)]])
        else:
            effect.posts.append(made[planned_id(proposal.key, index)])


def _supersede(replaced: Mapping[int, int]) -> None:
    now = utc_now()
    for some in chunks(sorted(replaced)):
        statement = unscoped(select(Assignment).where(Assignment.id.in_(some)), WHY)
        for post in db.session.scalars(statement):
            post.superseded_at, post.superseded_by_id = now, replaced[post.id]
