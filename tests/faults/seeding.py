"""Learners with everything but the answers: signed in, lessons finished, attempts open. Made by its operations."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import SYSTEM, Viewer
from lms.access.current import act_as
from lms.accounts.models import Account
from lms.accounts.operations.visits import open_session
from lms.courses import operations as courses
from lms.courses.models import Course, Edition, Lesson, Module
from lms.db import db, utc_now
from lms.people.models import Assignment, IdentityCheck, Person, Role
from lms.quizzes import bank
from lms.quizzes.attempts import start_attempt
from lms.quizzes.models import Quiz
from lms.text import names
from lms.units.models import Unit
from tests import editions

HAMLET, ROLE = "vl/nguyet-hoa/khom-13", "CTV_DS"
COUNTED = "k1"
"""A course of plan kh-119 (lms/coverage/data/plans.yaml): who passes it counts in the coverage figure."""
PER_TRANSACTION = 100
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Paper:
    """An open attempt of a learner. `bodies`: its items as their author wrote them, in the order drawn."""

    ticket: str
    person_id: int
    account_id: int
    cookie: str
    course: str
    bodies: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class _Class:
    """A published course as far as starting its quiz needs it."""

    course: Course
    quiz: Quiz
    lessons: Sequence[int]


def seed(app: Flask, learners: int, each: int = 1, *, first: str = COUNTED) -> list[Paper]:
    """`learners` × `each` open attempts in random order, each of a learner in a course of its own; 300 in 3 s.

    The course of the first paper is `first`; by default that is the one that counts in a plan.
    """
    with app.app_context():
        taught = [_publish(code) for code in (first, *(f"c{number:02d}" for number in range(2, each + 1)))]
        papers: list[Paper] = []
        for done in range(0, learners, PER_TRANSACTION):
            with db.write() as session:
                for _ in range(done, min(done + PER_TRANSACTION, learners)):
                    papers += _learner(app, session, next(_numbers), taught)
    random.Random(learners).shuffle(papers)
    papers.insert(0, papers.pop([paper.course for paper in papers].index(first)))
    return papers


@lru_cache
def items(course: str) -> tuple[editions.Body, ...]:
    """24 items of every playable type, of which a quiz draws 20: two that must be right, one worth two points."""
    made = [editions.single(number, "abc"[number % 3], **editions.PAIR) for number in (1, 2)]
    made += [editions.multiple(number, ("ac", "ab", "b")[number % 3], points=1 + number % 2) for number in range(3, 10)]
    made += [editions.true_false(number, number % 2 == 0) for number in range(10, 16)]
    made += [editions.single(number, "abc"[number % 3]) for number in range(16, 25)]
    return tuple(body | {"id": body["id"].replace("k1", course), "outcome": f"{course}-m1-o1"} for body in made)


def package(course: str) -> dict[str, bytes]:
    files = editions.package(items(course), lessons=1, draw=20, quiz={"wait_minutes": 0})
    return {path: data.replace(b'"k1', f'"{course}'.encode()) for path, data in files.items()}


def cookie(app: Flask, account_id: int) -> str:
    """A cookie header of a new visit. Its clock is an hour ahead: no run is stopped by the lock of 5 minutes."""
    content = {"_user_id": open_session(account_id, "Chrome"), "_fresh": True, "used_at": utc_now().timestamp() + 3600}
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(content)}"


def _publish(code: str) -> _Class:
    act_as(SYSTEM)
    with db.write() as session:
        known = session.scalars(select(Course).where(Course.code == code)).one_or_none()
        edition = courses.newest_published(known) if known else _edition(code)
        assert edition is not None
        quiz = session.scalars(select(Quiz).where(Quiz.edition_id == edition.id)).one()
        lessons = session.scalars(select(Lesson.id).join(Module).where(Module.edition_id == edition.id)).all()
        return _Class(edition.course, quiz, lessons)


def _edition(code: str) -> Edition:
    edition = courses.import_package(package(code))
    bank.store_items(edition, f"{code}-m1", items(code))
    must = [body["id"] for body in items(code) if body.get("must_be_right")]
    bank.store_quiz(edition, edition.front["final_quiz"], must)
    return courses.publish(edition, by="test")


def _learner(app: Flask, session: Session, number: int, taught: Sequence[_Class]) -> Iterator[Paper]:
    account_id, person_id = _person(session, number)
    act_as(Viewer(account_id=account_id, person_id=person_id))
    signed = cookie(app, account_id)
    for one in taught:
        yield _paper(person_id, account_id, signed, one)


def _person(session: Session, number: int) -> tuple[int, int]:
    name = f"Huỳnh Thị Mẫu {number}"
    person = Person(full_name=name, sort_key=names.sort_key(name), search_key=names.search_key(name))
    person.row_key, person.birth_date, person.birth_precision = f"F{number:07d}", date(1971, 1, 1), "year"
    session.add(person)
    session.flush()
    account = Account(name=name, person_id=person.id)
    check = IdentityCheck(person_id=person.id, answer="right", full_name=name, birth_text="1971")
    session.add_all([account, check, _post(session, person.id)])
    session.flush()
    return account.id, person.id


def _post(session: Session, person_id: int) -> Assignment:
    unit_id = session.scalars(select(Unit.id).where(Unit.key == HAMLET)).one()
    role_id = session.scalars(select(Role.id).where(Role.code == ROLE)).one()
    return Assignment(person_id=person_id, role_id=role_id, unit_id=unit_id, first_day=date(2025, 7, 1))


def _paper(person_id: int, account_id: int, signed: str, one: _Class) -> Paper:
    enrolment = courses.enrol(person_id, one.course)
    for lesson_id in one.lessons:
        courses.finish_lesson(enrolment, lesson_id)
    attempt = start_attempt(Viewer(account_id=account_id, person_id=person_id), enrolment, one.quiz)
    by_id = {body["id"]: body for body in items(one.course.code)}
    drawn = tuple(by_id[item["key"]] for item in attempt.items)
    return Paper(attempt.ticket, person_id, account_id, signed, one.course.code, drawn)
