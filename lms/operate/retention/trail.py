"""The rule `audit`, and what of the audit goes with a person: before and after, never an entry of the chain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import CompoundSelect, String, and_, cast, literal, select, union_all

from lms.db import db
from lms.operate.personal.tables import TOLD, table_of
from lms.operate.personal.trail import SUBJECTS
from lms.operate.personal.whose import Whose
from lms.operate.retention.leavers import leavers
from lms.operate.retention.rules import due_day, end_of
from lms.operate.retention.steps import WHY, Step, table
from lms.people.scope import unscoped


def steps(on: date) -> Iterator[Step]:
    entry = table("audit_entry")
    old = select(entry.c.seq).where(entry.c.at < end_of(due_day("audit", on)))
    yield Step("audit_detail", table("audit_detail").c.seq.in_(old))


def person_steps(on: date) -> Iterator[Step]:
    """Details about those whose name goes, however young."""
    people = leavers("person", on)
    if people:
        entry = table("audit_entry")
        about = select(entry.c.seq).where(entry.c.subject.in_(_subjects(_whose(people))))
        yield Step("audit_detail", table("audit_detail").c.seq.in_(about))


def _whose(people: set[int]) -> Whose:
    account = table("account")
    query = select(account.c.id, account.c.person_id).where(account.c.person_id.is_not(None))
    found = db.session.execute(unscoped(query, WHY))
    return Whose(frozenset(people), frozenset(row.id for row in found if row.person_id in people))


def _subjects(whose: Whose) -> CompoundSelect[str]:
    """A SELECT of everything of theirs as the audit names it."""
    parts = []
    for name, told in TOLD.items():
        of = table_of(name)
        if "id" in of.c:
            subject = literal(f"{SUBJECTS.get(name, name)}:") + cast(of.c.id, String)
            parts.append(select(subject).where(and_(told.rows(of, whose))))
    return union_all(*parts)
