"""Invented learners with certificates, made by the room's own operations."""

from __future__ import annotations

import contextvars
import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.accounts.operations.visits import open_session
from lms.certificates.course import CourseOnPaper
from lms.certificates.models import Achievement, Certificate
from lms.certificates.operations import birth_of, issue, record_achievement
from lms.db import db, utc_now
from lms.people.models import IdentityCheck, Person
from lms.people.scope import unscoped
from lms.text.dates import local_today, show_birth
from tests.factories import Make

HERE, ELSEWHERE = "vl/nguyet-hoa", "vl/hoa-thuan"
HAMLET = "vl/nguyet-hoa/khom-13"
NAME = "Huỳnh Thị Út"
COURSE = CourseOnPaper(
    code="k1",
    title="Kiến thức chung về phòng, chống bạo lực gia đình",
    edition="k1 · 2 · 0f3a",
    started_on=date(2026, 11, 3),
    tiet_online=Decimal("8.00"),
    tiet_in_person=Decimal(0),
    validity_months=12,
    approved_programme="Quyết định số 00/QĐ-SVHTTDL (số mẫu)",
)
_sources = count(1)


def learner(make: Make, name: str = NAME, unit: str = HAMLET, role: str = "CTV_DS", **fields: Any) -> int:
    """A person with a running post, born in 1971."""
    given = {"birth_date": date(1971, 1, 1), "birth_precision": "year", "sex": "nu"} | fields
    person = make.person(name, **given)
    make.assignment(person, role, unit, date(2025, 7, 1))
    return person


def passed(person_id: int, on: date | None = None, course: CourseOnPaper = COURSE) -> int:
    """An achievement that waits for its certificate; returns its id."""
    act_as(SYSTEM)
    with db.write():
        day = on or local_today(utc_now())
        return record_achievement(person_id, "online", course, completed_on=day, source=f"thu:{next(_sources)}").id


def certified(person_id: int, on: date | None = None, **changes: Any) -> Certificate:
    """Passed, and the certificate issued in the same transaction."""
    act_as(SYSTEM)
    course = replace(COURSE, **changes)
    with db.write():
        day = on or local_today(utc_now())
        achievement = record_achievement(person_id, "online", course, completed_on=day, source=f"thu:{next(_sources)}")
        return issue(achievement, course)


def said(person_id: int, answer: str, *, resolved: bool = False) -> None:
    """The learner answered on the printed name; `resolved`: the office put right what was reported."""
    now = utc_now()
    with db.write() as session:
        person = session.scalars(unscoped(select(Person).where(Person.id == person_id), "test")).one()
        birth, name = birth_of(person), person.full_name
        check = IdentityCheck(
            person_id=person_id,
            answer=answer,
            full_name=name,
            birth_text=show_birth(birth) if birth else "",
            message="Sai tên",
        )
        check.resolved_at = now if resolved else None
        session.add(check)


def rename(person_id: int, name: str) -> None:
    with db.write():
        query = select(Person).where(Person.id == person_id)
        db.session.scalars(unscoped(query, "test")).one().full_name = name


def certificates() -> list[Certificate]:
    db.session.rollback()
    query = select(Certificate).order_by(Certificate.serial_year, Certificate.serial_no)
    return list(db.session.scalars(unscoped(query.execution_options(populate_existing=True), "test")))


def one(certificate_id: int) -> Certificate:
    return next(found for found in certificates() if found.id == certificate_id)


def achievement_of(certificate: Certificate) -> Achievement:
    query = select(Achievement).where(Achievement.id == certificate.achievement_id)
    return db.session.scalars(unscoped(query.execution_options(populate_existing=True), "test")).one()


class Page:
    """An answer, with what a person would see."""

    def __init__(self, answer: TestResponse) -> None:
        self.answer, self.status = answer, answer.status_code
        self.location = answer.headers.get("Location", "")

    @property
    def html(self) -> str:
        return html.unescape(self.answer.get_data().decode(errors="replace"))  # a PDF is no text

    @property
    def main(self) -> str:
        """The words of the page's own part, on one line."""
        inner = self.html.partition("<main")[2].partition("</main>")[0].partition(">")[2]
        return " ".join(re.sub(r"<[^>]+>", " ", inner).split())


class Visitor:
    """A browser of somebody who is signed in, or of a stranger."""

    def __init__(self, app: Flask, account_id: int | None = None) -> None:
        self.client = app.test_client()
        if account_id is not None:
            with db.write():
                token = open_session(account_id, "Chrome")
            with self.client.session_transaction() as session:
                session.update({"_user_id": token, "_fresh": True, "used_at": utc_now().timestamp()})

    def get(self, url: str, **options: Any) -> Page:
        return self._send(self.client.get, url, **options)

    def post(self, url: str, data: Any = None, **options: Any) -> Page:
        return self._send(self.client.post, url, data=data or {}, **options)

    @staticmethod
    def _send(send: Callable[..., TestResponse], url: str, **options: Any) -> Page:
        # A request must not share the test's application context: its session and its viewer hang on it.
        page = Page(contextvars.Context().run(send, url, **options))
        db.session.rollback()
        return page
