"""The whole country into the database, in one transaction: a load that is cut short leaves nothing behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from itertools import count

from flask import current_app
from sqlalchemy import select, text

from lms.audit.operations import record
from lms.certificates.models import Achievement, Certificate
from lms.courses.models import Enrolment
from lms.coverage.facts import requirement
from lms.coverage.models import PlanRole
from lms.db import Base, db
from lms.operate.simulate import certificates, learning, staff, training
from lms.operate.simulate.bulk import Row, ids_of, insert_rows, set_sequence
from lms.operate.simulate.places import Province, country, document
from lms.operate.simulate.wanted import Wanted, shares
from lms.people.models import Assignment, Person, Role
from lms.quizzes.models import Attempt
from lms.units.operations import add_invented
from lms.units.stored import keys_by_id

Say = Callable[[str], None]
TABLES = (Person, Assignment, Achievement, Enrolment, Attempt, Certificate)


class Load:
    """Fills the tables province by province; `counts` says how many rows of each table came."""

    def __init__(self, wanted: Wanted) -> None:
        settings = current_app.extensions["settings"]
        self.wanted, self.counts = wanted, Counter[str]()
        self.ids = staff.Ids(ids_of(Person), ids_of(Assignment), {key: unit for unit, key in keys_by_id().items()})
        self.roles = _roles()
        self.achievement_ids, self.enrolment_ids, self.attempt_ids = map(ids_of, (Achievement, Enrolment, Attempt))
        self.paper = learning.prepare(wanted, settings.content_dir) if wanted.attempts else None
        rng = wanted.rng(0, "codes")
        self.book = certificates.Book(rng, ids_of(Certificate), settings.base_url.rstrip("/"))

    def province(self, province: Province, attempts: int, papers: int) -> None:
        people = staff.staff_of(self.wanted, province, self.ids, self.roles)
        trained = training.training_of(self.wanted, province, people, self.achievement_ids)
        self._store(Person, staff.PERSON, people.people)
        self._store(Assignment, staff.POST, people.posts)
        self._store(Achievement, training.ACHIEVEMENT, trained.rows)
        self._learn(province, people, trained, attempts)
        self._store(Certificate, certificates.CERTIFICATE, self.book.issue(people, trained, province, papers))

    def close(self) -> None:
        self.book.close()
        for model in TABLES:
            set_sequence(model)

    def _learn(self, province: Province, people: staff.Staff, trained: training.Training, attempts: int) -> None:
        if self.paper is None:
            return
        rng = self.wanted.rng(province.number, "learning")
        done = learning.Learning(rng, people.days, self.paper, self.enrolment_ids, self.attempt_ids)
        learning.learn_all(done, trained, attempts)
        self._store(Enrolment, learning.ENROLMENT, done.enrolments)
        self._store(Attempt, learning.ATTEMPT, done.attempts)

    def _store(self, model: type[Base], columns: tuple[str, ...], rows: list[Row]) -> None:
        insert_rows(model, columns, rows)
        self.counts[model.__tablename__] += len(rows)


def build(wanted: Wanted, say: Say) -> Counter[str]:
    """Load the country; how many rows of each table came."""
    with db.write():
        provinces = country(wanted)
        say(f"units of {len(provinces)} provinces, {sum(len(one.wards) for one in provinces):,} wards")
        add_invented(document(wanted, provinces))
        load = Load(wanted)
        _load_all(load, provinces, say)
        load.close()
        record("simulate.loaded", f"country:{wanted.country}", options=_in_words(wanted), rows=dict(load.counts))
        say("commit")
    _analyze()
    return load.counts


def _load_all(load: Load, provinces: list[Province], say: Say) -> None:
    attempts, papers = (shares(many, len(provinces)) for many in (load.wanted.attempts, load.wanted.certificates))
    for at, province in enumerate(provinces):
        load.province(province, attempts[at], papers[at])
        say(f"province {province.number} of {len(provinces)}: {load.counts['assignment']:,} rows of posts")


def _in_words(wanted: Wanted) -> dict[str, object]:
    return asdict(wanted) | {"until": wanted.until.isoformat()}


def _roles() -> staff.Roles:
    """Counted roles are those of the plan in the settings; posts of institutions stand at their ward here."""
    plan = requirement(current_app.extensions["settings"].plan)
    counted = set(db.session.scalars(select(PlanRole.role_id).where(PlanRole.plan_id == plan.plan_id)))
    roles = list(db.session.scalars(select(Role).order_by(Role.position)))
    return staff.Roles(
        hamlet=tuple(role.id for role in roles if role.id in counted and role.level == "hamlet"),
        ward=tuple(role.id for role in roles if role.id in counted and role.level in ("ward", "facility")),
        uncounted=tuple(role.id for role in roles if role.id not in counted),
    )


def _analyze() -> None:
    """So that plans are made for what is there now; on PostgreSQL also mark what is visible to everybody."""
    db.session.rollback()
    statement = "VACUUM (ANALYZE)" if db.engine.dialect.name == "postgresql" else "ANALYZE"
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))


def next_country(known: set[str]) -> int:
    """The first number that no scope of an invented country has."""
    return next(number for number in count(1) if f"mo-phong-{number}" not in known)
