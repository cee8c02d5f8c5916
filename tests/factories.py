"""Short ways to invented people and places. Each opens its own `db.write()`, as views and commands do."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from lms.accounts.models import Account, Grant
from lms.certificates.models import Achievement
from lms.courses import operations as courses
from lms.db import db, utc_now
from lms.people.models import Assignment, Person, Role
from lms.quizzes import bank as quizzes
from lms.text import names
from lms.units.models import Unit, UnitVersion
from tests import editions

START = date(2003, 1, 1)
NAMED: set[str] = set()
"""Every whole name that was given to a person in this process: none of them may ever be logged."""


class Make:
    """`make.person(...)`, `make.assignment(...)`; what is not said is invented."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)

    def unit(
        self,
        name: str,
        kind: str = "khom",
        parent: str | int | None = None,
        *,
        key: str = "",
        start: date = START,
        end: date | None = None,
    ) -> int:
        """A unit with one version under `parent` (key or id); returns its id."""
        parent_id = self.unit_id(parent) if isinstance(parent, str) else parent
        with db.write() as session:
            unit = Unit(key=key or f"test/{next(self.numbers)}", invented=True)
            session.add(unit)
            session.flush()
            session.add(
                UnitVersion(
                    unit_id=unit.id,
                    name=name,
                    name_key=names.search_key(name),
                    kind=kind,
                    parent_id=parent_id,
                    valid_from=start,
                    valid_to=end,
                )
            )
            self._rebuild()
            return unit.id

    def unit_id(self, key: str) -> int:
        return db.session.scalars(select(Unit.id).where(Unit.key == key)).one()

    def role_id(self, code: str) -> int:
        return db.session.scalars(select(Role.id).where(Role.code == code)).one()

    def person(self, full_name: str = "", **fields: Any) -> int:
        number = next(self.numbers)
        full_name = full_name or f"Nguyễn Thị Mẫu {number}"
        if " " in full_name:
            NAMED.add(full_name)
        with db.write() as session:
            person = Person(
                full_name=full_name,
                sort_key=names.sort_key(full_name),
                search_key=names.search_key(full_name),
                row_key=f"T{number:07d}",
                **fields,
            )
            session.add(person)
            session.flush()
            return person.id

    def assignment(
        self,
        person_id: int,
        role: str,
        unit: str | int,
        first_day: date,
        last_day: date | None = None,
        recorded_at: datetime | None = None,
    ) -> int:
        unit_id = self.unit_id(unit) if isinstance(unit, str) else unit
        role_id = self.role_id(role)
        with db.write() as session:
            post = Assignment(
                person_id=person_id,
                role_id=role_id,
                unit_id=unit_id,
                first_day=first_day,
                last_day=last_day,
                recorded_at=recorded_at or utc_now(),
            )
            session.add(post)
            session.flush()
            return post.id

    def achievement(self, person_id: int, completed_on: date, **fields: Any) -> int:
        """An online pass of K1 unless said otherwise, recorded now."""
        given: dict[str, Any] = {
            "kind": "online",
            "course_code": "k1",
            "title": "Khóa mẫu",
            "tiet": 8,
            "source": f"test:{next(self.numbers)}",
            "recorded_by": "test",
        } | fields
        with db.write() as session:
            achievement = Achievement(person_id=person_id, completed_on=completed_on, **given)
            session.add(achievement)
            session.flush()
            return achievement.id

    def account(
        self,
        name: str = "Người Mẫu",
        *,
        person_id: int | None = None,
        capability: str | None = None,
        unit: str | None = None,
        line: str | None = None,
        pin_hash: str | None = None,
        phone: str | None = None,
        office: str | None = None,
    ) -> int:
        """An account, with one grant where a capability is given."""
        unit_id = self.unit_id(unit) if unit else None
        with db.write() as session:
            account = Account(name=name, person_id=person_id, pin_hash=pin_hash, phone=phone, office=office)
            session.add(account)
            session.flush()
            if capability:
                session.add(
                    Grant(
                        account_id=account.id,
                        capability=capability,
                        unit_id=unit_id,
                        line=line,
                        valid_from=START,
                        granted_by="test",
                    )
                )
            session.flush()
            return account.id

    def edition(self, items: Iterable[Mapping[str, Any]] = editions.ITEMS, **package: Any) -> int:
        """A published edition of the tiny course "k1" with its quiz (see tests/editions.py); returns its id."""
        bodies = [dict(body) for body in items]
        files = editions.package(bodies, **package)
        with db.write():
            edition = courses.import_package(files)
            quizzes.store_items(edition, "k1-m1", bodies)
            must = [body["id"] for body in bodies if body.get("must_be_right")]
            quizzes.store_quiz(edition, edition.front["final_quiz"], must)
            return courses.publish(edition, by="test").id

    @staticmethod
    def _rebuild() -> None:
        from lms.units.operations import rebuild_paths

        rebuild_paths()
