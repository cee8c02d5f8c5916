"""Undoing an import as a whole. Nothing is erased: what it wrote is marked as withdrawn, and what others built on it
since is kept and named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Column, Table, select

from lms.audit.operations import record
from lms.chunks import chunks
from lms.db import Base, db, utc_now
from lms.people.models import Assignment, Person, RosterImport, RosterRow
from lms.people.roster.applying import fact, load_people, set_fact
from lms.people.roster.imports import load_import
from lms.people.roster.packing import pack_reasons
from lms.people.roster.proposals import Reason
from lms.people.roster.staging import rows_of
from lms.people.scope import unscoped
from lms.web.refusals import Refusal

WHY = "who else speaks of the people of an import that is being undone: ids only"
PROOF = ("achievement", "certificate")
FACTS = ("person_id", "role_id", "unit_id", "first_day", "last_day")


@dataclass(frozen=True)
class Kept:
    """Somebody of whom something stays, and the reasons as codes for `words.py`."""

    person_id: int
    full_name: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Undone:
    people: int
    posts: int
    changes: int
    kept: tuple[Kept, ...]

    def pack(self) -> dict[str, Any]:
        """For roster_import.reading: ids and codes, no names."""
        kept = [[one.person_id, pack_reasons(one.reasons)] for one in self.kept]
        return {"people": self.people, "posts": self.posts, "changes": self.changes, "kept": kept}


def people_with_proof(roster: RosterImport) -> list[Kept]:
    """People of an import to be undone who already have achievements: they cannot be withdrawn with it."""
    return _proven(_Undo(roster)) if roster.state == "confirmed" or _left(roster) else []


def undo(import_id: int, *, keep_people: bool = False) -> Undone:
    """Withdraw all that the import wrote; again, what others held back when it was undone before.

    Raises Refusal if there is nothing to undo, or if people of it have achievements and `keep_people` does not say
    that these are to stay.
    """
    roster = load_import(import_id)
    if roster.state != "confirmed" and not _left(roster):
        raise Refusal(_("Danh sách này chưa được ghi vào sổ, hoặc đã hoàn tác rồi."))
    work = _Undo(roster)
    proven = _proven(work)
    if proven and not keep_people:
        raise Refusal(_proven_words(proven))
    done = work.run()
    roster.state, roster.undone_at = "undone", utc_now()
    roster.reading = {**roster.reading, "undone": done.pack()}
    counts = {"people": done.people, "posts": done.posts, "changes": done.changes, "kept": len(done.kept)}
    record("roster.undone", f"roster_import:{roster.id}", after=counts)
    return done


def _proven(work: _Undo) -> list[Kept]:
    return [one for one in work.kept() if any(reason.code == "has_proof" for reason in one.reasons)]


def _proven_words(proven: list[Kept]) -> str:
    names = ", ".join(one.full_name for one in proven[:5]) + ("…" if len(proven) > 5 else "")
    words = _(
        "%(n)s người của danh sách này đã có kết quả học (%(names)s) nên không thể gỡ khỏi sổ. "
        "Anh/Chị có thể giữ lại những người này và hoàn tác phần còn lại.",
        n=len(proven),
        names=names,
    )
    return str(words)


def _left(roster: RosterImport) -> set[int]:
    """Whom an earlier undoing left in the register with something of theirs."""
    return {person_id for person_id, _reasons in roster.reading.get("undone", {}).get("kept", ())}


class _Undo:
    """What the import did, row by row, and what has come to lean on it since."""

    def __init__(self, roster: RosterImport) -> None:
        self.again = roster.state == "undone"
        left = _left(roster)
        self.rows = [row for row in rows_of(roster.id) if row.effect and (not self.again or row.person_id in left)]
        self.created = {row.effect["person"] for row in self.rows if row.effect["created"]}
        self.people = load_people({row.effect["person"] for row in self.rows})
        self.posts = _load_posts(_posts_of(self.rows))
        self.leaning = _references(self.created, roster.id)
        self.seen = _seen_elsewhere(set(self.people), roster.id)
        self.reasons: dict[int, list[Reason]] = defaultdict(list)
        for person_id, tables in self.leaning.items():
            code = "has_proof" if any(table in PROOF for table in tables) else "referred_to"
            self.reasons[person_id].append(Reason(code, {"tables": sorted(tables)}))

    def kept(self) -> tuple[Kept, ...]:
        return tuple(
            Kept(person_id, self.people[person_id].full_name, tuple(reasons))
            for person_id, reasons in sorted(self.reasons.items())
            if person_id in self.people
        )

    def run(self) -> Undone:
        now = utc_now()
        posts = sum(self._withdraw_posts(row) for row in reversed(self.rows))
        changes = sum(self._restore(row) for row in reversed(self.rows))
        gone = (self.created - set(self.reasons)).intersection(self.people)
        for person_id in gone:
            self.people[person_id].superseded_at = now
        return Undone(len(gone), posts, changes, self.kept())

    def _withdraw_posts(self, row: RosterRow) -> int:
        """Posts it made are withdrawn, posts it replaced come back, unless somebody worked on them since."""
        effect = row.effect
        if effect["person"] in self.leaning:
            return 0
        done = 0
        for post_id in effect["posts"]:
            done += self._withdraw(effect["person"], post_id)
        for old_id, new_id in effect["refined"]:
            if self._withdraw(effect["person"], new_id):
                done += self._bring_back(self.posts[old_id], self.posts[new_id])
        return done

    def _bring_back(self, old: Assignment, new: Assignment) -> bool:
        """The post that `new` had replaced, as a new fact: what was known in between stays as it was known."""
        if old.last_day is None and _given_again(old):
            self.reasons[old.person_id].append(Reason("post_given_again", {"post": old.id}))
            return False
        copy = Assignment(**{name: getattr(old, name) for name in (*FACTS, "roster_row_id")})
        db.session.add(copy)
        db.session.flush()
        self.posts[copy.id] = copy
        new.superseded_by_id = copy.id
        return True

    def _standing(self, post_id: int) -> Assignment:
        """The post; where it was brought back by an undoing, the row that says the same now."""
        post = last = self.posts[post_id]
        while last.superseded_by_id is not None:
            last = self.posts[last.superseded_by_id]
        return last if all(getattr(last, name) == getattr(post, name) for name in FACTS) else post

    def _withdraw(self, person_id: int, post_id: int) -> bool:
        post = self._standing(post_id)
        if post.superseded_at is not None:
            if self.again:  # withdrawn the first time, or named then
                return False
            self.reasons[person_id].append(Reason("post_changed", {"post": post_id}))
            return False
        if self.seen.intersection((post_id, post.id)):
            self.reasons[person_id].append(Reason("post_listed_elsewhere", {"post": post_id}))
            return False
        post.superseded_at = utc_now()
        return True

    def _restore(self, row: RosterRow) -> int:
        """Facts get back what they were, if they still are what the import made them."""
        person = self.people.get(row.effect["person"])
        if person is None or person.id in self.created:
            return 0
        restored: dict[str, Any] = {}
        for name, (before, after) in reversed(row.effect["changes"].items()):
            if fact(person, name) == after:
                set_fact(person, name, before)
                restored[name] = before
            elif not self.again:
                self.reasons[person.id].append(Reason("changed_since", {"field": name}))
        if restored:
            record("person.restored", f"person:{person.id}", after=restored, row=row.id)
        return len(restored)


def _posts_of(rows: Iterable[RosterRow]) -> Iterator[int]:
    for row in rows:
        yield from row.effect["posts"]
        for pair in row.effect["refined"]:
            yield from pair


def _load_posts(ids: Iterable[int]) -> dict[int, Assignment]:
    """The posts, and whatever has taken their place since."""
    found: dict[int, Assignment] = {}
    wanted = set(ids)
    while wanted:
        for some in chunks(sorted(wanted)):
            statement = unscoped(select(Assignment).where(Assignment.id.in_(some)), WHY).with_for_update()
            found.update((post.id, post) for post in db.session.scalars(statement))
        wanted = {post.superseded_by_id for post in found.values() if post.superseded_by_id} - set(found)
    return found


def _given_again(old: Assignment) -> bool:
    """Whether somebody gave the person the same post anew: it runs once."""
    running = select(Assignment.id).where(
        Assignment.person_id == old.person_id,
        Assignment.role_id == old.role_id,
        Assignment.unit_id == old.unit_id,
        Assignment.last_day.is_(None),
        Assignment.superseded_at.is_(None),
    )
    return db.session.scalar(unscoped(running.limit(1), WHY)) is not None


def _references(person_ids: set[int], import_id: int) -> dict[int, set[str]]:
    """person → the tables in which something other than this import speaks of it.

    Asked of every table that has persons in it, rooms above this one too, so that none can be forgotten.
    """
    found: dict[int, set[str]] = defaultdict(set)
    for table, column in _columns_of_persons():
        for some in chunks(sorted(person_ids)):
            statement = select(column).where(column.in_(some))
            for condition in _not_of_import(table, import_id):
                statement = statement.where(condition)
            for person_id in db.session.scalars(unscoped(statement, WHY)):
                found[person_id].add(table.name)
    return found


def _columns_of_persons() -> Iterator[tuple[Table, Column[Any]]]:
    key = Person.__table__.c.id
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(reference.column is key for reference in column.foreign_keys):
                yield table, column


def _not_of_import(table: Table, import_id: int) -> list[Any]:
    own_rows = select(RosterRow.id).where(RosterRow.import_id == import_id)
    if table.name == "assignment":
        c = table.c
        return [c.superseded_at.is_(None), c.roster_row_id.is_(None) | c.roster_row_id.not_in(own_rows)]
    if table.name == "roster_row":
        confirmed = select(RosterImport.id).where(RosterImport.state == "confirmed", RosterImport.id != import_id)
        return [table.c.import_id.in_(confirmed)]
    if table.name == "person_merge":
        return [table.c.undone_at.is_(None)]
    return []


def _seen_elsewhere(person_ids: set[int], import_id: int) -> set[int]:
    """Posts that another confirmed list found in the register: that list vouches for them now."""
    found: set[int] = set()
    for some in chunks(sorted(person_ids)):
        statement = (
            select(RosterRow.effect)
            .join(RosterImport, RosterImport.id == RosterRow.import_id)
            .where(RosterRow.person_id.in_(some), RosterImport.state == "confirmed", RosterImport.id != import_id)
        )
        for effect in db.session.scalars(unscoped(statement, WHY)):
            found.update(effect.get("seen", ()))
    return found
