"""The same figures, calculated slowly and plainly, to compare with: `lms coverage check` and the property test.

Nothing here is shared with the fast way but the words of the rules (domain.md §4.1, the docstring of
`lms.units.rules`): every table is read whole, people are looked at one by one, a unit is followed one step at a time.
No `unit_path`, no aggregate, no bound computed in advance.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from lms.certificates.models import Achievement
from lms.coverage.facts import Question
from lms.coverage.models import PlanRole
from lms.coverage.slow_places import Places
from lms.db import db
from lms.people.models import Assignment, Person, PersonMerge
from lms.people.scope import unscoped
from lms.text.dates import add_months

WHY = "the slow reference counts everybody; only differences are shown"
Counts = tuple[int, int, int]
"""People counted, of them valid, of them ever trained since the plan began."""


def known(row: Any, instant: datetime) -> bool:
    """The row had been written down by then and not yet been replaced."""
    if row.recorded_at > instant:
        return False
    return row.superseded_at is None or row.superseded_at > instant


class Slow:
    """Everything in memory. One instance answers any number of questions about the database as it is."""

    def __init__(self) -> None:
        self.people = {row.id: row for row in self._all(Person)}
        self.posts = self._by_person(Assignment)
        self.records = self._by_person(Achievement)
        self.merges = self._all(PersonMerge)
        self.plan_roles = {(row.plan_id, row.role_id) for row in db.session.scalars(select(PlanRole))}
        self.places = Places()

    def cells(self, question: Question, by: tuple[str, ...]) -> dict[tuple[Any, ...], Counts]:
        """Every cell that somebody is counted in."""
        cells: dict[tuple[Any, ...], list[Counts]] = defaultdict(list)
        for person, records in self._who_is_who(question.known_on).items():
            one = self._trained(question, records)
            for at in {self._at(question, person, post, by) for post in self._posts_counted(question, records)}:
                cells[at].append(one)
        return {at: _sum(people) for at, people in cells.items()}

    def total(self, question: Question) -> Counts:
        return self.cells(question, ()).get((), (0, 0, 0))

    def _who_is_who(self, instant: datetime) -> dict[int, list[int]]:
        """Each person with the records that were known to be theirs."""
        own: dict[int, list[int]] = defaultdict(list)
        for person in self.people:
            own[self._now(person, instant)].append(person)
        return own

    def _now(self, person: int, instant: datetime) -> int:
        for merge in self.merges:
            in_force = merge.recorded_at <= instant and (merge.undone_at is None or merge.undone_at > instant)
            if merge.person_id == person and in_force:
                return self._now(merge.into_id, instant)
        return person

    def _posts_counted(self, question: Question, records: list[int]) -> list[Assignment]:
        return [post for person in records for post in self.posts[person] if self._counts(question, post)]

    def _counts(self, question: Question, post: Assignment) -> bool:
        if not known(post, question.known_on) or question.on < post.first_day:
            return False
        if post.last_day is not None and post.last_day < question.on:
            return False
        if (question.requirement.plan_id, post.role_id) not in self.plan_roles:
            return False
        return self.places.holds(question.scope, post.unit_id, question.tree_on)

    def _at(self, question: Question, person: int, post: Assignment, by: tuple[str, ...]) -> tuple[Any, ...]:
        place = self.places.levels(post.unit_id, question.tree_on)
        values = {
            "unit": place.get("ward"),
            "hamlet": place.get("hamlet"),
            "role": post.role_id,
            "sex": self.people[person].sex,
        }
        return tuple(values[dimension] for dimension in by)

    def _trained(self, question: Question, records: list[int]) -> Counts:
        valid = ever = False
        for person in records:
            for record in self.records[person]:
                if not _qualifies(record, question):
                    continue
                last_day = add_months(record.completed_on, question.requirement.months) - timedelta(days=1)
                valid = valid or question.on <= last_day
                ever = ever or record.completed_on >= question.requirement.starts_on
        return (1, int(valid), int(ever))

    @staticmethod
    def _all(model: Any) -> list[Any]:
        return list(db.session.scalars(unscoped(select(model), WHY)))

    def _by_person(self, model: Any) -> dict[int, list[Any]]:
        rows: dict[int, list[Any]] = defaultdict(list)
        for row in self._all(model):
            rows[row.person_id].append(row)
        return rows


def _sum(people: list[Counts]) -> Counts:
    return (sum(one[0] for one in people), sum(one[1] for one in people), sum(one[2] for one in people))


def _qualifies(record: Achievement, question: Question) -> bool:
    if record.completed_on > question.on or not known(record, question.known_on):
        return False
    if record.revoked_at is not None and record.revoked_at <= question.known_on:
        return False
    if record.kind == "online":
        return record.course_code in question.requirement.courses
    if record.tiet < question.requirement.min_tiet:
        return False
    return record.kind == "class" or (record.verified_at is not None and record.verified_at <= question.known_on)
