"""What the register knows about the people a list may mean, read in a few large questions, never one a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from lms.access import Viewer
from lms.audit.models import AuditEntry
from lms.chunks import chunks
from lms.db import db
from lms.people.merging import active_merges, members, root_of
from lms.people.models import Assignment, Person, Role, RosterImport, RosterRow
from lms.people.roster.finding import Register
from lms.people.roster.names import names_of, variants
from lms.people.roster.places import PathSpan, Places
from lms.people.roster.proposals import Known, KnownPost, Listed
from lms.people.scope import unscoped, visible
from lms.text.dates import PartialDate, local_today
from lms.units.models import UnitPath, UnitScope

BY_HAND = ("person.created", "person.corrected")
WHY = "matching a list against the register; what the viewer may not see is not told"


def load_register(rows: Sequence[Listed], viewer: Viewer) -> Register:
    """Everybody whose name, first phone or row key stands in `rows`, or whom an answer names; merged persons as one."""
    merges = active_merges()
    roots = {root_of(person_id, merges) for person_id in _candidates(rows)}
    merged = members(merges)
    groups = {root: [root, *merged.get(root, ())] for root in sorted(roots)}
    return Register.of(_known(groups, viewer))


def load_places(unit_ids: Collection[int]) -> Places:
    """Where these units stand on any day."""
    scope = select(UnitScope.id).where(UnitScope.code == "all").scalar_subquery()
    spans: list[PathSpan] = []
    for some in chunks(sorted(unit_ids)):
        rows = select(UnitPath.unit_id, UnitPath.level, UnitPath.node_id, UnitPath.valid_from, UnitPath.valid_to).where(
            UnitPath.scope_id == scope, UnitPath.node_id.is_not(None), UnitPath.unit_id.in_(some)
        )
        for unit_id, level, node_id, begin, end in db.session.execute(rows):
            if node_id is not None:
                spans.append(PathSpan(unit_id, level, node_id, begin, end))
    return Places.of(spans)


def units_of(rows: Sequence[Listed], register: Register) -> set[int]:
    """Every unit that matching may ask about."""
    listed = {row.unit_id for row in rows if row.unit_id is not None}
    return listed | {post.unit_id for known in register.people.values() for post in known.posts}


def _candidates(rows: Sequence[Listed]) -> set[int]:
    names = {name for row in rows for name in variants(row.names.plain)}
    phones = {phone for row in rows for phone in row.phones}
    row_keys = {row.row_key for row in rows if row.row_key}
    found = {row.settled for row in rows if row.settled is not None}
    answers = (row.decision.get("same_person", "") for row in rows)
    found |= {int(answer.removeprefix("person:")) for answer in answers if answer.startswith("person:")}
    for column, wanted in ((Person.search_key, names), (Person.phone, phones), (Person.row_key, row_keys)):
        for some in chunks(sorted(wanted)):
            found.update(_scalars(select(Person.id).where(column.in_(some), Person.superseded_at.is_(None))))
    return found


def _scalars(statement: Select[Any]) -> Sequence[Any]:
    return db.session.scalars(unscoped(statement, WHY)).all()


def _known(groups: Mapping[int, list[int]], viewer: Viewer) -> Iterator[Known]:
    ids = sorted({person_id for group in groups.values() for person_id in group})
    people = {row.id: row for some in chunks(ids) for row in _people(some)}
    posts = _posts(ids)
    said = _facts_on(ids)
    shown = _shown(ids, viewer)
    for root, group in groups.items():
        if root in people:
            yield _one([people[member] for member in group if member in people], posts, said, shown)


def _people(ids: list[int]) -> Sequence[Any]:
    columns = (
        Person.id,
        Person.full_name,
        Person.sex,
        Person.birth_date,
        Person.birth_precision,
        Person.phone,
        Person.phone_spare,
        Person.row_key,
    )
    rows = select(*columns).where(Person.id.in_(ids), Person.superseded_at.is_(None))
    return db.session.execute(unscoped(rows, WHY)).all()


def _one(group: list[Any], posts: Mapping[int, list[KnownPost]], said: Mapping[int, date], shown: set[int]) -> Known:
    """The first of the group is who the others were merged into."""
    first = group[0]
    days = [said[row.id] for row in group if row.id in said]
    return Known(
        person_id=first.id,
        names=names_of(first.full_name),
        sex=first.sex,
        birth=PartialDate(first.birth_date, first.birth_precision) if first.birth_date else None,
        phone=first.phone,
        phone_spare=first.phone_spare,
        other_phones=frozenset(phone for row in group[1:] for phone in (row.phone, row.phone_spare) if phone),
        row_keys=frozenset(row.row_key for row in group),
        posts=tuple(post for row in group for post in posts.get(row.id, ())),
        facts_on=max(days, default=None),
        shown=any(row.id in shown for row in group),
    )


def _posts(ids: list[int]) -> dict[int, list[KnownPost]]:
    found: dict[int, list[KnownPost]] = defaultdict(list)
    for some in chunks(ids):
        rows = (
            select(
                Assignment.person_id,
                Assignment.id,
                Role.code,
                Assignment.unit_id,
                Assignment.first_day,
                Assignment.last_day,
                Assignment.recorded_at,
            )
            .join(Role, Role.id == Assignment.role_id)
            .where(Assignment.person_id.in_(some), Assignment.superseded_at.is_(None))
            .order_by(Assignment.id)
        )
        for person_id, post_id, role, unit_id, first, last, at in db.session.execute(unscoped(rows, WHY)):
            found[person_id].append(KnownPost(post_id, role, unit_id, first, last, local_today(at)))
    return found


def _facts_on(ids: list[int]) -> dict[int, date]:
    """For each person the day for which facts were last said: by a list that was confirmed, or by hand."""
    said: dict[int, date] = {}
    for some in chunks(ids):
        listed = (
            select(RosterRow.person_id, func.max(RosterImport.list_date))
            .join(RosterImport, RosterImport.id == RosterRow.import_id)
            .where(RosterRow.person_id.in_(some), RosterImport.state == "confirmed")
            .group_by(RosterRow.person_id)
        )
        said.update((person_id, day) for person_id, day in db.session.execute(unscoped(listed, WHY)) if person_id)
        by_hand = (
            select(AuditEntry.subject, func.max(AuditEntry.at))
            .where(AuditEntry.subject.in_([f"person:{person_id}" for person_id in some]))
            .where(AuditEntry.action.in_(BY_HAND))
            .group_by(AuditEntry.subject)
        )
        for subject, at in db.session.execute(by_hand):
            person_id = int(subject.removeprefix("person:"))
            said[person_id] = max(said.get(person_id, date.min), local_today(at))
    return said


def _shown(ids: list[int], viewer: Viewer) -> set[int]:
    found: set[int] = set()
    for some in chunks(ids):
        found.update(db.session.scalars(visible(viewer, select(Person.id).where(Person.id.in_(some)))))
    return found
