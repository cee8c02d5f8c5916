"""Random but possible years of a small ward, lived through the real operations, with names that are easily found.

Every name and number of a person holds a mark of their own ("zykwat07x", "97766507"), so that a search tells whose data
is left.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.accounts.models import Account, Grant
from lms.accounts.operations.visits import open_session
from lms.audit.operations import record
from lms.certificates import tasks
from lms.certificates.models import Certificate
from lms.certificates.operations import revoke
from lms.courses import enrolments
from lms.courses.models import Course, Lesson, Module
from lms.db import at_time, db
from lms.people.models import IdentityCheck, PersonMerge
from lms.people.roster.confirming import confirm
from lms.people.roster.deciding import drop
from lms.people.scope import unscoped
from lms.quizzes.attempts import save_answer
from tests.certificates.people import HAMLET
from tests.factories import Make
from tests.people.lists import WARD, person, staged
from tests.quizzes.learners import Learner, acting, begin, hand_in, items, payload, right, wrong

BEGIN = date(2013, 3, 1)
YEARS = 12


@dataclass
class Life:
    mark: str
    number: str
    learner: Learner
    last_day: date | None
    did: list[str] = field(default_factory=list)


class Ward:
    """`lives` are the people added by hand; those of staff lists have marks from 50 on."""

    def __init__(self, make: Make, seed: int) -> None:
        self.make, self.rng = make, random.Random(seed)
        self.lives: list[Life] = []
        with self.on(BEGIN):
            make.unit("Khóm 4", parent=WARD, start=BEGIN)
            make.edition()

    @contextmanager
    def on(self, day: date) -> Iterator[None]:
        with at_time(datetime.combine(day, time(5), UTC)):
            act_as(SYSTEM)
            yield
            act_as(SYSTEM)

    def live(self, first: date, last: date | None, *did: str) -> Life:
        number = len(self.lives)
        mark, digits = f"zykwat{number:02}x", f"977665{number:02}"
        with self.on(first):
            life = Life(mark, digits, self._person(mark, digits, first, last), last, list(did))
        self.lives.append(life)
        for index, what in enumerate(did):
            with self.on(first + timedelta(days=20 + 30 * index)):
                self.let(life, what)
        return life

    def let(self, life: Life, what: str) -> None:
        getattr(self, f"_{what}")(life)

    def random_life(self) -> Life:
        first = BEGIN + timedelta(days=self.rng.randrange(365 * YEARS))
        last = None if self.rng.random() < 0.3 else first + timedelta(days=self.rng.randrange(200, 900))
        whats = ("fail", "win", "begin", "report", "visit", "leave_revoked", "office", "shown")
        did = [what for what in whats if self.rng.random() < 0.45]
        return self.live(first, last, *did)

    def list_from_the_office(self, day: date, outcome: str) -> int:
        rows = [
            person(f"Zykwat{50 + n}x Thị Danh", 1960 + n, "Khóm 4", "CTV DS", f"09776655{n}0")
            for n in self.rng.sample(range(10), 2)
        ]
        with self.on(day):
            import_id = staged(self.make.unit_id(WARD), *rows, day=day, name="danh-sach-zykwat50x.xlsx")
        with self.on(day + timedelta(days=1)):
            if outcome == "confirmed":
                with db.write():
                    confirm(import_id)
            elif outcome == "dropped":
                with db.write():
                    drop(import_id)
        return import_id

    def merge(self, one: Life, into: Life, day: date) -> None:
        with self.on(day), db.write() as session:
            session.add(PersonMerge(person_id=one.learner.person_id, into_id=into.learner.person_id))

    def _person(self, mark: str, digits: str, first: date, last: date | None) -> Learner:
        name, phone = f"{mark.title()} Thị Mẫu", f"+84{digits}1"
        given = {"phone": phone, "phone_spare": f"+84{digits}2", "note": f"nhà {mark}", "given_name": mark}
        born = {"birth_date": date(1970, 5, 1), "birth_precision": "day", "sex": "nu"}
        person_id = self.make.person(name, **given, **born)
        self.make.assignment(person_id, "CTV_DS", HAMLET, first, last)
        account = self.make.account(name, person_id=person_id, phone=phone, pin_hash=f"hash-{mark}", office=mark)
        with db.write() as session:
            record("person.created", f"person:{person_id}", after={"full_name": name, "phone": phone})
            session.add(Grant(account_id=account, capability="learner", valid_from=first, granted_by="lms"))
            session.add(
                IdentityCheck(
                    person_id=person_id, answer="right", full_name=name, birth_text="01/05/1970", message=mark
                )
            )
            enrolment = enrolments.enrol(person_id, session.scalars(select(Course)).one())
            lessons = select(Lesson.id).join(Module).where(Module.edition_id == enrolment.edition_id)
            for lesson_id in session.scalars(lessons.order_by(Lesson.position)).all():
                enrolments.finish_lesson(enrolment, lesson_id)
        return Learner(person_id, account)

    def _fail(self, life: Life) -> None:
        body = payload(begin(life.learner), wrong, claimed=life.mark)
        hand_in(life.learner, body)

    def _win(self, life: Life) -> None:
        hand_in(life.learner, payload(begin(life.learner), right, claimed=life.mark))
        tasks.make_missing_files()

    def _begin(self, life: Life) -> None:
        ticket = begin(life.learner)
        options = right(items(ticket)[0])
        with acting(life.learner) as viewer:
            save_answer(viewer, ticket, 1, options)

    def _report(self, life: Life) -> None:
        with db.write():
            record("identity.reported", f"person:{life.learner.person_id}", said=life.mark)

    def _visit(self, life: Life) -> None:
        with db.write():
            open_session(life.learner.account_id, f"Máy của {life.mark}")

    def _leave_revoked(self, life: Life) -> None:
        query = select(Certificate.code).where(Certificate.person_id == life.learner.person_id)
        code = db.session.scalars(unscoped(query, "test")).first()
        if code:
            with db.write():
                revoke(code, f"nhầm của {life.mark}")

    def _office(self, life: Life) -> None:
        with db.write() as session:
            account = unscoped(select(Account).where(Account.id == life.learner.account_id), "test")
            grant = Grant(
                account_id=session.scalars(account).one().id, capability="organiser", valid_from=BEGIN, granted_by="lms"
            )
            session.add(grant)

    def _shown(self, life: Life) -> None:
        with db.write():
            record("record.shown", f"person:{life.learner.person_id}", fits=True)


def random_ward(make: Make, seed: int, people: int = 7) -> Ward:
    ward = Ward(make, seed)
    for _ in range(people):
        ward.random_life()
    for outcome in ("confirmed", "dropped", "staged"):
        ward.list_from_the_office(BEGIN + timedelta(days=ward.rng.randrange(365 * YEARS)), outcome)
    if ward.rng.random() < 0.7:
        one, into = ward.rng.sample(ward.lives, 2)
        ward.merge(one, into, BEGIN + timedelta(days=365 * YEARS))
    return ward
